package checker

import (
	"slices"

	"releasegraph/internal/domain"
)

// order judges the waves of P4 and P9.
func (j *judge) order() {
	for _, d := range j.demands {
		a, b := j.wave(d.later), j.wave(d.sooner)
		one := j.group[d.later] == j.group[d.sooner]
		switch {
		case one && a != b:
			j.breach("P4", "%s and %s belong together (%s on %s), and are in waves %d and %d", j.name(d.later), j.name(d.sooner), j.item(d.x.item), j.item(d.y.item), a, b)
		case !one && a <= b && !j.oneWave, !one && a < b:
			j.breach("P4", "%s has to come after %s (%s on %s), and is in wave %d, not after wave %d", j.name(d.later), j.name(d.sooner), j.item(d.x.item), j.item(d.y.item), a, b)
		}
	}
	for key, steps := range j.alone() {
		for _, s := range steps[1:] {
			if j.wave(s) != j.wave(steps[0]) {
				j.breach("P4", "%s does not coexist, and comes in waves %d and %d", j.item(key[1]), j.wave(steps[0]), j.wave(s))
			}
		}
	}
	for i, s := range j.rules.steps {
		for k, t := range j.rules.steps {
			if s.site == t.site && j.follows(s.release, t.release) && j.wave(i) <= j.wave(k) {
				j.breach("P9", "%s is in wave %d, not after %s in wave %d", j.name(i), j.wave(i), j.name(k), j.wave(k))
			}
			if i < k && s.site == t.site && j.wave(i) == j.wave(k) {
				j.breach("P6", "%s is in wave %d twice", j.site(s.site), j.wave(i))
			}
			own := s.release == int(j.in.Release) && t.release == s.release
			if own && j.wave(i) != j.wave(k) && (j.bigBang || j.oneWave) {
				rule := "P6"
				if j.oneWave {
					rule = "P1"
				}
				j.breach(rule, "%s and %s of one BIG_BANG are in waves %d and %d", j.name(i), j.name(k), j.wave(i), j.wave(k))
			}
		}
	}
}

// stages judges that earlier stages come strictly before later ones (P5).
func (j *judge) stages() {
	if !j.staged() || j.waived("P5") {
		return
	}
	for i := range j.rules.steps {
		stage := j.stage[j.group[i]]
		if got := j.plan.Waves[j.wave(i)-1].Stage; got != domain.Rings[stage] && !j.edited() {
			j.breach("P5", "%s is of stage %s, its wave %d of stage %q", j.name(i), domain.Rings[stage], j.wave(i), got)
		}
		for k := range j.rules.steps {
			if stage < j.stage[j.group[k]] && j.wave(i) >= j.wave(k) {
				j.breach("P5", "%s of stage %s is in wave %d, not before %s of stage %s in wave %d",
					j.name(i), domain.Rings[stage], j.wave(i), j.name(k), domain.Rings[j.stage[j.group[k]]], j.wave(k))
			}
		}
	}
}

// loads judges the limits of each wave (P6) and of each party in a wave (P13).
func (j *judge) loads() {
	for _, w := range j.plan.Waves {
		steps := j.members(w.Ordinal)
		for limit, value := range j.limits() {
			if load := j.sum(limit, steps); load > value && !j.waived("P6") {
				j.breach("P6", "wave %d has %d of %s %d", w.Ordinal, load, limit, value)
			}
		}
		for p, party := range j.in.Parties {
			sites, users := j.asked(p, steps)
			if limit, value, load, yes := j.over(p, sites, users); yes {
				j.breach("P13", "wave %d asks %d of %s %s %d", w.Ordinal, load, party.Key, limit, value)
			}
		}
	}
	for _, w := range j.plan.Waves {
		steps := j.members(w.Ordinal)
		if w.Sites != len(steps) || w.Users != j.sum(usersPerWave, steps) || w.Criticality != j.sum(criticalityPerWave, steps) {
			j.breach("P6", "wave %d has %d sites, %d users and criticality %d, the plan says %d, %d and %d", w.Ordinal,
				len(steps), j.sum(usersPerWave, steps), j.sum(criticalityPerWave, steps), w.Sites, w.Users, w.Criticality)
		}
	}
}

// sum adds up what steps ask of a limit.
func (r *rules) sum(limit string, steps []int) (sum int) {
	for _, s := range steps {
		sum += r.load(limit, s)
	}
	return sum
}

// asked adds up what steps ask of a party.
func (r *rules) asked(party int, steps []int) (sites, users int) {
	for _, s := range steps {
		n, u := r.asks(party, s)
		sites, users = sites+n, users+u
	}
	return sites, users
}

// together judges that no pair is in one wave (P13).
func (j *judge) together() {
	for i, s := range j.rules.steps {
		for k, t := range j.rules.steps {
			if i < k && s.site != t.site && j.wave(i) == j.wave(k) && j.paired(s.site, t.site) {
				j.breach("P13", "%s and %s stand in for each other, and are both in wave %d", j.site(s.site), j.site(t.site), j.wave(i))
			}
		}
	}
}

// regions judges that the groups of a wave of the last stage have a region in common
// (P6).
func (j *judge) regions() {
	if !j.in.GroupByRegion || j.oneWave || j.waived("P6") {
		return
	}
	for _, w := range j.plan.Waves {
		if steps := j.members(w.Ordinal); j.last(steps) && len(j.common(steps)) == 0 {
			j.breach("P6", "the groups of wave %d have no region in common", w.Ordinal)
		}
	}
}

// last reports whether steps are of the last stage that there is.
func (r *rules) last(steps []int) bool {
	return !slices.ContainsFunc(steps, func(s int) bool { return r.stage[r.group[s]] != slices.Max(r.stage) })
}

// touched lists the regions of the sites of a step's group.
func (r *rules) touched(step int) (regions []string) {
	for _, s := range r.groups[r.group[step]] {
		regions = append(regions, r.in.Sites[r.steps[s].site].Region)
	}
	return regions
}

// common lists the regions that the groups of all steps touch.
func (r *rules) common(steps []int) (regions []string) {
	regions = r.touched(steps[0])
	for _, s := range steps[1:] {
		own := r.touched(s)
		regions = slices.DeleteFunc(regions, func(region string) bool { return !slices.Contains(own, region) })
	}
	return regions
}
