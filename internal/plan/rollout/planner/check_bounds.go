package planner

import (
	"maps"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout/digraph"
	"releasegraph/internal/plan/rollout/waves"
)

// spanOf is what is known of a step: the waves and the times between which it must be.
type spanOf struct {
	low, high int
	wave      int64 // when its wave begins at the earliest
	ready     int64 // when what it waits for in its wave is over
	end       int64
}

// failing looks for what cannot hold: it draws the bounds of waves and times tighter,
// then counts what has to be in which waves. Nil: nothing was found.
func (c *check) failing() *failure {
	n := len(c.steps)
	s := make([]spanOf, n)
	begin := c.m.Begins().UnixMicro()
	starts := []int64{0, begin} // when waves begin at the earliest
	for i := range s {
		s[i] = spanOf{low: 1, high: n, wave: begin}
	}
	if f := c.forward(s, &starts); f != nil {
		return f
	}
	if f := c.backward(s, &starts); f != nil {
		return f
	}
	return c.count(s)
}

// start is when a wave begins at the earliest: each one before holds a step.
func (c *check) start(starts *[]int64, wave int) int64 {
	for len(*starts) <= wave {
		from := (*starts)[len(*starts)-1]
		if from >= waves.Never {
			return waves.Never
		}
		soonest := waves.Never
		seen := map[slotClass]bool{}
		for i, s := range c.steps {
			k := slotClass{c.cal.Class(s), c.length(s), c.without[i].Windows, c.notBefore(s)}
			if !seen[k] {
				seen[k] = true
				soonest = min(soonest, c.end(i, from))
			}
		}
		if soonest < waves.Never {
			soonest += c.soak
		}
		*starts = append(*starts, soonest)
	}
	return (*starts)[wave]
}

type slotClass struct {
	class   int32
	length  time.Duration
	windows bool
	from    int64
}

// forward draws the earliest waves and times tighter.
func (c *check) forward(s []spanOf, starts *[]int64) *failure {
	for range mostRounds {
		changed := false
		raise := func(v *int64, to int64) {
			if to > *v {
				*v, changed = to, true
			}
		}
		lift := func(v *int, to int) {
			if to > *v {
				*v, changed = to, true
			}
		}
		for i := range s {
			raise(&s[i].wave, c.start(starts, min(s[i].low, len(s))))
			end := c.end(i, max(s[i].wave, s[i].ready))
			raise(&s[i].end, end)
			if s[i].end > c.by || s[i].end >= waves.Never {
				return &failure{step: c.steps[i], ends: s[i].end, dimension: -1}
			}
		}
		for _, p := range c.pairings {
			a, b := c.at[p.a], c.at[p.b]
			if p.strict {
				lift(&s[a].low, s[b].low+1)
				raise(&s[a].wave, s[b].end+c.soak)
				continue
			}
			lift(&s[a].low, s[b].low)
			raise(&s[a].wave, s[b].wave)
			if p.hour {
				raise(&s[a].ready, s[b].end)
			}
		}
		c.byRing(s, func(early, late int) {
			lift(&s[late].low, s[early].low+1)
			raise(&s[late].wave, s[early].end+c.soak)
		})
		for i := range s {
			if s[i].low > s[i].high {
				return &failure{step: c.steps[i], ends: s[i].end, dimension: -1}
			}
		}
		if !changed {
			return nil
		}
	}
	return nil
}

// ringed reports whether the ring of a step binds.
func (c *check) ringed(i int) bool { return c.ring[i] >= 0 && c.on[c.ring[i]] }

// byRing yields pairs of which the first comes before the last one by their rings: of
// each stage only the step that ends last, and the one in the latest wave.
func (c *check) byRing(s []spanOf, yield func(early, late int)) {
	for stage := range domain.Rings {
		ends, wave := -1, -1
		for k := range c.steps {
			if c.stages[k] != stage || !c.ringed(k) {
				continue
			}
			if ends < 0 || s[k].end > s[ends].end {
				ends = k
			}
			if wave < 0 || s[k].low > s[wave].low {
				wave = k
			}
		}
		for k := range c.steps {
			if ends >= 0 && c.stages[k] > stage {
				yield(ends, k)
				yield(wave, k)
			}
		}
	}
}

