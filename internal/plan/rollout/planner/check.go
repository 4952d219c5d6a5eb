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
	rings   []int     // by place: its own
	site    []int32   // by place: the member that is its windows, -1: none
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
	windows := map[int32]int32{}
	for i := range members {
		if members[i].kind == ofWindows {
			windows[members[i].place] = int32(i)
		}
	}
	stageOfRing := make([]int, len(p.rings))
	for i, r := range p.rings {
		stageOfRing[i] = slices.Index(domain.Rings, r)
	}
	for i, s := range steps {
		c.at[s] = i
		c.rings = append(c.rings, p.base.ringOf(s))
		c.stages = append(c.stages, stageOfRing[p.problem.Stage[p.d.GroupOf[s]]])
		w, bound := windows[p.got.Steps[s].Site]
		if !bound {
			w = -1
		}
		c.site = append(c.site, w)
		if p.problem.Regions != nil {
			c.regions = append(c.regions, p.regionOf(s))
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

func (p *pool) regionOf(step int32) []int32 {
	return []int32{int32(slices.Index(p.base.regionNames(), p.siteOf(step).Region))}
}

// regionNames lists the regions of sites.
func (b *base) regionNames() []string {
	if b.regionList == nil {
		b.regionList = []string{""}
		for i := range int32(b.m.Sites()) {
			b.regionList = append(b.regionList, b.m.Site(i).Region)
		}
		slices.Sort(b.regionList)
		b.regionList = slices.Compact(b.regionList)
	}
	return b.regionList
}

// set takes some members as those that hold.
func (c *check) set(members []int) {
	clear(c.on)
	for _, i := range members {
		c.on[i] = true
	}
	c.soak, c.by, c.pairings = 0, waves.Never, c.pairings[:0]
	if t := c.in.Deadline; t != nil {
		c.by = t.UnixMicro()
	}
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
	n := len(c.steps)
	all := 1<<n - 1
	strict, along, hours := c.masks()
	fit, joined, timed := c.waves(along, hours)
	best := make([]int64, 1<<n)
	for set := 1; set <= all; set++ {
		best[set] = waves.Never
	}
	best[0] = c.m.Begins().UnixMicro()
	ends, own := make([]int64, 1<<n), make([]int64, n)
	for set := range all {
		if best[set] >= waves.Never {
			continue
		}
		from := best[set]
		if set > 0 {
			from += c.soak
		}
		open := 0
		for i := range n {
			if set&(1<<i) == 0 && strict[i]&^set == 0 {
				if own[i] = c.end(i, from); own[i] <= c.by && own[i] < waves.Never {
					open |= 1 << i
				}
			}
		}
		for next := open & -open; next > 0; next = (next - open) & open {
			low := next & -next
			ends[next] = max(ends[next&^low], own[bits.TrailingZeros(uint(low))])
			if !fit[next] || joined[next]&^(set|next) != 0 {
				continue
			}
			last := ends[next]
			if timed[next] {
				last = c.inTurn(next, from, hours)
			}
			if last <= c.by {
				best[set|next] = min(best[set|next], last)
			}
		}
	}
	return best[all] < waves.Never
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
	for i := range c.members {
		if m := &c.members[i]; c.on[i] && m.kind == ofRing {
			for k, s := range c.steps {
				if c.got.Steps[s].Site != m.place {
					continue
				}
				for other := range c.steps {
					if c.stages[other] > c.rings[k] {
						strict[other] |= 1 << k
					}
				}
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
		if ok && regional && c.lastStage(i) {
			for k := range n {
				ok = ok && (set&(1<<k) == 0 || c.regions[k][0] == c.regions[i][0])
			}
		}
		fit[set] = ok
	}
	return fit, joined, timed
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
	return c.problem.Stage[c.d.GroupOf[c.steps[i]]] == len(c.pool.rings)-1
}

// apartMasks are, by place, what must not share its wave.
func (c *check) apartMasks() []int {
	masks := make([]int, len(c.steps))
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
			if p.hour && !c.cyclic(p) {
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

// cyclic reports whether two steps need each other, by the hours of the whole plan:
// these do not wait for each other.
func (c *check) cyclic(p pairing) bool {
	return c.pool.hours != nil && c.pool.hours.Place(p.a) == c.pool.hours.Place(p.b)
}

// byRing yields pairs of which the first is of a pilot whose ring binds, and the last
// one of a later stage: of each ring only the pilot that ends last, and the one in
// the latest wave.
func (c *check) byRing(s []spanOf, yield func(early, late int)) {
	last := map[int][2]int{}
	for i := range c.members {
		m := &c.members[i]
		if !c.on[i] || m.kind != ofRing {
			continue
		}
		for k, step := range c.steps {
			if c.got.Steps[step].Site != m.place {
				continue
			}
			best, known := last[c.rings[k]]
			if !known {
				best = [2]int{k, k}
			}
			if s[k].low > s[best[0]].low {
				best[0] = k
			}
			if s[k].end > s[best[1]].end {
				best[1] = k
			}
			last[c.rings[k]] = best
		}
	}
	for ring := range domain.Rings {
		best, binds := last[ring]
		if !binds {
			continue
		}
		for k := range c.steps {
			if c.stages[k] > ring {
				yield(best[0], k)
				yield(best[1], k)
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
		for i := range c.members {
			m := &c.members[i]
			if !c.on[i] || m.kind != ofRing {
				continue
			}
			for k, step := range c.steps {
				if c.got.Steps[step].Site != m.place {
					continue
				}
				for late := range c.steps {
					if c.stages[late] > c.rings[k] {
						lower(&s[k].high, s[late].high-1)
					}
				}
			}
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
