package planner

import (
	"math/bits"
	"slices"

	"releasegraph/internal/plan/rollout/waves"
)

// exactly looks at all plans: over the sets of steps that are done, when they can be
// at the earliest.
func (c *check) exactly() bool {
	t := c.trials()
	best := t.empty()
	best[0] = c.m.Begins().UnixMicro()
	for set := range len(best) - 1 {
		t.extend(set, best[set], func(next int, last int64) { best[set|next] = min(best[set|next], last) })
	}
	return best[len(best)-1] < waves.Never
}

// least returns the fewest waves of all plans, and the earliest end of so many.
func (c *check) least() (count int, ends int64, found bool) {
	t := c.trials()
	layer := t.empty()
	layer[0] = c.m.Begins().UnixMicro()
	for range len(c.steps) {
		count++
		next := t.empty()
		for set, from := range layer {
			t.extend(set, from, func(wave int, last int64) { next[set|wave] = min(next[set|wave], last) })
		}
		if ends = next[len(next)-1]; ends < waves.Never {
			return count, ends, true
		}
		layer = next
	}
	return 0, 0, false
}

// trials puts sets of steps into waves, one after another.
type trials struct {
	*check
	strict, hours []int
	fit, timed    []bool
	joined        []int
	ends, own     []int64
}

func (c *check) trials() *trials {
	t := &trials{check: c, ends: make([]int64, 1<<len(c.steps)), own: make([]int64, len(c.steps))}
	var along []int
	t.strict, along, t.hours = c.masks()
	t.fit, t.joined, t.timed = c.waves(along, t.hours)
	return t
}

// empty is a table by set in which nothing is done.
func (t *trials) empty() []int64 {
	list := make([]int64, 1<<len(t.steps))
	for set := range list {
		list[set] = waves.Never
	}
	return list
}

// extend yields each set of steps that may be the next wave after some that were done
// at a time, with the end of it.
func (t *trials) extend(set int, done int64, yield func(next int, last int64)) {
	if done >= waves.Never {
		return
	}
	from := done
	if set > 0 {
		from += t.soak
	}
	open := 0
	for i := range t.steps {
		if set&(1<<i) == 0 && t.strict[i]&^set == 0 {
			if t.own[i] = t.end(i, from); t.own[i] <= t.by && t.own[i] < waves.Never {
				open |= 1 << i
			}
		}
	}
	// Subsets come in rising order, so that each one's end follows from a smaller one.
	for next := open & -open; next > 0; next = (next - open) & open {
		low := next & -next
		t.ends[next] = max(t.ends[next&^low], t.own[bits.TrailingZeros(uint(low))])
		if !t.fit[next] || t.joined[next]&^(set|next) != 0 {
			continue
		}
		last := t.ends[next]
		if t.timed[next] {
			last = t.inTurn(next, from, t.hours)
		}
		if last <= t.by && last < waves.Never {
			yield(next, last)
		}
	}
}

// masks are, by place, what has to be done in an earlier wave, in this one or an
// earlier one, and whose work is over before it begins in one wave.
func (c *check) masks() (strict, along, hours []int) {
	n := len(c.steps)
	strict, along, hours = make([]int, n), make([]int, n), make([]int, n)
	for _, p := range c.pairings {
		a, b := c.at[p.a], c.at[p.b]
		if p.strict {
			strict[a] |= 1 << b
		} else {
			along[a] |= 1 << b
		}
		if p.hour {
			hours[a] |= 1 << b
		}
	}
	for k := range c.steps {
		for other := range c.steps {
			if c.stages[other] > c.stages[k] && c.ringed(k) {
				strict[other] |= 1 << k
			}
		}
	}
	return strict, along, hours
}

