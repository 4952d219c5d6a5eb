// Package waves puts groups of steps into few waves, under an order and limits (P5,
// P6, P13). To find the fewest is hard: it is done exactly for few groups, and
// beyond that towards a lower bound.
package waves

import (
	"slices"

	"releasegraph/internal/plan/rollout/digraph"
)

// Problem is what is put into waves. Groups are numbered in the order of their keys.
type Problem struct {
	// Groups are the first so many nodes of Before. An arc leads to what comes strictly
	// before; other nodes stand between groups. Sorted has the nodes, each after all to
	// which it has arcs.
	Groups int
	Before *digraph.Graph
	Sorted []int32
	// Stage is by group: all of a lower one come before any of a higher one (P5).
	Stage []int
	// Loads are by group, what it asks of limited dimensions, by dimension. Limits are
	// by dimension.
	Loads  [][]Load
	Limits []int64
	// Apart are by group those that it must not share a wave with (P13), in order.
	Apart [][]int32
	// Regions are by group, in order; nil: waves are not grouped by region. They are in
	// one stage, where some region is common to all groups of a wave (P6).
	Regions     [][]int32
	RegionStage int
	// Hurts are by group the sites that its failure hurts, each once, and Users the users
	// of sites; a wave of several groups hurts at most MostHurt of them. Nil: any number.
	Hurts    [][]int32
	Users    []int64
	MostHurt int64
	// End is when a group ends that may begin at a time; Never where it cannot.
	End func(group int32, from int64) int64
	// Keep, where something was announced, is End for a wave, with what it costs that a
	// group is not where it was announced; Announced are the waves by group, 0: none. Of
	// solutions with the fewest waves the one that costs least is best (P11).
	Keep      func(group, wave int32, from int64) (end, cost int64)
	Announced []int32
	// Begin is when the first wave may begin, Soak how long after the end of one the
	// next begins, By when the last one ends; Never: at any time.
	Begin, Soak, By int64
	// Effort is how many groups are looked at in search of fewer waves.
	Effort int
	Seed   uint64
}

// Load is what a group asks of a dimension.
type Load struct {
	Dimension int32
	Amount    int64
}

// Never is after all times.
const Never = int64(1) << 62

// Packing is a solution.
type Packing struct {
	// Wave is by group, from 1.
	Wave []int32
	// Waves is how many there are, Ends when the last one ends.
	Waves int
	Ends  int64
	Cost  int64
	// LowerBound is how many any solution has.
	LowerBound int
	Tries      int
	// Exact says that all solutions were looked at.
	Exact bool
}

// ranks are, by group, how long the longest chains are within its stage.
type ranks struct {
	// head counts the groups of a longest chain that ends with the group, tail those of
	// one that begins with it; both count itself.
	head, tail []int32
}

// rank works out the longest chains.
func (p *Problem) rank() ranks {
	n := p.Before.Len()
	r := ranks{head: make([]int32, n), tail: make([]int32, n)}
	// Of nodes between groups each stage has a chain of its own: what lies behind one
	// with a lower stage does not count.
	stages := p.stages()
	heads, tails := make([]int32, n), make([]int32, n)
	for stage := range stages {
		for _, v := range p.Sorted {
			best := int32(0)
			for _, w := range p.Before.Out(v) {
				best = max(best, heads[w])
			}
			if p.in(v, stage) {
				best++
				r.head[v] = best
			}
			heads[v] = best
		}
		clear(tails)
		for i := len(p.Sorted) - 1; i >= 0; i-- {
			v := p.Sorted[i]
			if p.in(v, stage) {
				tails[v]++
				r.tail[v] = tails[v]
			}
			for _, w := range p.Before.Out(v) {
				tails[w] = max(tails[w], tails[v])
			}
		}
		clear(heads)
	}
	return r
}

func (p *Problem) in(v int32, stage int) bool { return int(v) < p.Groups && p.Stage[v] == stage }

// stages counts the stages.
func (p *Problem) stages() (n int) {
	for _, s := range p.Stage {
		n = max(n, s+1)
	}
	return n
}

// of lists the groups of a stage.
func (p *Problem) of(stage int) (list []int32) {
	for g := range int32(p.Groups) {
		if p.Stage[g] == stage {
			list = append(list, g)
		}
	}
	return list
}

// regional reports whether the waves of a stage are grouped by region.
func (p *Problem) regional(stage int) bool { return p.Regions != nil && stage == p.RegionStage }

// apart reports whether two groups must not share a wave.
func (p *Problem) apart(a, b int32) bool {
	_, found := slices.BinarySearch(p.Apart[a], b)
	return found
}
