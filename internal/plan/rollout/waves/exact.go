package waves

import "math/bits"

// mostExact is up to how many groups of a stage all solutions are looked at.
const mostExact = 12

// partial is what a stage was begun with, or a way to end it.
type partial struct {
	waves int // so far
	ends  int64
	wave  []int32 // by group
	tries int
	exact bool
}

// reached is the best way to have done a set of groups with some number of waves.
type reached struct {
	ends int64
	// vector has the wave of each group, four bits each, the first group highest: of
	// what is equally good, the least puts the first groups first.
	vector uint64
	known  bool
}

// exact looks at all ways to do the groups of a stage: over sets of groups done, with
// each number of waves the one that ends earliest. With fewer waves enough, only the
// least number for each set is kept.
func (p *Problem) exact(stage int, groups []int32, from partial, fewest bool) []partial {
	n := len(groups)
	all := 1<<n - 1
	e := exactly{p: p, stage: stage, groups: groups, fit: make([]bool, 1<<n), needs: make([]int, n)}
	e.prepare()
	table := make([][]reached, 1<<n)
	for set := range table {
		table[set] = make([]reached, n+1)
	}
	table[0][0] = reached{ends: from.ends, known: true}
	for set := range all {
		for k := range n {
			at := table[set][k]
			if !at.known {
				continue
			}
			e.extend(table, set, k, at, from.waves)
			if fewest {
				break
			}
		}
	}
	var list []partial
	for k := 1; k <= n; k++ {
		at := table[all][k]
		if !at.known || len(list) > 0 && at.ends >= list[len(list)-1].ends {
			continue
		}
		done := partial{waves: from.waves + k, ends: at.ends, wave: append([]int32(nil), from.wave...), tries: from.tries + 1, exact: from.exact}
		for i, g := range groups {
			done.wave[g] = int32(from.waves) + int32(at.vector>>(4*(n-1-i))&15)
		}
		list = append(list, done)
		if fewest {
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
	e.ends = make([]int64, len(e.fit))
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
	return true
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
func (e *exactly) extend(table [][]reached, set, k int, at reached, before int) {
	n := len(e.groups)
	from := e.p.after(at.ends, before+k)
	open := 0
	own := make([]int64, n)
	for i, g := range e.groups {
		if set&(1<<i) == 0 && e.needs[i]&^set == 0 {
			if own[i] = e.p.End(g, from); own[i] < Never {
				open |= 1 << i
			}
		}
	}
	// Subsets come in rising order, so that each one's end follows from a smaller one.
	for next := open & -open; next > 0; next = (next - open) & open {
		low := next & -next
		e.ends[next] = max(e.ends[next&^low], own[bits.TrailingZeros(uint(low))])
		if !e.fit[next] || e.ends[next] > e.p.By {
			continue
		}
		to := &table[set|next][k+1]
		vector := at.vector
		for rest := next; rest > 0; rest &= rest - 1 {
			vector |= uint64(k+1) << (4 * (n - 1 - bits.TrailingZeros(uint(rest))))
		}
		if !to.known || e.ends[next] < to.ends || e.ends[next] == to.ends && vector < to.vector {
			*to = reached{ends: e.ends[next], vector: vector, known: true}
		}
	}
}

// after is when a wave may begin whose one before ends at a time; the first one
// begins at once.
func (p *Problem) after(ends int64, waves int) int64 {
	if waves == 0 {
		return ends
	}
	return ends + p.Soak
}