// waves tell of each set whether it fits into one wave, what has to be done by then,
// and whether some of it waits for others of it.
func (c *check) waves(along, hours []int) (fit []bool, joined []int, timed []bool) {
	n := len(c.steps)
	fit, joined, timed = make([]bool, 1<<n), make([]int, 1<<n), make([]bool, 1<<n)
	fit[0] = true
	limited := c.limited()
	apart := c.apartMasks()
	sums := make([][]int64, len(limited))
	for k := range sums {
		sums[k] = make([]int64, 1<<n)
	}
	regional := c.regional()
	for set := 1; set < 1<<n; set++ {
		i := bits.TrailingZeros(uint(set))
		rest := set &^ (1 << i)
		joined[set] = joined[rest] | along[i]
		timed[set] = timed[rest] || hours[i]&set != 0
		for k := bits.TrailingZeros(uint(rest)); !timed[set] && rest>>k > 0; k++ {
			timed[set] = set&(1<<k) > 0 && hours[k]&(1<<i) > 0
		}
		ok := fit[rest] && apart[i]&set == 0
		for k, d := range limited {
			sums[k][set] = sums[k][rest] + c.loads[d][i]
			ok = ok && sums[k][set] <= int64(c.dimensions[d].most)
		}
		fit[set] = ok
	}
	if regional {
		c.byRegion(fit)
	}
	return fit, joined, timed
}

// byRegion takes out the sets of the last stage that have no region in common, as
// their groups touch them.
func (c *check) byRegion(fit []bool) {
	common := make([][]int32, len(fit))
	last := make([]bool, len(fit))
	last[0] = true
	for set := 1; set < len(fit); set++ {
		i := bits.TrailingZeros(uint(set))
		rest := set &^ (1 << i)
		if last[set] = last[rest] && c.lastStage(i); !last[set] {
			continue
		}
		if common[set] = c.regions[i]; rest > 0 {
			common[set] = slices.DeleteFunc(slices.Clone(common[rest]), func(r int32) bool { return !slices.Contains(c.regions[i], r) })
		}
		fit[set] = fit[set] && len(common[set]) > 0
	}
}

func (c *check) regional() bool {
	for i := range c.members {
		if c.on[i] && c.members[i].kind == ofRegion {
			return true
		}
	}
	return false
}

// lastStage reports whether a step is of the last stage, where waves are grouped by
// region.
func (c *check) lastStage(i int) bool {
	return c.problem.Stage[c.d.GroupOf[c.steps[i]]] == c.problem.RegionStage
}

// apartMasks are, by place, what must not share its wave.
func (c *check) apartMasks() []int {
	masks := make([]int, len(c.steps))
	for i, s := range c.steps {
		for k, other := range c.steps {
			if i != k && c.got.Steps[s].Site == c.got.Steps[other].Site && (c.first(s) || c.first(other)) {
				masks[i] |= 1 << k // a site is never twice in one wave
			}
		}
	}
	for i := range c.members {
		m := &c.members[i]
		if !c.on[i] || m.kind != ofPair {
			continue
		}
		c.each(m.pair, func(a, b int32) {
			x, isX := c.at[a]
			y, isY := c.at[b]
			if isX && isY {
				masks[x] |= 1 << y
				masks[y] |= 1 << x
			}
		})
	}
	return masks
}

// first reports whether it binds that a step comes before what requires it (P9).
func (c *check) first(step int32) bool {
	s := c.got.Steps[step]
	for i := range c.members {
		if m := &c.members[i]; c.on[i] && m.kind == ofRequired && m.pair == [2]int32{s.Site, s.Release} {
			return true
		}
	}
	return false
}

// inTurn is when the last of a set ends whose steps wait for one another; those of a
// cycle do not.
func (c *check) inTurn(set int, from int64, hours []int) (last int64) {
	n := len(c.steps)
	reach := make([]int, n)
	for i := range n {
		reach[i] = hours[i] & set
	}
	for k := range n {
		for i := range n {
			if reach[i]&(1<<k) > 0 {
				reach[i] |= reach[k]
			}
		}
	}
	end := make([]int64, n)
	for done := 0; done != set; {
		for i := range n {
			if set&(1<<i) == 0 || done&(1<<i) > 0 {
				continue
			}
			wait := 0
			for k := range n {
				if reach[i]&(1<<k) > 0 && reach[k]&(1<<i) == 0 {
					wait |= 1 << k
				}
			}
			if wait&^done > 0 {
				continue
			}
			begin := from
			for k := range n {
				if wait&(1<<k) > 0 {
					begin = max(begin, end[k])
				}
			}
			end[i] = c.end(i, begin)
			last = max(last, end[i])
			done |= 1 << i
		}
	}
	return last
}

// mostRounds bounds how often bounds are drawn tighter: each round is sound.
const mostRounds = 60
