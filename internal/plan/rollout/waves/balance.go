package waves

import (
	"cmp"
	"slices"
)

// balance puts groups into just so many waves, each into the one of those open to it
// that is then loaded least: what has the longest chain behind it first, then what is
// large. It reports whether all found a place. Where several limits are tight, waves
// filled one after another use up one limit and waste the other.
func (k *packer) balance(target int) bool { return k.spreadOver(target, nil) }

// stable puts groups into just so many waves, each as near as can be to where it was
// announced, before that so many waves come (P11).
func (k *packer) stable(target int, before int32) bool {
	return k.spreadOver(target, func(g int32) int32 { return k.p.Announced[g] - before })
}

// spreadOver puts groups into waves; where they are announced, near to that.
func (k *packer) spreadOver(target int, announced func(int32) int32) bool {
	if len(k.groups)*target > k.p.Effort {
		return false
	}
	k.wave = make([]int32, k.p.Groups)
	b := &balance{packer: k, in: make([][]int32, target+1), rooms: make([][]int64, target+1), commons: make([][]int32, target+1), filled: make([]bool, target+1)}
	for w := range b.rooms {
		b.rooms[w] = slices.Clone(k.p.Limits)
	}
	b.since, b.known = make([]int32, k.p.Before.Len()), make([]bool, k.p.Before.Len())
	order := b.sorted()
	if announced != nil { // what is new takes nobody's place
		slices.SortStableFunc(order, func(x, y int32) int {
			return cmp.Or(cmp.Compare(b.tail[y], b.tail[x]), cmp.Compare(min(announced(y), 1), min(announced(x), 1)))
		})
	}
	for _, g := range order {
		first, last := b.after(g)+1, int32(target)-k.tail[g]+1
		best, least := int32(0), 2.0
		for w := first; w <= last; w++ {
			k.spent++
			load := b.loaded(g, w)
			if announced != nil && load <= 1 && announced(g) > 0 {
				load = float64(max(announced(g)-w, w-announced(g))) / float64(target+1)
			}
			if load < least && b.allowed(g, w) {
				best, least = w, load
			}
		}
		if best == 0 && !b.swap(g, first, last) {
			return false
		}
		if best > 0 {
			b.put(g, best)
		}
	}
	return !slices.Contains(b.filled[1:], false) && b.p.safe(b.groups, b.wave)
}

type balance struct {
	*packer
	in      [][]int32 // by wave: what is free to be elsewhere
	rooms   [][]int64
	commons [][]int32
	filled  []bool
	since   []int32 // by node between groups: the last wave of what comes before
	known   []bool
}

func (b *balance) sorted() []int32 {
	weight := make([]float64, b.p.Groups)
	for _, g := range b.groups {
		for _, l := range b.p.Loads[g] {
			weight[g] = max(weight[g], float64(l.Amount)/float64(b.p.Limits[l.Dimension]))
		}
	}
	order := slices.Clone(b.groups)
	slices.SortStableFunc(order, func(x, y int32) int {
		return cmp.Or(cmp.Compare(b.tail[y], b.tail[x]), cmp.Compare(weight[y], weight[x]))
	})
	return order
}

// after is the last wave of what comes before a group: all of it has its place.
func (b *balance) after(g int32) (last int32) {
	stack := []int32{g}
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		open := false
		last = 0
		for _, w := range b.p.Before.Out(v) {
			switch {
			case b.p.in(w, b.stage):
				last = max(last, b.wave[w])
			case b.known[w]:
				last = max(last, b.since[w])
			default:
				stack = append(stack, w)
				open = true
			}
		}
		if !open {
			b.known[v], b.since[v] = true, last
			stack = stack[:len(stack)-1]
		}
	}
	return last
}

// loaded is how much of its fullest limit a wave would use with a group, above 1: too
// much.
func (b *balance) loaded(g, w int32) (most float64) {
	for _, l := range b.p.Loads[g] {
		limit := float64(b.p.Limits[l.Dimension])
		most = max(most, (limit-float64(b.rooms[w][l.Dimension]-l.Amount))/limit)
	}
	if most > 1 {
		return 2
	}
	return most
}

func (b *balance) allowed(g, w int32) bool {
	for _, other := range b.p.Apart[g] {
		if b.wave[other] == w || other == g {
			return false
		}
	}
	return !b.p.regional(b.stage) || !b.filled[w] || len(meet(b.commons[w], b.p.Regions[g])) > 0
}

func (b *balance) put(g, w int32) {
	if b.p.regional(b.stage) {
		if common := b.p.Regions[g]; b.filled[w] {
			b.commons[w] = meet(b.commons[w], common)
		} else {
			b.commons[w] = common
		}
	}
	for _, l := range b.p.Loads[g] {
		b.rooms[w][l.Dimension] -= l.Amount
	}
	b.wave[g], b.filled[w] = w, true
	if b.free(g) {
		b.in[w] = append(b.in[w], g)
	}
}

// free reports whether a group comes neither before nor after another one, nor has a
// region in common with those of its wave: it may be in any.
func (b *balance) free(g int32) bool {
	return len(b.p.Before.Out(g)) == 0 && len(b.behind.Out(g)) == 0 && !b.p.regional(b.stage)
}

// take takes a free group out of its wave.
func (b *balance) take(g int32) {
	w := b.wave[g]
	b.in[w] = slices.DeleteFunc(b.in[w], func(other int32) bool { return other == g })
	for _, l := range b.p.Loads[g] {
		b.rooms[w][l.Dimension] += l.Amount
	}
	b.wave[g] = 0
}

// swap makes room for a group in one of some waves: by a free group there that fits
// elsewhere.
func (b *balance) swap(g, first, last int32) bool {
	for w := first; w <= last; w++ {
		for _, out := range slices.Clone(b.in[w]) {
			if b.spent++; b.spent > b.p.Effort {
				return false
			}
			b.take(out)
			if b.loaded(g, w) <= 1 && b.allowed(g, w) {
				b.put(g, w)
				if to := b.elsewhere(out, w); to > 0 {
					b.put(out, to)
					return true
				}
				b.undo(g, w)
			}
			b.put(out, w)
		}
	}
	return false
}

// undo takes out a group that was put into a wave last.
func (b *balance) undo(g, w int32) {
	if b.free(g) {
		b.take(g)
		return
	}
	for _, l := range b.p.Loads[g] {
		b.rooms[w][l.Dimension] += l.Amount
	}
	b.wave[g] = 0
}

// elsewhere is another wave into which a group fits, 0: none.
func (b *balance) elsewhere(g, not int32) int32 {
	for w := int32(1); int(w) < len(b.rooms); w++ {
		b.spent++
		if w != not && b.loaded(g, w) <= 1 && b.allowed(g, w) {
			return w
		}
	}
	return 0
}
