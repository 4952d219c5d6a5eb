package checker

import (
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
)

// steps reports whether the plan has just the steps that it has to (P2, P9).
func (j *judge) steps() bool {
	j.at = make([]int, len(j.rules.steps))
	j.own = make([]int, len(j.plan.Steps))
	for i := range j.own {
		j.own[i] = -1
	}
	right := true
	for i, s := range j.rules.steps {
		j.at[i] = slices.IndexFunc(j.plan.Steps, func(p rollout.Step) bool { return p.Site == j.site(s.site) && p.Release == j.release(s.release) })
		if j.at[i] >= 0 {
			j.own[j.at[i]] = i
			continue
		}
		right = false
		j.breach(j.bringing(s), "the step %s is missing", j.name(i))
	}
	for i, p := range j.plan.Steps {
		if j.own[i] < 0 {
			right = false
			j.breach("P2", "the step %s (%s) is superfluous: it has nothing to do, stands there twice or is not asked for", p.Site, p.Release)
		}
	}
	return right
}

func (j *judge) bringing(s step) string {
	if s.release == int(j.in.Release) {
		return "P2"
	}
	return "P9"
}

// contents compares what each step does (P2), and its order (P3).
func (j *judge) contents() {
	for i, s := range j.rules.steps {
		p := j.planned(i)
		if p.Content < 0 || p.Content >= len(j.plan.Contents) {
			j.breach("P2", "%s has content %d, which the plan does not have", j.name(i), p.Content)
			continue
		}
		c := j.plan.Contents[p.Content]
		var install, remove []receipt
		for _, x := range s.receipts {
			if x.kind == rollout.Remove {
				remove = append(remove, x)
			} else {
				install = append(install, x)
			}
		}
		j.actions(i, "install", install, c.Install)
		j.actions(i, "remove", remove, c.Remove)
		j.sequence(i, "install", c.Install, func(before, after int) bool { return j.depends[after][before] })
		j.sequence(i, "remove", c.Remove, func(before, after int) bool { return j.depends[before][after] })
		if p.Users != j.users(s.site) {
			j.breach("P6", "%s has %d users, the plan says %d", j.name(i), j.users(s.site), p.Users)
		}
		if c := j.load(criticalityPerWave, i); p.Criticality != c {
			j.breach("P6", "%s has criticality %d, the plan says %d", j.name(i), c, p.Criticality)
		}
	}
}

// actions compares what a step has to do with what it does.
func (j *judge) actions(step int, list string, want []receipt, got []rollout.Action) {
	for _, x := range want {
		key := j.item(x.item)
		at := slices.IndexFunc(got, func(a rollout.Action) bool { return a.Item == key })
		if at < 0 {
			j.breach("P2", "%s does not %s %s", j.name(step), list, key)
			continue
		}
		a := got[at]
		if a.Kind != x.kind || a.Alone != x.alone || a.To != j.arrives(x, a) || !j.comesFrom(step, x, a.From) {
			j.breach("P2", "%s has to %s %s: %s from %q to %q, alone %t; the plan says %s from %q to %q, alone %t",
				j.name(step), list, key, x.kind, x.from, x.to, x.alone, a.Kind, a.From, a.To, a.Alone)
		}
		if x.kind == rollout.Held && !j.unit(step, x.item, a.Unit) {
			j.breach("P2", "%s holds %s for the unit %q, which groups no changed item with it", j.name(step), key, a.Unit)
		}
	}
	for i, a := range got {
		if !slices.ContainsFunc(want, func(x receipt) bool { return j.item(x.item) == a.Item }) {
			j.breach("P2", "%s has nothing to %s of %s", j.name(step), list, a.Item)
		}
		if slices.ContainsFunc(got[:i], func(b rollout.Action) bool { return a.Item == b.Item }) {
			j.breach("P2", "%s has to %s %s twice", j.name(step), list, a.Item)
		}
	}
}

