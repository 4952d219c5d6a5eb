package planner

import (
	"context"
	"maps"
	"math/bits"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout/digraph"
	"releasegraph/internal/plan/rollout/slot"
	"releasegraph/internal/plan/rollout/waves"
)

// check tells whether constraints on some steps can hold together. For few steps it
// looks at all plans. For many it is sound: what it says cannot hold cannot; and with
// fewer constraints it never says so where it does not with more.
type check struct {
	*pool
	ctx     context.Context
	steps   []int32
	at      map[int32]int // by step: its place in steps
	members []member
	loads   [][]int64 // by dimension and place
	stages  []int     // by place: the place of its stage among all rings
	site    []int32   // by place: the member that is its windows, -1: none
	ring    []int32   // by place: the member that is its ring, -1: none
	regions [][]int32

	on       []bool
	soak, by int64
	without  []*slot.Without
	pairings []pairing
}

// failure is where a check found that constraints do not hold.
type failure struct {
	// step ends too late, at ends at the earliest; -1: none does.
	step int32
	ends int64
	// dimension holds less than what has to be in waves from one to another: room for
	// load; -1: none.
	dimension, from, to int
	load                int64
	steps               []int32
	// pair must not share a wave, and has to.
	pair []int32
}

// mostChecked is up to how many steps all plans are looked at.
const mostChecked = 12

func (p *pool) check(ctx context.Context, steps []int32, members []member) *check {
	c := &check{pool: p, ctx: ctx, steps: steps, at: map[int32]int{}, members: members, on: make([]bool, len(members))}
	windows, rings := map[int32]int32{}, map[int32]int32{}
	for i := range members {
		switch members[i].kind {
		case ofWindows:
			windows[members[i].place] = int32(i) + 1
		case ofRing:
			rings[members[i].place] = int32(i) + 1
		}
	}
	stageOfRing := make([]int, len(p.rings))
	for i, r := range p.rings {
		stageOfRing[i] = slices.Index(domain.Rings, r)
	}
	for i, s := range steps {
		c.at[s] = i
		c.stages = append(c.stages, stageOfRing[p.problem.Stage[p.d.GroupOf[s]]])
		site := p.got.Steps[s].Site
		c.site, c.ring = append(c.site, windows[site]-1), append(c.ring, rings[site]-1)
		if p.problem.Regions != nil {
			c.regions = append(c.regions, p.problem.Regions[p.d.GroupOf[s]])
		}
	}
	for d := range p.dimensions {
		list := make([]int64, len(steps))
		for i, s := range steps {
			list[i] = p.asks(&p.dimensions[d], s)
		}
		c.loads = append(c.loads, list)
	}
	return c
}

// set takes some members as those that hold.
func (c *check) set(members []int) {
	clear(c.on)
	for _, i := range members {
		c.on[i] = true
	}
	c.soak, c.by, c.pairings = 0, waves.Never, c.pairings[:0]
	var off []int32
	for i := range c.members {
		m := &c.members[i]
		if !c.on[i] {
			if m.kind == ofFreeze {
				off = append(off, m.place)
			}
			continue
		}
		switch m.kind {
		case ofSoak:
			c.soak = c.in.Soak.Microseconds()
		case ofFinish:
			c.by = min(c.by, c.in.FinishBy.UnixMicro())
		case ofInstant:
			c.by = min(c.by, c.in.ActivateAt.UnixMicro())
		}
		c.pairings = append(c.pairings, m.order...)
		for k := 1; k < len(m.same); k++ {
			c.pairings = append(c.pairings, pairing{a: m.same[0], b: m.same[k]}, pairing{a: m.same[k], b: m.same[0]})
		}
	}
	bound, free := &slot.Without{Freezes: off}, &slot.Without{Freezes: off, Windows: true}
	c.without = c.without[:0]
	for i := range c.steps {
		if w := c.site[i]; w >= 0 && !c.on[w] {
			c.without = append(c.without, free)
		} else {
			c.without = append(c.without, bound)
		}
	}
}

// holds reports whether some members can hold together.
func (c *check) holds(members []int) bool {
	c.set(members)
	if len(c.steps) <= mostChecked {
		return c.exactly()
	}
	return c.failing() == nil
}

// end is when a step ends that may begin at a time.
func (c *check) end(i int, from int64) int64 {
	s := c.steps[i]
	length := c.length(s)
	begin := c.cal.Begin(s, max(from, c.notBefore(s)), length, c.without[i])
	if begin >= slot.Never {
		return waves.Never
	}
	return begin + length.Microseconds()
}

// limited lists the dimensions that bind.
func (c *check) limited() (list []int) {
	for i := range c.members {
		m := &c.members[i]
		if !c.on[i] {
			continue
		}
		for k, d := range c.dimensions {
			if m.kind == ofLimit && d.party < 0 && d.limit == m.limit || m.kind == ofParty && d.party == m.place {
				list = append(list, k)
			}
		}
	}
	return list
}

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
