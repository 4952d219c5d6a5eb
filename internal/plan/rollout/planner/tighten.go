package planner

import (
	"slices"

	"releasegraph/internal/plan/rollout/waves"
)

// mostTightened is up to how many groups waves are looked at anew with their hours.
const mostTightened = 2_000

// tighten moves groups to the wave before, where they may be there and it ends no
// later by them: with what parties take in a day, hours are not what the search for
// few waves took them for (P13).
func (made *Made) tighten(c *clock) {
	shared := slices.ContainsFunc(made.dimensions, func(d dimension) bool { return d.party >= 0 })
	if !shared || len(made.d.Groups) > mostTightened || made.base.in.Earlier != nil {
		return
	}
	for range made.packing.Waves * len(made.d.Groups) {
		if !made.tightenOne(c) {
			return
		}
	}
}

// tightenOne moves the first group that can be moved.
func (made *Made) tightenOne(c *clock) bool {
	earliest := made.earliest()
	in := make([][]int32, made.packing.Waves+1)
	for g, w := range made.packing.Wave {
		in[w] = append(in[w], int32(g))
	}
	for w := 2; w < len(in); w++ {
		room, common := made.problem.Room(in[w-1]), made.problem.Common(in[w-1])
		for _, g := range in[w] {
			if int(earliest[g]) >= w || len(in[w-1]) == 0 || made.problem.Stage[in[w-1][0]] != made.problem.Stage[g] ||
				!made.problem.Blocks(in[w-1], room, common, g).Free() {
				continue
			}
			if made.sooner(c, g, len(in[w]) == 1) {
				return true
			}
		}
	}
	return false
}

// sooner moves a group to the wave before, unless that ends later by it.
func (made *Made) sooner(c *clock, g int32, alone bool) bool {
	wave, count := slices.Clone(made.packing.Wave), made.packing.Waves
	before := int(wave[g]) - 1
	if wave[g]--; alone {
		for other := range wave {
			if int(wave[other]) > before+1 {
				wave[other]--
			}
		}
		count--
	}
	t := c.schedule(wave, count)
	if slices.Contains(t.begin, waves.Never) || t.closes[before] > made.t.closes[before] || t.closes[count] > made.t.closes[made.packing.Waves] {
		return false
	}
	made.packing.Wave, made.packing.Waves, made.packing.Ends, made.t = wave, count, t.closes[count], t
	return true
}

// earliest is, by node, the wave after all that come before it.
func (made *Made) earliest() []int32 {
	first := make([]int32, made.d.Before.Len())
	for _, v := range made.d.Sorted {
		first[v] = 1
		for _, w := range made.d.Before.Out(v) {
			at := first[w]
			if int(w) < len(made.d.Groups) {
				at = made.packing.Wave[w] + 1
			}
			first[v] = max(first[v], at)
		}
	}
	return first
}