// arrives returns the version that has to come: what is held stays as it is.
func (j *judge) arrives(x receipt, a rollout.Action) string {
	switch x.kind {
	case rollout.Held:
		return a.From
	case rollout.Remove:
		return a.To
	}
	return x.to
}

// comesFrom reports whether a version is there when a step begins: what is installed,
// or what an intermediate brought (P9).
func (j *judge) comesFrom(step int, x receipt, from string) bool {
	if from == x.from {
		return true
	}
	s := j.rules.steps[step]
	for _, q := range j.required(s.release) {
		if c, ok := j.content(q)[x.item]; ok && c.to == from {
			return true
		}
	}
	return false
}

// unit reports whether a unit groups an item with one that the release of a step, or
// a part of it, changes.
func (j *judge) unit(step, item int, key string) bool {
	content := j.content(j.rules.steps[step].release)
	return slices.ContainsFunc(j.in.Units, func(u rollout.Unit) bool {
		return u.Key == key && slices.Contains(u.Items, rollout.ItemNo(item)) && slices.ContainsFunc(u.Items, func(i rollout.ItemNo) bool {
			c, ok := content[int(i)]
			return ok && c.kind != rollout.Held
		})
	})
}

// sequence judges the order inside a site (P3): what has to come before comes before,
// except along a cycle, which is one action.
func (j *judge) sequence(step int, list string, actions []rollout.Action, before func(before, after int) bool) {
	items := make([]int, len(actions))
	for i, a := range actions {
		items[i] = slices.IndexFunc(j.in.Items, func(it rollout.Item) bool { return it.Key == a.Item })
		if items[i] < 0 {
			return
		}
	}
	cycle := func(a, b int) bool { return j.depends[a][b] && j.depends[b][a] }
	for i, later := range items {
		for k, sooner := range items[:i] {
			switch {
			case cycle(sooner, later):
				if actions[k].Item > actions[i].Item {
					j.breach("P3", "%s: %s and %s of one cycle do not stand by key in the list to %s", j.name(step), actions[k].Item, actions[i].Item, list)
				}
				for _, between := range items[k+1 : i] {
					if !cycle(sooner, between) {
						j.breach("P3", "%s: %s parts the cycle of %s and %s in the list to %s", j.name(step), j.item(between), actions[k].Item, actions[i].Item, list)
					}
				}
			case before(later, sooner):
				j.breach("P3", "%s: %s stands before %s in the list to %s", j.name(step), actions[k].Item, actions[i].Item, list)
			}
		}
	}
}

// presence compares what is up to date, what is higher, whose users nobody knows, and
// which other plans it relies on.
func (j *judge) presence() {
	var same, higher []rollout.Present
	for item, c := range j.content(int(j.in.Release)) {
		if c.kind != rollout.Modify || !j.lives(item) {
			continue
		}
		for site := range j.in.Sites {
			v, there := j.installed[spot{item, site}]
			if !there || !j.listed(site) {
				continue
			}
			switch p := (rollout.Present{Site: j.site(site), Item: j.item(item), Version: v}); {
			case j.compare(v, c.to) == 0:
				same = append(same, p)
			case j.compare(v, c.to) > 0:
				higher = append(higher, p)
			}
		}
	}
	listed := func(p rollout.Present) bool {
		site := slices.IndexFunc(j.in.Sites, func(s rollout.Site) bool { return s.Key == p.Site })
		return site < 0 || j.listed(site)
	}
	only := func(list []rollout.Present) []rollout.Present {
		return slices.DeleteFunc(slices.Clone(list), func(p rollout.Present) bool { return !listed(p) })
	}
	equal(j, "P2", "is up to date", same, only(j.plan.UpToDate))
	equal(j, "P2", "is installed in a higher version", higher, only(j.plan.Higher))
	var unknown []string
	var relies []rollout.Reliance
	for site, s := range j.in.Sites {
		if s.Users == nil && slices.ContainsFunc(j.rules.steps, func(x step) bool { return x.site == site }) {
			unknown = append(unknown, s.Key)
		}
	}
	for _, s := range j.rules.steps {
		if s.release != int(j.in.Release) {
			continue
		}
		for _, q := range j.required(s.release) {
			if b, ok := j.brought(q, s.site); ok && len(j.receives(q, s.site)) > 0 {
				relies = append(relies, rollout.Reliance{Deployment: b.Deployment, Site: j.site(s.site), Release: j.release(q), By: b.By})
			}
		}
	}
	equal(j, "P6", "has users that nobody told", unknown, j.plan.UsersUnknown)
	given := slices.DeleteFunc(slices.Clone(j.plan.Relies), func(r rollout.Reliance) bool { return excluded(j.answer)[r.Site] })
	equal(j, "P9", "is relied on", relies, given)
}

