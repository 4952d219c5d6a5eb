package checker

import (
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
)

// rules are what the steps of an input have to keep.
type rules struct {
	*estate
	demands []demand
	// bigBang says that the release makes itself one (P6), oneWave that it was asked
	// for (P1).
	bigBang, oneWave bool
	// group is, by step, the place of its group among groups.
	group  []int
	groups [][]int
	// after says, by group, which ones come strictly before it, along any chain.
	after [][]bool
	stage []int
	// hard are the steps that have to end before one begins in the same wave, soft
	// those that may have to.
	hard, soft [][]int
}

// derive works out the rules for all sites that are listed and not taken out by hand.
func derive(e *estate, excluded map[string]bool) *rules {
	e.steps = e.stepsAt(func(site int) bool { return e.listed(site) && !excluded[e.site(site)] })
	for _, s := range e.steps {
		for _, r := range s.receipts {
			if r.kind == rollout.Add {
				e.has[spot{r.item, s.site}] = true
			}
		}
	}
	r := &rules{estate: e, demands: e.demands()}
	r.oneWave = e.in.Approach == domain.BigBang
	r.bigBang = !r.oneWave && e.nothingCoexists()
	r.gather()
	r.precede()
	r.stages()
	r.hours()
	return r
}

// nothingCoexists reports whether a release is a BIG_BANG by itself (P6).
func (e *estate) nothingCoexists() bool {
	if e.in.Activation != "" && e.in.Activation != domain.AtInstall {
		return false
	}
	some := false
	for _, c := range e.content(int(e.in.Release)) {
		if c.kind == rollout.Held {
			continue
		}
		if some = true; !c.alone {
			return false
		}
	}
	return some
}

// alone lists, by release and item, the steps that share a wave since the item does
// not coexist (P4).
func (r *rules) alone() map[[2]int][]int {
	list := map[[2]int][]int{}
	for i, s := range r.steps {
		for _, x := range s.receipts {
			if r.apart(x) {
				key := [2]int{s.release, x.item}
				list[key] = append(list[key], i)
			}
		}
	}
	return list
}

// gather finds the groups: steps that reach each other, after as an arc, together as
// two.
func (r *rules) gather() {
	arcs := make([][]int, len(r.steps))
	both := func(a, b int) { arcs[a], arcs[b] = append(arcs[a], b), append(arcs[b], a) }
	for _, d := range r.demands {
		if d.together {
			both(d.later, d.sooner)
		} else {
			arcs[d.later] = append(arcs[d.later], d.sooner)
		}
	}
	for _, steps := range r.alone() {
		for _, s := range steps[1:] {
			both(steps[0], s)
		}
	}
	if r.bigBang {
		var last = -1
		for i, s := range r.steps {
			if s.release != int(r.in.Release) {
				continue
			}
			if last >= 0 {
				both(last, i)
			}
			last = i
		}
	}
	reach := closure(arcs)
	r.group = make([]int, len(r.steps))
	for i := range r.steps {
		r.group[i] = -1
		for j := range i {
			if reach[i][j] && reach[j][i] {
				r.group[i] = r.group[j]
				break
			}
		}
		if r.group[i] < 0 {
			r.group[i] = len(r.groups)
			r.groups = append(r.groups, nil)
		}
		r.groups[r.group[i]] = append(r.groups[r.group[i]], i)
	}
}

// follows reports whether a release comes after another at a site (P9).
func (e *estate) follows(release, before int) bool {
	return slices.Contains(e.required(release), before)
}

// precede finds which groups come strictly before which (P4, P9).
func (r *rules) precede() {
	arcs := make([][]int, len(r.groups))
	for _, d := range r.demands {
		if a, b := r.group[d.later], r.group[d.sooner]; a != b {
			arcs[a] = append(arcs[a], b)
		}
	}
	for i, s := range r.steps {
		for k, t := range r.steps {
			if s.site == t.site && r.follows(s.release, t.release) {
				arcs[r.group[i]] = append(arcs[r.group[i]], r.group[k])
			}
		}
	}
	r.after = closure(arcs)
}

