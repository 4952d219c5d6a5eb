package checker

import (
	"slices"
	"strconv"
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

// grouped judges P4.TOGETHER, P4.CYCLE and P4.ITEM.
func (j *judge) grouped(step int, r rollout.Reason) string {
	group := j.groups[j.group[step]]
	member := func(site string) bool {
		return slices.ContainsFunc(group, func(s int) bool { return j.site(j.rules.steps[s].site) == site })
	}
	sites := list(r.Parameters["sites"])
	if len(group) < 2 || len(sites) == 0 {
		return "it belongs to no group"
	}
	for _, site := range sites {
		if !member(site) {
			return site + " is not of its group"
		}
	}
	item := j.itemOf(r.Parameters["item"])
	if r.Code == rollout.AloneItem {
		for _, site := range append(sites, j.site(j.rules.steps[step].site)) {
			if !slices.ContainsFunc(group, func(s int) bool { return j.site(j.rules.steps[s].site) == site && j.receivesAlone(s, item) }) {
				return site + " does not receive it, or it coexists"
			}
		}
		return ""
	}
	for _, d := range j.demands {
		if j.group[d.later] != j.group[step] || j.group[d.sooner] != j.group[step] || !j.explains(r.Chain, d) {
			continue
		}
		apart := j.apart(d.x) && d.x.item == item || j.apart(d.y) && d.y.item == item
		if r.Code == rollout.CycleOf || d.together && apart {
			return ""
		}
	}
	return "its chain explains no demand within the group"
}

func (j *judge) receivesAlone(step, item int) bool {
	return slices.ContainsFunc(j.rules.steps[step].receipts, func(x receipt) bool { return x.item == item && j.apart(x) })
}

type complaint func(format string, args ...any)

// piloted judges P5.AFTER_PILOTS.
func (j *judge) piloted(step int, r rollout.Reason, wrong complaint) bool {
	stage := j.stage[j.group[step]]
	for _, site := range list(r.Parameters["pilots"]) {
		if !slices.ContainsFunc(j.rules.indices(), func(s int) bool {
			return j.site(j.rules.steps[s].site) == site && j.stage[j.group[s]] < stage
		}) {
			wrong("%s is of no earlier stage", site)
		}
	}
	if !j.staged() || r.Parameters["ring"] == "" {
		wrong("stages do not hold, or no ring is named")
		return false
	}
	if n := j.wave(step); n > 1 {
		if before := j.members(n - 1); j.stage[j.group[before[0]]] < stage {
			return true
		}
	}
	wrong("the wave before is of no earlier stage")
	return false
}

func (r *rules) indices() []int {
	list := make([]int, len(r.steps))
	for i := range list {
		list[i] = i
	}
	return list
}

// gaveWay judges P5.GAVE_WAY: a pilot needs what would come later.
func (j *judge) gaveWay(step int, r rollout.Reason) string {
	g := j.group[step]
	if !j.staged() || j.ring(j.rules.steps[step].site) <= j.stage[g] {
		return "it does not come early"
	}
	pilot := key(r.Parameters["pilot"])
	for i, s := range j.rules.steps {
		if j.site(s.site) != pilot || j.ring(s.site) != j.stage[g] || j.group[i] != g && !j.after[j.group[i]][g] {
			continue
		}
		direct := slices.ContainsFunc(j.demands, func(d demand) bool { return d.later == i && d.sooner == step })
		if !direct || j.group[i] == g || len(r.Chain) > 0 {
			return ""
		}
		return "no chain leads from the pilot"
	}
	return "that is no pilot that needs it"
}

// filled judges P6.FULL: the load of the wave before and what the group adds are more
// than the limit.
func (j *judge) filled(step int, r rollout.Reason, last int) bool {
	limit := strings.TrimPrefix(r.Parameters["limit"], "limit:")
	value, set := j.limits()[limit]
	load, adds := j.sum(limit, j.members(last)), j.sum(limit, j.groups[j.group[step]])
	return set && j.limited() && load+adds > value && number(r.Parameters["value"]) == value &&
		number(r.Parameters["load"]) == load && number(r.Parameters["adds"]) == adds
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

// regional judges P6.REGION.
func (j *judge) regional(step int, r rollout.Reason, last int, wrong complaint) bool {
	if last < 1 || !j.in.GroupByRegion || !slices.Contains(j.touched(step), r.Parameters["region"]) {
		wrong("nothing is grouped by that region")
		return false
	}
	steps := append(j.members(last), j.groups[j.group[step]]...)
	if !j.last(steps) || len(j.common(steps)) > 0 {
		wrong("it has a region in common with wave %d", last)
		return false
	}
	return true
}

// when reads an instant, with seconds or without.
func when(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// timed judges P7: something moved the step from an instant to a later one, which is
// told in local time.
func (j *judge) timed(step int, r rollout.Reason) string {
	s, p := j.rules.steps[step], j.planned(step)
	if r.Code == rollout.Soaked {
		return j.soaked(step, r)
	}
	from, ok := when(r.Parameters["from"])
	if !ok || from.After(p.Window.From) || from.Before(j.from(max(1, j.wave(step)-1))) && !j.offers() {
		return "it moved from no instant at which the step could begin, in its wave or the one before"
	}
	missed := domain.TimeRange{From: from, To: p.Window.To}
	if !j.shows(step, r.Parameters["local"], missed) {
		return "the clocks of the site show that at no time in between"
	}
	record, open := key(r.Parameters["record"]), p.Window
	if !j.shows(step, r.Parameters["local"], p.Window) { // something else moved it on
		open = missed
	}
	switch r.Code {
	case rollout.InWindow:
		for _, windows := range j.things(step) {
			for _, w := range windows {
				if j.in.Windows[w].Key == record && len(j.calendars.windows[w].meet(open)) > 0 {
					return ""
				}
			}
		}
		return "it lies in no such window"
	case rollout.OutsideHours:
		if !j.serving(s.site, missed) {
			return "no service hours are near"
		}
	case rollout.AfterFreeze:
		for _, f := range j.frozen(step) {
			if j.in.Freezes[f].Key == record && len(j.calendars.freezes[f].meet(missed)) > 0 {
				return ""
			}
		}
		return "no such freeze held it"
	case rollout.AfterConflict:
		for _, w := range j.in.Works {
			kinds, kind := j.conflicts(step, w), domain.ConflictKind(r.Parameters["kind"])
			if w.Record == r.Parameters["record"] && w.When.Overlaps(missed) && len(kinds) > 0 && (kind == "" || slices.Contains(kinds, kind)) {
				return ""
			}
		}
		return "no such work was in its way"
	}
	return ""
}

// shows reports whether the clocks of a step's site show a local time at an instant
// of a range, to the quarter of an hour.
func (j *judge) shows(step int, local string, r domain.TimeRange) bool {
	z := zone(j.in.Sites[j.rules.steps[step].site].Zone)
	for at := r.From; at.Before(r.To); at = at.Add(15 * time.Minute) {
		wall := at.In(z)
		if strings.HasPrefix(local, wall.Format("2006-01-02")) && strings.Contains(local, wall.Format("15:04")) {
			return true
		}
	}
	return false
}

// soaked judges P7.SOAK: from the end of the wave before to when the next may begin.
func (j *judge) soaked(step int, r rollout.Reason) string {
	if j.in.Soak == 0 || j.wave(step) == 1 {
		return "nothing is watched before"
	}
	begins := j.from(j.wave(step))
	from, ok := when(r.Parameters["from"])
	if j.offers() { // each site ends when it chooses
		return ""
	}
	if r.Parameters["from"] != "" && (!ok || !from.Equal(begins.Add(-j.in.Soak))) {
		return "the wave before does not end then"
	}
	if !j.shows(step, r.Parameters["local"], domain.TimeRange{From: begins, To: begins.Add(time.Minute)}) {
		return "the clocks of the site show another time when it was watched"
	}
	return ""
}

// afterRelease judges P9.AFTER.
func (j *judge) afterRelease(step int, r rollout.Reason, last int, wrong complaint) bool {
	for _, mate := range j.groups[j.group[step]] {
		s := j.rules.steps[mate]
		for _, q := range j.required(s.release) {
			if j.release(q) != key(r.Parameters["release"]) {
				continue
			}
			if b, ok := j.brought(q, s.site); ok && key(r.Parameters["deployment"]) == b.Deployment {
				return false
			}
			for i, t := range j.rules.steps {
				if t.site == s.site && t.release == q && (mate == step || j.wave(i) == last) {
					return j.wave(i) == last
				}
			}
		}
	}
	wrong("the site does not get that release before")
	return false
}

// apartFrom judges P13.PAIR: the other site, or one of its group, is in the wave before.
func (j *judge) apartFrom(step int, r rollout.Reason, last int, wrong complaint) bool {
	other := j.siteOf(r.Parameters["site"])
	for _, mate := range j.groups[j.group[step]] {
		if other < 0 || !j.paired(j.rules.steps[mate].site, other) {
			continue
		}
		for i, s := range j.rules.steps {
			if s.site == other && j.wave(i) == last {
				return true
			}
		}
	}
	wrong("that site is no other half in wave %d", last)
	return false
}

// capacity judges P13.CAPACITY: of the wave before, or of a day before the step's.
func (j *judge) capacity(step int, r rollout.Reason, last int, wrong complaint) bool {
	party := slices.IndexFunc(j.in.Parties, func(p rollout.Party) bool { return p.Key == key(r.Parameters["party"]) })
	if party < 0 {
		wrong("there is no such party")
		return false
	}
	if last >= 1 {
		sites, users := j.asked(party, append(j.members(last), j.groups[j.group[step]]...))
		if _, value, _, over := j.over(party, sites, users); over && (number(r.Parameters["value"]) == value || r.Parameters["day"] == "") {
			return true
		}
	}
	n, u := j.asks(party, step)
	for at := j.bound(step, j.hard); n > 0 && !at.After(j.planned(step).Window.From); at = at.Add(12 * time.Hour) {
		sites, users := 0, 0
		for _, s := range j.sameDay(party, at) {
			if s != step {
				a, b := j.asks(party, s)
				sites, users = sites+a, users+b
			}
		}
		a, b := j.elsewhere(party, at)
		if j.rules.full(party, u, n+sites+a, u+users+b) {
			return last >= 1
		}
	}
	wrong("the party could take it")
	return false
}