// backward draws the latest waves tighter: those by which the date is kept.
func (c *check) backward(s []spanOf, starts *[]int64) *failure {
	if c.by < waves.Never {
		for i := range s {
			high := s[i].low
			for high < len(s) {
				from := c.start(starts, high+1)
				if from > c.by || c.end(i, max(from, s[i].ready)) > c.by {
					break
				}
				high++
			}
			s[i].high = min(s[i].high, high)
		}
	}
	for range mostRounds {
		changed := false
		lower := func(v *int, to int) {
			if to < *v {
				*v, changed = to, true
			}
		}
		for _, p := range c.pairings {
			a, b := c.at[p.a], c.at[p.b]
			if p.strict {
				lower(&s[b].high, s[a].high-1)
			} else {
				lower(&s[b].high, s[a].high)
			}
		}
		soonest := len(s) + 1 // what of a later stage may come
		for stage := len(domain.Rings) - 1; stage >= 0; stage-- {
			first := soonest
			for k := range c.steps {
				if c.stages[k] != stage {
					continue
				}
				if c.ringed(k) {
					lower(&s[k].high, soonest-1)
				}
				first = min(first, s[k].high)
			}
			soonest = first
		}
		for i := range s {
			if s[i].low > s[i].high {
				return &failure{step: c.steps[i], ends: s[i].end, dimension: -1}
			}
		}
		if !changed {
			break
		}
	}
	return nil
}

// count looks at what has to share a wave, and at what fits only into some waves
// (Hall).
func (c *check) count(s []spanOf) *failure {
	of, count := c.joint()
	limited := c.limited()
	sums := make([]int64, count)
	for _, d := range limited {
		clear(sums)
		for i := range s {
			if sums[of[i]] += c.loads[d][i]; sums[of[i]] > int64(c.dimensions[d].most) {
				return c.crowded(d, s, func(k int) bool { return of[k] == of[i] }, 0, 0)
			}
		}
	}
	for i := range c.members {
		m := &c.members[i]
		if !c.on[i] || m.kind != ofPair && m.kind != ofRequired {
			continue
		}
		if f := c.meeting(m, s, of); f != nil {
			return f
		}
	}
	if c.by >= waves.Never {
		return nil
	}
	for _, d := range limited {
		if f := c.hall(d, s); f != nil {
			return f
		}
	}
	return nil
}

// joint numbers the steps so that those with one number have to share a wave.
func (c *check) joint() ([]int32, int) {
	g := digraph.New(len(c.steps))
	for _, p := range c.pairings {
		if !p.strict {
			g.Add(int32(c.at[p.a]), int32(c.at[p.b]))
		}
	}
	of, count, err := g.Graph().Components(c.ctx)
	if err != nil {
		return make([]int32, len(c.steps)), 1
	}
	return of, count
}

func (c *check) crowded(d int, s []spanOf, in func(int) bool, from, to int) *failure {
	f := &failure{step: -1, dimension: d, from: from, to: to}
	for i := range s {
		if in(i) && c.loads[d][i] > 0 {
			f.load += c.loads[d][i]
			f.steps = append(f.steps, c.steps[i])
		}
	}
	return f
}

// meeting looks for two steps that must not share a wave, and have to.
func (c *check) meeting(m *member, s []spanOf, of []int32) (f *failure) {
	test := func(a, b int32) {
		x, isX := c.at[a]
		y, isY := c.at[b]
		if !isX || !isY || f != nil {
			return
		}
		if of[x] == of[y] || s[x].low == s[x].high && s[y].low == s[y].high && s[x].low == s[y].low {
			f = &failure{step: -1, dimension: -1, pair: []int32{a, b}}
		}
	}
	if m.kind == ofPair {
		c.each(m.pair, test)
		return f
	}
	for _, p := range m.order {
		test(p.a, p.b)
	}
	return f
}

// hall looks for waves into which more has to go than they hold.
func (c *check) hall(d int, s []spanOf) *failure {
	lows, highs := map[int]bool{}, 0
	for i := range s {
		lows[s[i].low] = true
		highs = max(highs, s[i].high)
	}
	most := int64(c.dimensions[d].most)
	load := make([]int64, highs+1)
	for _, low := range slices.Sorted(maps.Keys(lows)) {
		clear(load)
		for i := range s {
			if s[i].low >= low {
				load[s[i].high] += c.loads[d][i]
			}
		}
		sum := int64(0)
		for high := low; high <= highs; high++ {
			if sum += load[high]; sum > most*int64(high-low+1) {
				return c.crowded(d, s, func(k int) bool { return s[k].low >= low && s[k].high <= high }, low, high)
			}
		}
	}
	return nil
}
