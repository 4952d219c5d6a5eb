package checker

import (
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
)

// explained judges the reasons of all steps (P10).
func (j *judge) explained() {
	if j.reasons == nil {
		return
	}
	if len(j.reasons) != len(j.plan.Steps) {
		j.breach("P10", "%d steps have reasons of %d", len(j.plan.Steps), len(j.reasons))
		return
	}
	keeps := make([]bool, len(j.rules.steps))
	for i := range j.rules.steps {
		for _, r := range j.of(i) {
			keeps[i] = j.reason(i, r) || keeps[i]
		}
		j.owed(i)
	}
	for i := range j.rules.steps {
		if j.wave(i) > 1 && !j.edited() && !j.keptOut(i, keeps) {
			j.breach("P10", "%s has no reason that keeps it out of wave %d: %s; %s", j.name(i), j.wave(i)-1, codes(j.of(i)), j.truth(i))
		}
	}
}

func codes(reasons []rollout.Reason) (list []rollout.Code) {
	for _, r := range reasons {
		list = append(list, r.Code)
	}
	return list
}

// of lists the reasons of an own step.
func (j *judge) of(step int) []rollout.Reason { return j.reasons[j.at[step]] }

// keptOut reports whether a step says why it is not in the wave before: itself, or by
// naming those with which it belongs together and which do.
func (j *judge) keptOut(step int, keeps []bool) bool {
	if keeps[step] || j.admitted(step) && j.delays(step) && j.longer(step) {
		return true
	}
	bound := j.gives(step, rollout.Together, rollout.CycleOf, rollout.AloneItem, rollout.AllAtOne, rollout.OneWave)
	return bound && slices.ContainsFunc(j.groups[j.group[step]], func(s int) bool { return keeps[s] })
}

// truth tells what keeps a group out of the wave before.
func (j *judge) truth(step int) string {
	switch {
	case !j.admitted(step):
		return "a rule of waves does"
	case j.delays(step):
		return "its hours do"
	}
	return "nothing does"
}

// before returns the placed steps, and those of the wave before with a step's group.
func (j *judge) before(step int) (placed, wave set) {
	n := j.wave(step)
	for i := range j.rules.steps {
		switch {
		case j.wave(i) < n-1:
			placed |= 1 << i
		case j.wave(i) == n-1:
			wave |= 1 << i
		}
	}
	return placed, wave | of(j.groups[j.group[step]])
}

// admitted reports whether the wave before could hold a step's group.
func (j *judge) admitted(step int) bool {
	placed, wave := j.before(step)
	return j.groupProblem(true).allowed(placed, wave)
}

// delays reports whether the wave before would end later with a step's group, or too
// late.
func (j *judge) delays(step int) bool {
	if j.offers() {
		return false
	}
	_, wave := j.before(step)
	from, over := j.from(j.wave(step)-1), j.plan.Waves[j.wave(step)-2].Window.To
	end, ok := j.groupProblem(true).end(wave, from)
	if !ok || end.After(over) {
		return true
	}
	return slices.ContainsFunc(j.groups[j.group[step]], func(s int) bool { // what parties take in a day counts, too
		length := j.planned(s).Window.Length()
		at, ok := j.earliest(s, from, over, length, all, func(t time.Time) bool { return j.takes(s, t) })
		return !ok || at.Add(length).After(over)
	})
}

// longer reports whether a step's group would make the wave before end later by how
// long it takes alone: no reason of the list tells that.
func (j *judge) longer(step int) bool {
	from := j.from(j.wave(step) - 1)
	return !slices.ContainsFunc(j.groups[j.group[step]], func(s int) bool {
		length := j.planned(s).Window.Length()
		return j.hindrance(s, domain.TimeRange{From: from, To: from.Add(length)}, all) != ""
	})
}

// gives reports whether a step has a reason of one of the codes.
func (j *judge) gives(step int, codes ...rollout.Code) bool {
	return slices.ContainsFunc(j.of(step), func(r rollout.Reason) bool { return slices.Contains(codes, r.Code) })
}

// list reads a parameter of several keys.
func list(parameter string) (keys []string) {
	for _, word := range strings.FieldsFunc(parameter, func(c rune) bool { return strings.ContainsRune(",;> ", c) }) {
		keys = append(keys, key(word))
	}
	return keys
}

