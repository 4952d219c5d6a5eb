package planner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/demand"
	"releasegraph/internal/plan/rollout/waves"
)

// breach is a rule that waves break.
type breach struct {
	rollout.Violation
}

// name tells breaches apart.
func (b *breach) name() string { return b.Rule + " " + strings.Join(b.Records, " ") }

// verify lists all that an assignment of groups to waves breaks, by group; 0 is in no
// wave. It takes time in proportion to the groups and to what lies between them.
func (made *Made) verify(ctx context.Context, wave []int32, count int) ([]breach, error) {
	v := verification{Made: made, wave: wave, in: make([][]int32, count+1)}
	for g, w := range wave {
		if w > 0 {
			v.in[w] = append(v.in[w], int32(g))
		}
	}
	if err := v.order(ctx); err != nil {
		return nil, err
	}
	v.stages()
	for w := 1; w <= count; w++ {
		v.fits(w)
	}
	return v.found, nil
}

type verification struct {
	*Made
	wave  []int32
	in    [][]int32
	found []breach
}

func (v *verification) add(rule string, waivable bool, records []string, format string, args ...any) {
	v.found = append(v.found, breach{rollout.Violation{Rule: rule, Text: fmt.Sprintf(format, args...), Records: records, Waivable: waivable}})
}

// order checks what comes strictly before what (P4, P9).
func (v *verification) order(ctx context.Context) error {
	n := v.d.Before.Len()
	latest, from := make([]int32, n), make([]int32, n) // the latest wave before a node, and the group that is in it
	for _, node := range v.d.Sorted {
		for _, w := range v.d.Before.Out(node) {
			at, group := latest[w], from[w]
			if int(w) < len(v.d.Groups) && v.wave[w] >= at {
				at, group = v.wave[w], w
			}
			if at > latest[node] {
				latest[node], from[node] = at, group
			}
		}
		if int(node) < len(v.d.Groups) && v.wave[node] > 0 && v.wave[node] <= latest[node] {
			if err := v.early(ctx, node, from[node]); err != nil {
				return err
			}
		}
	}
	return nil
}

// early tells that a group is no later than one that it comes after.
func (v *verification) early(ctx context.Context, group, before int32) error {
	for _, s := range v.d.Groups[group] {
		from, _ := v.stepsAt(v.got.Steps[s].Site)
		for q := from; q < s; q++ {
			if v.d.GroupOf[q] == before {
				site, release := v.siteOf(s).Key, v.m.Release(v.got.Steps[q].Release).Key
				v.add("P9", false, []string{record(domain.KindSite, site), record(domain.KindRelease, release)},
					"%s gets %s in wave %d, which has to be before wave %d", site, release, v.wave[before], v.wave[group])
				return nil
			}
		}
		demands, err := v.demandsOf(ctx, s)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(demands, func(d demand.Demand) bool { return v.d.GroupOf[d.Other] == before && d.After })
		if i >= 0 {
			d := &demands[i]
			a, b := v.siteOf(s).Key, v.siteOf(d.Other).Key
			v.add("P4", false, []string{record(domain.KindSite, a), record(domain.KindSite, b)},
				"%s in wave %d comes after %s in wave %d: %s", a, v.wave[group], b, v.wave[before], v.words(d))
			return nil
		}
	}
	a, b := v.siteOf(v.d.Groups[group][0]).Key, v.siteOf(v.d.Groups[before][0]).Key
	v.add("P4", false, []string{record(domain.KindSite, a), record(domain.KindSite, b)},
		"%s in wave %d comes after %s in wave %d", a, v.wave[group], b, v.wave[before])
	return nil
}

// stages checks that no group is in a wave of another stage or after one (P5).
func (v *verification) stages() {
	first := make([]int, len(v.rings)+1) // by stage: the first wave of it or of a later one
	for stage := range first {
		first[stage] = len(v.in)
	}
	for w := len(v.in) - 1; w > 0; w-- {
		for _, g := range v.in[w] {
			for stage := range v.problem.Stage[g] + 1 {
				first[stage] = min(first[stage], w)
			}
		}
	}
	for w := 1; w < len(v.in); w++ {
		for _, g := range v.in[w] {
			stage := v.problem.Stage[g]
			if first[stage+1] > w {
				continue
			}
			site := v.siteOf(v.d.Groups[g][0]).Key
			v.add("P5", true, []string{record(domain.KindSite, site)},
				"%s belongs to the ring %s and is in wave %d, and sites of later rings begin in wave %d", site, v.rings[stage], w, first[stage+1])
		}
	}
}

// fits checks what a wave holds (P6, P13).
func (v *verification) fits(w int) {
	groups := v.in[w]
	room := v.problem.Room(groups)
	for k, left := range room {
		if left >= 0 {
			continue
		}
		d := &v.dimensions[k]
		load := int64(d.most) - left
		if d.party < 0 {
			v.add("P6", true, []string{"limit:" + d.limit, fmt.Sprintf("wave:%d", w)}, "wave %d holds %d, and %s is %d", w, load, d.limit, d.most)
		} else {
			party := v.m.Party(d.party).Key
			v.add("P13", false, []string{record(domain.KindParty, party), fmt.Sprintf("wave:%d", w)},
				"wave %d asks %d of %s, and its %s is %d", w, load, party, d.limit, d.most)
		}
	}
	for _, g := range groups {
		for _, other := range v.problem.Apart[g] {
			if other > g && v.wave[other] == int32(w) {
				v.meeting(g, other, w)
			}
		}
	}
	if len(groups) > 0 && v.problem.Regions != nil && v.problem.Stage[groups[0]] == v.problem.RegionStage && len(v.problem.Common(groups)) == 0 {
		v.add("P6", true, []string{"groupByRegion", fmt.Sprintf("wave:%d", w)}, "the sites of wave %d have no region in common", w)
	}
}

// meeting tells of two groups in one wave that must not be.
func (v *verification) meeting(g, other int32, w int) {
	for _, s := range v.d.Groups[g] {
		from, to := v.stepsAt(v.got.Steps[s].Site)
		for q := from; q < to; q++ {
			if v.d.GroupOf[q] == other {
				return // which the order tells
			}
		}
	}
	for _, pair := range v.pairs() {
		v.each(pair, func(a, b int32) {
			x, y := v.d.GroupOf[a], v.d.GroupOf[b]
			if x == g && y == other || x == other && y == g {
				one, two := v.siteOf(a).Key, v.siteOf(b).Key
				v.add("P13", false, []string{record(domain.KindSite, one), record(domain.KindSite, two)},
					"%s and %s stand in for each other, and both are in wave %d", one, two, w)
			}
		})
	}
}

// late checks that all is over in time, and that nothing waits for ever (P7, P8).
func (made *Made) late(t *timing, count int) (found []breach) {
	for s, begin := range t.begin {
		if begin >= waves.Never && made.waveOf(int32(s)) > 0 {
			site := made.siteOf(int32(s)).Key
			found = append(found, breach{rollout.Violation{
				Rule: "P7", Records: []string{record(domain.KindSite, site)}, Text: site + " could be worked on at no time in five years",
			}})
		}
	}
	ends := t.closes[count]
	if ends <= made.problem.By || ends >= waves.Never {
		return found
	}
	rule, what := "P7", "finishBy"
	if a := made.in.ActivateAt; a != nil && ends > a.UnixMicro() {
		rule, what = "P8", "activateAt"
	}
	return append(found, breach{rollout.Violation{
		Rule: rule, Records: []string{what}, Text: fmt.Sprintf("it would end at %s, and has to be over by %s", instant(at(ends)), instant(at(made.problem.By))),
	}})
}
