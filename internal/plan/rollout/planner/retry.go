package planner

import (
	"context"
	"maps"
	"math/bits"
	"slices"

	"releasegraph/internal/plan/rollout/contradiction"
	"releasegraph/internal/plan/rollout/waves"
)

// mostRetried is up to how many groups all plans are made anew with their hours, where
// what parties take in a day made the first one end too late.
const mostRetried = 7

// retry looks for waves that end in time, with what the plan itself asks of parties
// in a day (P13): days tie the hours of all waves together, which the search for few
// waves leaves out. It reports false where it finds none.
func (p *pool) retry(ctx context.Context, c *clock) (waves.Packing, bool, error) {
	n := len(p.d.Groups)
	if n > mostRetried || !slices.ContainsFunc(p.dimensions, func(d dimension) bool { return d.party >= 0 }) {
		return waves.Packing{}, false, nil
	}
	r := retrying{clock: c, ctx: ctx, before: make([]int, n), wave: make([]int32, n), best: waves.Packing{Waves: n + 1}}
	r.precede()
	err := r.place(0, 0, p.problem.Begin, days{})
	return r.best, r.best.Wave != nil, err
}

type retrying struct {
	*clock
	ctx    context.Context
	before []int // by group: the set that comes before
	wave   []int32
	best   waves.Packing
}

// precede follows what comes before, by demands and by stages.
func (r *retrying) precede() {
	reach := make([]int, r.d.Before.Len())
	n := len(r.d.Groups)
	for _, v := range r.d.Sorted {
		for _, w := range r.d.Before.Out(v) {
			reach[v] |= reach[w]
			if int(w) < n {
				reach[v] |= 1 << w
			}
		}
		if int(v) < n {
			r.before[v] = reach[v]
		}
	}
	for g := range r.before {
		for other, stage := range r.problem.Stage {
			if stage < r.problem.Stage[g] {
				r.before[g] |= 1 << other
			}
		}
	}
}

// place tries each set of groups as the next wave.
func (r *retrying) place(done int, count int, ends int64, own days) error {
	all := 1<<len(r.before) - 1
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if done == all {
		if count < r.best.Waves || count == r.best.Waves && ends < r.best.Ends {
			r.best = waves.Packing{Wave: slices.Clone(r.wave), Waves: count, Ends: ends, LowerBound: r.best.LowerBound, Exact: true}
		}
		return nil
	}
	if count+1 > r.best.Waves {
		return nil
	}
	from := ends
	if count > 0 {
		from += r.problem.Soak
	}
	open := 0
	for g, before := range r.before {
		if done&(1<<g) == 0 && before&^done == 0 {
			open |= 1 << g
		}
	}
	for next := open & -open; next > 0; next = (next - open) & open {
		if !r.fits(next) {
			continue
		}
		asks := maps.Clone(own)
		last := r.hours(next, int32(count+1), from, asks)
		if last > r.problem.By {
			continue
		}
		if err := r.place(done|next, count+1, last, asks); err != nil {
			return err
		}
	}
	return nil
}

func (r *retrying) fits(set int) bool {
	var list []int32
	room, common := r.problem.Room(nil), []int32(nil)
	for ; set > 0; set &= set - 1 {
		g := int32(bits.TrailingZeros(uint(set)))
		if slices.Contains(r.problem.Apart[g], g) || !r.problem.Blocks(list, room, common, g).Free() {
			return false
		}
		list = append(list, g)
		room, common = r.problem.Room(list), r.problem.Common(list)
	}
	return true
}

// hours gives the steps of a wave their hours, and returns when the last one ends.
func (r *retrying) hours(set int, wave int32, from int64, own days) int64 {
	var steps []int32
	for ; set > 0; set &= set - 1 {
		g := bits.TrailingZeros(uint(set))
		r.wave[g] = wave
		steps = append(steps, r.d.Groups[g]...)
	}
	slices.Sort(steps)
	r.anew()
	last := from
	for _, s := range r.inOrder(steps) {
		begin, end := r.clock.place(s, r.ready(s, from), own)
		if begin >= waves.Never {
			return waves.Never
		}
		r.over(s, end)
		r.take(own, s, begin)
		last = max(last, end)
	}
	return last
}

// byPlanning finds a contradiction by planning anew under fewer constraints: where the
// bounds of a check see none. Orders always hold.
func (made *Made) byPlanning(ctx context.Context, c *check) ([]int, error) {
	var free []int // members that can be let go
	for i := range c.members {
		switch c.members[i].kind {
		case ofItem, ofOrder, ofRequired, ofAuto, ofOneWave:
		default:
			free = append(free, i)
		}
	}
	var failed error
	holds := func(set []int) bool {
		off := &relaxation{
			risk: true, limits: map[string]bool{}, parties: map[int32]bool{}, rings: map[int32]bool{}, windows: map[int32]bool{}, pairs: map[[2]int32]bool{},
		}
		for k, i := range free {
			if _, on := slices.BinarySearch(set, k); !on {
				off.leave(&c.members[i])
			}
		}
		plan, err := made.base.plan(ctx, off)
		if err != nil {
			failed = err
			return false
		}
		return plan.Plan != nil
	}
	if !holds(nil) {
		return nil, failed
	}
	set, err := contradiction.Smallest(ctx, len(free), holds)
	if err == nil {
		err = failed
	}
	for k := range set {
		set[k] = free[set[k]]
	}
	return set, err
}

// leave lets a member go that is no order.
func (r *relaxation) leave(m *member) {
	switch m.kind {
	case ofFinish:
		r.finish = true
	case ofInstant:
		r.instant = true
	case ofLimit:
		r.limits[m.limit] = true
	case ofParty:
		r.parties[m.place] = true
	case ofRegion:
		r.region = true
	case ofSoak:
		r.soak = true
	case ofFreeze:
		r.freeze(m.place)
	case ofPair:
		r.pairs[m.pair] = true
	case ofRing:
		r.rings[m.place] = true
	case ofWindows:
		r.windows[m.place] = true
	}
}