// owed judges that a step has the reasons that it has to have.
func (j *judge) owed(step int) {
	s := j.rules.steps[step]
	need := func(yes bool, why string, codes ...rollout.Code) {
		if yes && !j.gives(step, codes...) {
			j.breach("P10", "%s has none of %v: %s", j.name(step), codes, why)
		}
	}
	for _, x := range s.receipts {
		told := slices.ContainsFunc(j.of(step), func(r rollout.Reason) bool {
			return r.Rule == "P2" && key(r.Parameters["item"]) == j.item(x.item)
		})
		if !told {
			j.breach("P10", "%s does not say why it receives %s", j.name(step), j.item(x.item))
		}
	}
	own := s.release == int(j.in.Release)
	need(len(j.groups[j.group[step]]) > 1 && !(j.bigBang && own) && !j.oneWave, "it belongs to a group", rollout.Together, rollout.CycleOf, rollout.AloneItem)
	need(j.bigBang && own, "nothing coexists", rollout.AllAtOne)
	need(j.oneWave, "all go at once", rollout.OneWave)
	need(j.offers(), "sites choose when", rollout.Offer)
	need(j.instant() != nil, "it is activated at an instant", rollout.Instant)
	need(j.staged() && j.ring(s.site) < len(domain.Rings)-1, "it is a pilot", rollout.RingOf)
	need(j.staged() && j.ring(s.site) > j.stage[j.group[step]], "it comes early", rollout.GaveWay)
	need(!own, "another release follows", rollout.FirstOf)
	for _, q := range j.required(s.release) {
		_, elsewhere := j.brought(q, s.site)
		need(own && elsewhere && len(j.receives(q, s.site)) > 0, "another plan brings "+j.release(q), rollout.AfterRelease)
	}
	need(j.gives(step, rollout.CycleOf) && !j.bothWays(step), "its chains lead one way", rollout.Together, rollout.AloneItem)
	j.demanded(step)
	if j.offers() || j.edited() {
		return
	}
	late := j.planned(step).Window.From.After(j.bound(step, j.soft))
	need(late, "it begins later than it would", rollout.InWindow, rollout.OutsideHours, rollout.AfterFreeze, rollout.AfterConflict, rollout.Capacity)
	soaked := j.wave(step) > 1 && j.in.Soak > 0 && j.planned(step).Window.From.Equal(j.from(j.wave(step)))
	need(soaked, "it begins as the wave before was watched", rollout.Soaked)
}

// bothWays reports whether some chain of P4.CYCLE leads from a step and some to it.
func (j *judge) bothWays(step int) bool {
	leads := func(end func(demand) int) bool {
		return slices.ContainsFunc(j.demands, func(d demand) bool {
			return end(d) == step && slices.ContainsFunc(j.of(step), func(r rollout.Reason) bool { return r.Code == rollout.CycleOf && j.explains(r.Chain, d) })
		})
	}
	return leads(func(d demand) int { return d.later }) && leads(func(d demand) int { return d.sooner })
}

// demanded judges that every demand that keeps a step out of the wave before is told
// (P4).
func (j *judge) demanded(step int) {
	for _, d := range j.demands {
		if d.later != step || j.group[step] == j.group[d.sooner] || j.wave(d.sooner) != j.wave(step)-1 {
			continue
		}
		told := slices.ContainsFunc(j.of(step), func(r rollout.Reason) bool {
			return (r.Code == rollout.After || r.Code == rollout.NeedsSite) && key(r.Parameters["site"]) == j.site(j.rules.steps[d.sooner].site)
		})
		if !told {
			j.breach("P10", "%s does not say that it comes after %s", j.name(step), j.name(d.sooner))
		}
	}
}

