package planner

import (
	"context"
	"slices"

	"releasegraph/internal/domain"
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
