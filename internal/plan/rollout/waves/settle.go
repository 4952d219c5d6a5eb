package waves

import "slices"

// table tells of a packing what is in each wave, and when it ends. Waves from the
// first one that is looked at on are known.
type table struct {
	p     *Problem
	s     *Packing
	in    [][]int32 // by wave
	ends  []int64   // by wave
	room  [][]int64
	share [][]int32 // by wave: regions in common, nil: not known
	first int
	start int64 // when the first wave may begin
}

// table looks at the waves that come after some that are done.
func (p *Problem) table(s *Packing, waves int, from partial) *table {
	t := &table{p: p, s: s, in: make([][]int32, waves+1), ends: make([]int64, waves+1), room: make([][]int64, waves+1), share: make([][]int32, waves+1), first: from.waves + 1}
	t.start = p.after(from.ends, from.waves)
	for w := range t.room {
		t.room[w] = slices.Clone(p.Limits)
	}
	for g, w := range s.Wave {
		if w > 0 {
			t.put(int32(g), w)
		}
	}
	t.ends[from.waves] = from.ends
	t.reckon(t.first)
	return t
}

func (t *table) put(g, w int32) {
	t.s.Wave[g] = w
	t.in[w], t.share[w] = append(t.in[w], g), nil
	for _, l := range t.p.Loads[g] {
		t.room[w][l.Dimension] -= l.Amount
	}
}

func (t *table) take(g int32) {
	w := t.s.Wave[g]
	t.share[w] = nil
	t.in[w] = slices.DeleteFunc(t.in[w], func(other int32) bool { return other == g })
	for _, l := range t.p.Loads[g] {
		t.room[w][l.Dimension] += l.Amount
	}
}

// begins is when a wave may begin.
func (t *table) begins(w int) int64 {
	if w == t.first {
		return t.start
	}
	return t.ends[w-1] + t.p.Soak
}

// reckon works out when waves end, from one on.
func (t *table) reckon(from int) {
	for w := from; w < len(t.in); w++ {
		begin := t.begins(w)
		t.ends[w] = begin
		for _, g := range t.in[w] {
			t.ends[w] = max(t.ends[w], t.p.End(g, begin))
		}
	}
}

// earliest and latest waves in which a group may be, by what comes before and after.
func (t *table) earliest() []int32 {
	return t.sweep(false)
}

func (t *table) latest() []int32 { return t.sweep(true) }

// sweep follows the arcs: by group, one more than the highest wave of what comes
// before, or one less than the lowest of what comes after.
func (t *table) sweep(back bool) []int32 {
	p := t.p
	n := p.Before.Len()
	at := make([]int32, n)
	if !back {
		for _, v := range p.Sorted {
			for _, w := range p.Before.Out(v) {
				at[v] = max(at[v], t.passed(w, at, 1))
			}
		}
		return at[:p.Groups]
	}
	last := int32(len(t.in) - 1)
	for v := range at {
		at[v] = last
	}
	for i := len(p.Sorted) - 1; i >= 0; i-- {
		v := p.Sorted[i]
		for _, w := range p.Before.Out(v) {
			at[w] = min(at[w], t.passed(v, at, -1))
		}
	}
	return at[:p.Groups]
}

// passed is what a node makes of those next to it: a group's own wave and one, or
// what came to a node between groups.
func (t *table) passed(v int32, at []int32, step int32) int32 {
	if int(v) < t.p.Groups && t.s.Wave[v] > 0 {
		return t.s.Wave[v] + step
	}
	return at[v]
}

// fits reports whether a group fits into a wave beside what is there.
func (t *table) fits(g, w int32) bool {
	if t.share[w] == nil {
		t.share[w] = t.p.Common(t.in[w])
	}
	return t.p.Blocks(t.in[w], t.room[w], t.share[w], g).Free()
}

// mostMoves bounds how many groups are moved to end earlier.
const mostMoves = 300

// delay moves groups that decide when a wave ends to later waves where they do not,
// as far as that makes the end earlier.
func (t *table) delay(groups []int32, done int) {
	last := len(t.in) - 1
	if t.p.Keep != nil {
		return
	}
	for range mostMoves {
		moved := false
		for w := done + 1; w < last && !moved; w++ {
			moved = t.delayOne(w)
		}
		if !moved {
			return
		}
	}
}

// delayOne moves the group that ends last in a wave, where others end earlier.
func (t *table) delayOne(w int) bool {
	begin := t.begins(w)
	late, second := int32(-1), begin
	for _, g := range t.in[w] {
		switch end := t.p.End(g, begin); {
		case end == t.ends[w] && late < 0:
			late = g
		default:
			second = max(second, end)
		}
	}
	if late < 0 || second >= t.ends[w] || len(t.in[w]) < 2 {
		return false
	}
	latest := t.latest()
	before := t.ends[len(t.ends)-1]
	for to := int32(w) + 1; to <= latest[late] && int(to) < len(t.in); to++ {
		if len(t.in[to]) == 0 || t.p.Stage[t.in[to][0]] != t.p.Stage[late] || !t.fits(late, to) {
			continue
		}
		t.take(late)
		t.put(late, to)
		if t.reckon(w); t.ends[len(t.ends)-1] < before {
			return true
		}
		t.take(late)
		t.put(late, int32(w))
		t.reckon(w)
	}
	return false
}

// settle moves each group to the wave before as long as it may be there and that
// wave ends no later, so that something keeps each where it is. A wave that is left
// empty goes.
func (p *Problem) settle(s *Packing) {
	t := p.table(s, s.Waves, partial{ends: p.Begin})
	trials := mostMoves
	for moved := true; moved; {
		moved = false
		earliest := t.earliest()
		for w := 2; w < len(t.in); w++ {
			for _, g := range slices.Sorted(slices.Values(t.in[w])) {
				to := int32(w) - 1
				if p.Keep != nil && p.Announced[g] == int32(w) {
					continue // it stays where it was announced
				}
				if earliest[g] > to || len(t.in[to]) == 0 || p.Stage[t.in[to][0]] != p.Stage[g] || !t.fits(g, to) {
					continue
				}
				if p.End(g, t.begins(int(to))) <= t.ends[to] {
					t.take(g)
					t.put(g, to)
					moved = true
				} else if trials > 0 {
					trials--
					moved = t.sooner(g, to) || moved
				}
			}
			if len(t.in[w]) == 0 {
				t.drop(w)
				earliest, moved = t.earliest(), true
				w--
			}
		}
		if moved {
			t.reckon(1)
		}
	}
	s.Waves = len(t.in) - 1
	s.Ends = t.ends[s.Waves]
}

// sooner moves a group to the wave before, though that ends later then, where all ends
// no later.
func (t *table) sooner(g, to int32) bool {
	from, ends := t.s.Wave[g], t.ends[len(t.ends)-1]
	t.take(g)
	t.put(g, to)
	if t.reckon(int(to)); t.ends[len(t.ends)-1] <= ends {
		return true
	}
	t.take(g)
	t.put(g, from)
	t.reckon(int(to))
	return false
}

// drop takes an empty wave out.
func (t *table) drop(w int) {
	t.in, t.ends, t.room = slices.Delete(t.in, w, w+1), slices.Delete(t.ends, w, w+1), slices.Delete(t.room, w, w+1)
	t.share = slices.Delete(t.share, w, w+1)
	for ; w < len(t.in); w++ {
		for _, g := range t.in[w] {
			t.s.Wave[g] = int32(w)
		}
	}
}