// reason judges a reason, and reports whether it keeps the step out of the wave
// before.
func (j *judge) reason(step int, r rollout.Reason) (keeps bool) {
	wrong := func(format string, args ...any) {
		j.breach("P10", "%s: %s %v: "+format, append([]any{j.name(step), r.Code, r.Parameters}, args...)...)
	}
	if rule, _, _ := strings.Cut(string(r.Code), "."); r.Rule != rule || r.Text == "" || !slices.Contains(rollout.Codes, r.Code) {
		wrong("its rule is %q and its text %q", r.Rule, r.Text)
	}
	if why := j.real(r.Chain); why != "" {
		wrong("%s", why)
	}
	last := j.wave(step) - 1
	switch r.Code {
	case rollout.Receives, rollout.HeldItem, rollout.Chosen, rollout.AddedItem:
		if !j.receiving(step, r) {
			wrong("that is not what it receives")
		}
	case rollout.After, rollout.NeedsSite:
		at, ok := j.later(step, r)
		if !ok {
			wrong("there is no such demand, or its chain %v does not explain it", r.Chain)
		}
		return ok && at == last
	case rollout.Together, rollout.CycleOf, rollout.AloneItem:
		if why := j.grouped(step, r); why != "" {
			wrong("%s", why)
		}
	case rollout.RingOf:
		if r.Parameters["ring"] != string(j.in.Sites[j.rules.steps[step].site].Ring) {
			wrong("that is not its ring")
		}
	case rollout.AfterPilots:
		return j.piloted(step, r, wrong)
	case rollout.GaveWay:
		if why := j.gaveWay(step, r); why != "" {
			wrong("%s", why)
		}
	case rollout.Full:
		if last < 1 || !j.filled(step, r, last) {
			wrong("wave %d is not full by that", last)
			return false
		}
		return true
	case rollout.RegionOf:
		return j.regional(step, r, last, wrong)
	case rollout.AllAtOne:
		if !j.bigBang || r.Parameters["release"] != "" && key(r.Parameters["release"]) != j.release(int(j.in.Release)) {
			wrong("something coexists")
		}
	case rollout.InWindow, rollout.OutsideHours, rollout.AfterFreeze, rollout.AfterConflict, rollout.Soaked:
		if why := j.timed(step, r); why != "" {
			wrong("%s", why)
		}
		return last >= 1 && j.admitted(step) && j.delays(step)
	case rollout.Instant:
		at, ok := when(r.Parameters["instant"])
		if j.instant() == nil || !ok || !at.Equal(*j.instant()) {
			wrong("that is not the instant")
		}
	case rollout.FirstOf:
		if j.rules.steps[step].release == int(j.in.Release) {
			wrong("no release follows")
		}
	case rollout.AfterRelease:
		return j.afterRelease(step, r, last, wrong)
	case rollout.Pair:
		return j.apartFrom(step, r, last, wrong)
	case rollout.Capacity:
		return j.capacity(step, r, last, wrong)
	case rollout.OneWave:
		if j.in.Approach != domain.BigBang {
			wrong("nobody asked for one wave")
		}
	case rollout.Offer:
		if !j.offers() {
			wrong("it is no offer")
		}
	case rollout.Kept, rollout.Waived:
		if !j.edited() {
			wrong("nobody changed anything")
		}
	}
	return false
}

// receiving judges P2.
func (j *judge) receiving(step int, r rollout.Reason) bool {
	s := j.rules.steps[step]
	at := slices.IndexFunc(s.receipts, func(x receipt) bool { return j.item(x.item) == key(r.Parameters["item"]) })
	if at < 0 {
		return false
	}
	x := s.receipts[at]
	if to := r.Parameters["to"]; x.kind != rollout.Remove && to != x.to && !(x.kind == rollout.Held && j.comesFrom(step, x, to)) {
		return false
	}
	change := j.content(s.release)[x.item]
	switch r.Code {
	case rollout.HeldItem:
		return x.kind == rollout.Held && j.unit(step, x.item, key(r.Parameters["unit"]))
	case rollout.AddedItem:
		dependent := j.itemOf(r.Parameters["dependent"])
		_, there := j.installed[spot{dependent, s.site}]
		return x.kind == rollout.Add && there && j.depends[dependent][x.item]
	case rollout.Chosen:
		return len(j.in.Question.Sites) > 0 || len(change.sites) > 0
	}
	return x.kind != rollout.Held && j.comesFrom(step, x, r.Parameters["from"])
}

// later judges P4.AFTER and P4.NEEDS_SITE, of the step or of its group, and returns
// the wave of the one that comes before.
func (j *judge) later(step int, r rollout.Reason) (wave int, ok bool) {
	for _, d := range j.demands {
		if j.group[d.later] != j.group[step] || j.site(j.rules.steps[d.sooner].site) != key(r.Parameters["site"]) || d.hub != (r.Code == rollout.NeedsSite) {
			continue
		}
		strict := j.group[d.sooner] != j.group[step] && j.wave(d.sooner) == j.wave(step)-1
		hour := d.later == step && j.wave(d.sooner) == j.wave(step)
		if (strict || hour) && j.explains(r.Chain, d) {
			return j.wave(d.sooner), true
		}
	}
	return 0, false
}
