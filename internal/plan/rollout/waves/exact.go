package waves

import (
	"cmp"
	"math/bits"
	"slices"
)

// mostExact is up to how many groups of a stage all solutions are looked at.
const mostExact = 12

// partial is what a stage was begun with, or a way to end it.
type partial struct {
	waves int // so far
	ends  int64
	cost  int64
	wave  []int32 // by group
	tries int
	exact bool
}

// reached is a way to have done a set of groups with some number of waves.
type reached struct {
	ends, cost int64
	// vector has the wave of each group, four bits each, the first group highest: of
	// what is equally good, the least puts the first groups first.
	vector uint64
}

// reach keeps a way that no other is as good as: that costs less, or ends earlier, or
// has the first groups first. Of very many it keeps those that cost least.
func reach(list []reached, one reached) []reached {
	for i := range list {
		if at := &list[i]; at.cost <= one.cost && at.ends <= one.ends && (at.cost < one.cost || at.ends < one.ends || at.vector <= one.vector) {
			return list
		}
	}
	list = slices.DeleteFunc(list, func(at reached) bool { return at.cost >= one.cost && at.ends >= one.ends })
	list = append(list, one)
	slices.SortFunc(list, func(a, b reached) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.ends, b.ends)) })
	return list[:min(len(list), mostReached)]
}

// mostReached is how many ways are kept for each set and number of waves.
const mostReached = 16

// exact looks at all ways to do the groups of a stage: over sets of groups done, with
// each number of waves the one that ends earliest. With fewer waves enough, only the
// least number for each set is kept.
func (p *Problem) exact(stage int, groups []int32, from partial, fewest bool) []partial {
	n := len(groups)
	all := 1<<n - 1
	e := exactly{p: p, stage: stage, groups: groups, fit: make([]bool, 1<<n), needs: make([]int, n)}
	e.prepare()
	table := make([][][]reached, 1<<n)
	for set := range table {
		table[set] = make([][]reached, n+1)
	}
	table[0][0] = []reached{{ends: from.ends, cost: from.cost}}
	for set := range all {
		for k := range n {
			for _, at := range table[set][k] {
				e.extend(table, set, k, at, from.waves)
			}
			if fewest && len(table[set][k]) > 0 {
				break
			}
		}
	}
	var list []partial
	for k := 1; k <= n; k++ {
		for _, at := range table[all][k] {
			done := partial{
				waves: from.waves + k, ends: at.ends, cost: at.cost, wave: append([]int32(nil), from.wave...), tries: from.tries + 1, exact: from.exact,
			}
			for i, g := range groups {
				done.wave[g] = int32(from.waves) + int32(at.vector>>(4*(n-1-i))&15)
			}
			list = append(list, done)
		}
		if fewest && len(list) > 0 {
			break
		}
	}
	return list
}

type exactly struct {
	p      *Problem
	stage  int
	groups []int32
	fit    []bool // by set: it fits into one wave
	needs  []int  // by group: the set that comes before
	ends   []int64
	costs  []int64
}

func (e *exactly) prepare() {
	place := map[int32]int{}
	for i, g := range e.groups {
		place[g] = i
	}
	e.before(place)
	room := make([]int64, len(e.p.Limits))
	for set := 1; set < len(e.fit); set++ {
		e.fit[set] = e.fits(set, room)
	}
	e.ends, e.costs = make([]int64, len(e.fit)), make([]int64, len(e.fit))
}

// before follows what comes before, through nodes that are not in the stage.
func (e *exactly) before(place map[int32]int) {
	reach := make([]int, e.p.Before.Len())
	for _, v := range e.p.Sorted {
		set := 0
		for _, w := range e.p.Before.Out(v) {
			set |= reach[w]
			if i, in := place[w]; in {
				set |= 1 << i
			}
		}
		reach[v] = set
		if i, in := place[v]; in {
			e.needs[i] = set
		}
	}
}

func (e *exactly) fits(set int, room []int64) bool {
	copy(room, e.p.Limits)
	var common []int32
	first := true
	for rest := set; rest > 0; rest &= rest - 1 {
		g := e.groups[bits.TrailingZeros(uint(rest))]
		for _, l := range e.p.Loads[g] {
			if room[l.Dimension] -= l.Amount; room[l.Dimension] < 0 {
				return false
			}
		}
		for others := set; others > 0; others &= others - 1 {
			if e.p.apart(g, e.groups[bits.TrailingZeros(uint(others))]) {
				return false
			}
		}
		if e.p.regional(e.stage) {
			if first {
				common, first = e.p.Regions[g], false
			} else if common = meet(common, e.p.Regions[g]); len(common) == 0 {
				return false
			}
		}
	}
	return set&(set-1) == 0 || e.spares(set)
}

// spares reports whether the groups of a set hurt few enough users together.
func (e *exactly) spares(set int) bool {
	if e.p.Hurts == nil {
		return true
	}
	h := e.p.hurting()
	for ; set > 0; set &= set - 1 {
		h.add(e.groups[bits.TrailingZeros(uint(set))])
	}
	return h.users <= e.p.MostHurt
}

// meet lists what two ordered lists share.
func meet(a, b []int32) (both []int32) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case b[0] < a[0]:
			b = b[1:]
		default:
			both = append(both, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return both
}

// extend tries each set of groups as the next wave.
func (e *exactly) extend(table [][][]reached, set, k int, at reached, before int) {
	n := len(e.groups)
	from := e.p.after(at.ends, before+k)
	open := 0
	own, cost := make([]int64, n), make([]int64, n)
	for i, g := range e.groups {
		if set&(1<<i) == 0 && e.needs[i]&^set == 0 {
			if own[i], cost[i] = e.p.keep(g, int32(before+k+1), from); own[i] < Never {
				open |= 1 << i
			}
		}
	}
	// Subsets come in rising order, so that each one's end follows from a smaller one.
	for next := open & -open; next > 0; next = (next - open) & open {
		low := next & -next
		e.ends[next] = max(e.ends[next&^low], own[bits.TrailingZeros(uint(low))])
		e.costs[next] = e.costs[next&^low] + cost[bits.TrailingZeros(uint(low))]
		if !e.fit[next] || e.ends[next] > e.p.By {
			continue
		}
		to := &table[set|next][k+1]
		vector := at.vector
		for rest := next; rest > 0; rest &= rest - 1 {
			vector |= uint64(k+1) << (4 * (n - 1 - bits.TrailingZeros(uint(rest))))
		}
		*to = reach(*to, reached{ends: e.ends[next], cost: at.cost + e.costs[next], vector: vector})
	}
}

// keep is when a group ends in a wave, and what that costs.
func (p *Problem) keep(g, wave int32, from int64) (end, cost int64) {
	if p.Keep == nil {
		return p.End(g, from), 0
	}
	return p.Keep(g, wave, from)
}

// after is when a wave may begin whose one before ends at a time; the first one
// begins at once.
func (p *Problem) after(ends int64, waves int) int64 {
	if waves == 0 {
		return ends
	}
	return ends + p.Soak
}