// equal compares two lists whose order does not matter.
func equal[T comparable](j *judge, rule, what string, want, got []T) {
	for _, x := range want {
		if !slices.Contains(got, x) {
			j.breach(rule, "that %v %s is not said", x, what)
		}
	}
	for i, x := range got {
		if !slices.Contains(want, x) || slices.Contains(got[:i], x) {
			j.breach(rule, "that %v %s is wrong or said twice", x, what)
		}
	}
}

// shape reports whether waves are numbered from 1 without a gap, hold the steps that
// they say, and none is empty.
func (j *judge) shape() bool {
	before, first := len(j.breaches), 0
	for n, w := range j.plan.Waves {
		if w.Ordinal != n+1 || w.First != first || w.Count < 1 || first+w.Count > len(j.plan.Steps) {
			j.breach("waves", "wave %d is numbered %d and has %d steps from %d on, which should be from %d on", n+1, w.Ordinal, w.Count, w.First, first)
			return false
		}
		for i, s := range j.plan.Steps[first : first+w.Count] {
			if s.Wave != n+1 {
				j.breach("waves", "step %s (%s) stands in wave %d and says %d", s.Site, s.Release, n+1, s.Wave)
			}
			if i == 0 {
				continue
			}
			if t := j.plan.Steps[first+i-1]; t.Window.From.After(s.Window.From) ||
				t.Window.From.Equal(s.Window.From) && (t.Site > s.Site || t.Site == s.Site && t.Release > s.Release) {
				j.breach("waves", "step %s (%s) stands after %s (%s), with which it should change places", s.Site, s.Release, t.Site, t.Release)
			}
		}
		first += w.Count
	}
	if first != len(j.plan.Steps) {
		j.breach("waves", "%d steps stand in no wave", len(j.plan.Steps)-first)
	}
	return len(j.breaches) == before
}

// approach compares what kind of roll-out it is (P1, P6, P8).
func (j *judge) approach() {
	want := j.in.Approach
	if want == "" {
		want = domain.Phased
	}
	if j.bigBang {
		want = domain.BigBang
	}
	if j.plan.Approach != want && len(j.rules.steps) > 0 {
		j.breach("P1", "the approach is %s, the plan says %s", want, j.plan.Approach)
	}
	activation := j.in.Activation
	if activation == "" {
		activation = domain.AtInstall
	}
	if j.plan.Activation != activation {
		j.breach("P8", "the activation is %s, the plan says %s", activation, j.plan.Activation)
	}
	if j.plan.Release != j.release(int(j.in.Release)) {
		j.breach("P1", "the plan is of release %s", j.plan.Release)
	}
	if j.plan.Approach == domain.Continuous && !slices.Equal(j.plan.Path, j.in.Path) {
		j.breach("P1", "the path is %v, the plan says %v", j.in.Path, j.plan.Path)
	}
	for _, w := range j.plan.Waves {
		if w.Offer != j.offers() {
			j.breach("P1", "wave %d: offer is %t", w.Ordinal, w.Offer)
		}
	}
	if activation == domain.Scheduled && (j.plan.ActivateAt == nil || !j.plan.ActivateAt.Equal(*j.in.ActivateAt)) {
		j.breach("P8", "the plan does not say the instant")
	}
}
