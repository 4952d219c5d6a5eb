package checker

import (
	"slices"
	"strconv"
	"strings"

	"releasegraph/internal/plan/rollout"
)

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