// stages finds the stage of each group: the earliest ring among its sites and those
// of all groups that come after it (P5).
func (r *rules) stages() {
	own := make([]int, len(r.groups))
	for g, steps := range r.groups {
		own[g] = len(domain.Rings)
		for _, s := range steps {
			own[g] = min(own[g], r.ring(r.steps[s].site))
		}
	}
	r.stage = slices.Clone(own)
	for g := range r.groups {
		for later := range r.groups {
			if r.after[later][g] {
				r.stage[g] = min(r.stage[g], own[later])
			}
		}
	}
}

// hours finds what has to end before a step begins in the same wave: what it depends
// on, except along a cycle (P4).
func (r *rules) hours() {
	may, must := make([][]int, len(r.steps)), make([][]int, len(r.steps))
	for _, d := range r.demands {
		may[d.later] = append(may[d.later], d.sooner)
		if !d.loose {
			must[d.later] = append(must[d.later], d.sooner)
		}
	}
	mayReach, mustReach := closure(may), closure(must)
	r.hard, r.soft = make([][]int, len(r.steps)), make([][]int, len(r.steps))
	for a := range r.steps {
		for _, b := range must[a] {
			if !mayReach[b][a] {
				r.hard[a] = append(r.hard[a], b)
			}
		}
		for _, b := range may[a] {
			if !mustReach[b][a] {
				r.soft[a] = append(r.soft[a], b)
			}
		}
	}
}

// load returns what a step asks of a limit of the wave (P6).
func (r *rules) load(limit string, step int) int {
	switch s := r.steps[step]; limit {
	case sitesPerWave:
		return 1
	case usersPerWave:
		return r.users(s.site)
	default:
		highest := 0
		for _, x := range s.receipts {
			highest = max(highest, r.in.Items[x.item].Criticality)
		}
		return highest
	}
}

const (
	sitesPerWave       = "sitesPerWave"
	usersPerWave       = "usersPerWave"
	criticalityPerWave = "criticalityPerWave"
	sitesPerDay        = "sitesPerDay"
	usersPerDay        = "usersPerDay"
)

// limits lists the limits that are set.
func (r *rules) limits() map[string]int {
	set := map[string]int{}
	for name, value := range map[string]*int{
		sitesPerWave: r.in.Limits.SitesPerWave, usersPerWave: r.in.Limits.UsersPerWave, criticalityPerWave: r.in.Limits.CriticalityPerWave,
	} {
		if value != nil {
			set[name] = *value
		}
	}
	return set
}

// supports reports whether a party helps the users of something that a step receives
// (P13).
func (r *rules) supports(party, step int) bool {
	return slices.ContainsFunc(r.steps[step].receipts, func(x receipt) bool {
		return slices.Contains(r.in.Items[x.item].SupportedBy, rollout.PartyNo(party))
	})
}

// asks returns what a step asks of a party, in sites and users.
func (r *rules) asks(party, step int) (sites, users int) {
	if !r.supports(party, step) {
		return 0, 0
	}
	return 1, r.users(r.steps[step].site)
}

// over reports whether so much is more than a party takes, and of what.
func (r *rules) over(party, sites, users int) (limit string, value, load int, yes bool) {
	p := r.in.Parties[party]
	switch {
	case p.SitesPerDay != nil && sites > *p.SitesPerDay:
		return sitesPerDay, *p.SitesPerDay, sites, true
	case p.UsersPerDay != nil && users > *p.UsersPerDay:
		return usersPerDay, *p.UsersPerDay, users, true
	}
	return "", 0, 0, false
}

// offers reports whether sites choose when (P1): limits do not hold then.
func (r *rules) offers() bool { return r.in.Approach == domain.Pull && !r.bigBang }

// limited reports whether limits hold.
func (r *rules) limited() bool { return !r.offers() }

// staged reports whether stages hold (P5).
func (r *rules) staged() bool { return !r.oneWave }
