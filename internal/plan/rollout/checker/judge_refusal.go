package checker

import (
	"slices"
	"strings"
	"time"

	"releasegraph/internal/plan/rollout"
)

// triable is for how many steps every subset of rules is tried.
const triable = 8

// refusal judges why there is no plan: each constraint is a real one, they cannot
// hold together, and any one less can.
func (j *judge) refusal() {
	c := j.answer.Contradiction
	if c == nil || len(c.Constraints) == 0 {
		j.breach("answer", "there is no plan, and no contradiction that tells why")
		return
	}
	if len(j.answer.Violations) == 0 {
		j.breach("answer", "there is no plan, and no violation that tells it in words")
	}
	members := map[string]bool{}
	for _, m := range c.Constraints {
		name := j.member(m)
		if members[name] {
			j.breach("answer", "%s is told twice", name)
		}
		if !slices.Contains(j.constraintsOfAll(), name) {
			j.breach("answer", "%s is no constraint of this input", name)
		}
		if members[name] = true; m.Text == "" {
			j.breach("answer", "%s has no text", name)
		}
	}
	if !j.decidable() {
		return
	}
	if j.groupProblem(true).feasible() {
		j.breach("answer", "there is a plan with all rules")
	}
	if j.stepProblem(func(m string) bool { return members[m] }).feasible() {
		j.breach("answer", "all of %s can hold", names(members))
	}
	for dropped := range members {
		if !j.stepProblem(func(m string) bool { return members[m] && m != dropped }).feasible() {
			j.breach("answer", "without %s the rest of %s cannot hold either", dropped, names(members))
		}
	}
	for _, m := range c.Constraints {
		j.relaxed(m)
	}
}

func names(members map[string]bool) string {
	var list []string
	for m := range members {
		list = append(list, m)
	}
	slices.Sort(list)
	return "{" + strings.Join(list, ", ") + "}"
}

// member names a constraint as the rules do: sites that come together, or stand in for
// each other, may be told either way.
func (j *judge) member(c rollout.Constraint) string {
	name := strings.Join(append([]string{c.Rule}, c.Records...), " ")
	if len(c.Records) != 2 {
		return name
	}
	a, b := j.siteOf(c.Records[0]), j.siteOf(c.Records[1])
	switch {
	case a < 0 || b < 0:
	case c.Rule == "P13":
		return j.pair(a, b)
	case c.Rule == "P4" && !slices.Contains(j.constraintsOfAll(), name):
		return strings.Join([]string{c.Rule, c.Records[1], c.Records[0]}, " ")
	}
	return name
}

// decidable reports whether the search of all tells for certain what holds.
func (j *judge) decidable() bool {
	timed := j.instant() != nil || j.in.FinishBy != nil
	return len(j.rules.steps) <= triable && !j.vague() && !j.edited() && !(j.coupled() && timed) && !(j.oneWave && j.intermediate())
}

// relaxed judges what the plan without a constraint is said to be like. Without one
// that makes groups or stages the rules leave open what those are.
func (j *judge) relaxed(c rollout.Constraint) {
	structural := c.Rule == "P1" || c.Rule == "P4" || c.Rule == "P5" || c.Rule == "P9" || slices.Contains(c.Records, "BIG_BANG")
	if c.Relaxed == nil || structural || len(j.rules.steps) > 6 || !j.exact() {
		return
	}
	name := j.member(c)
	waves, ends, ok := j.stepProblem(func(m string) bool { return m != name }).least()
	switch {
	case ok != c.Relaxed.Possible:
		j.breach("answer", "without %s a whole plan is possible: %t, not %t", name, ok, c.Relaxed.Possible)
	case ok && waves != c.Relaxed.Waves:
		j.breach("answer", "without %s there are %d waves, not %d", name, waves, c.Relaxed.Waves)
	case ok && !ends.Equal(c.Relaxed.Ends):
		j.breach("answer", "without %s the plan ends at %s, not %s", name, text(ends), text(c.Relaxed.Ends))
	}
}

// constraintsOfAll lists all constraints that there are, by name.
func (j *judge) constraintsOfAll() (list []string) {
	put := func(name string, yes bool) {
		if yes {
			list = append(list, name)
		}
	}
	for _, d := range j.demands {
		put(j.between(d.later, d.sooner), true)
	}
	for key, steps := range j.alone() {
		put("P4 ConfigurationItem:"+j.item(key[1]), len(steps) > 0)
	}
	for limit := range j.limits() {
		put("P6 limit:"+limit, true)
	}
	for i, s := range j.rules.steps {
		site := "Site:" + j.site(s.site)
		put("P5 "+site, true)
		put("P7 "+site, j.kept(i))
		put("P9 "+site+" Release:"+j.release(s.release), s.release != int(j.in.Release))
		for _, t := range j.rules.steps {
			put(j.pair(s.site, t.site), s.site != t.site && j.paired(s.site, t.site))
		}
		for _, f := range j.frozen(i) {
			put("P7 Freeze:"+j.in.Freezes[f].Key, true)
		}
	}
	for _, p := range j.in.Parties {
		put("P13 Party:"+p.Key, p.SitesPerDay != nil || p.UsersPerDay != nil)
	}
	put("P6 BIG_BANG", j.bigBang)
	put("P1 BIG_BANG", j.oneWave)
	put("P6 groupByRegion", j.in.GroupByRegion)
	put("P7 soak", j.in.Soak > 0)
	put("P8 activateAt", j.instant() != nil)
	put("P8 finishBy", j.in.FinishBy != nil)
	return list
}

// kept reports whether windows or service hours bind a step.
func (j *judge) kept(step int) bool {
	return len(j.things(step)) > 0 || j.in.Sites[j.rules.steps[step].site].ServiceHours != ""
}

// feasible reports whether any plan holds, in however many waves.
func (p *problem) feasible() bool {
	full := set(0)
	for _, u := range p.units {
		full |= u
	}
	best := map[set]time.Time{0: p.begins()}
	for placed := set(0); placed < full; placed++ {
		at, ok := best[placed]
		if !ok {
			continue
		}
		if placed != 0 && p.holds("P7 soak") {
			at = at.Add(p.in.Soak)
		}
		p.each(placed, func(wave set) {
			end, ok := p.end(wave, at)
			if known, seen := best[placed|wave]; ok && (!seen || end.Before(known)) {
				best[placed|wave] = end
			}
		})
	}
	_, ok := best[full]
	return ok
}
