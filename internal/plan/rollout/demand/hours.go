package demand

import (
	"context"
	"slices"

	"releasegraph/internal/plan/rollout/digraph"
)

// Hours is the order by the hour of steps that share a wave: a dependent begins when
// its supplier's work is over, but for those of a cycle (P4).
type Hours struct {
	of    []int32 // by step: its place
	after *digraph.Graph
}

// Timed reports whether steps that share a wave may have an order by the hour: those
// of a cycle have none.
func (d *Demands) Timed() bool {
	if d.explicit {
		return len(d.pairs) > 0
	}
	return d.forced || slices.Contains(d.facts.anyAlone, true)
}

// Hours works out the order by the hour.
func (d *Demands) Hours(ctx context.Context) (*Hours, error) {
	g, err := d.directed(ctx)
	if err != nil {
		return nil, err
	}
	of, count, err := g.Components(ctx)
	if err != nil {
		return nil, err
	}
	after := digraph.New(count)
	for v := range int32(g.Len()) {
		for _, w := range g.Out(v) {
			if of[v] != of[w] {
				after.Add(of[v], of[w])
			}
		}
	}
	return &Hours{of: of[:len(d.got.Steps)], after: after.Unique()}, nil
}

// directed has an arc from each step to those whose work is over when it begins.
func (d *Demands) directed(ctx context.Context) (*digraph.Graph, error) {
	if d.explicit {
		return d.listed(), nil
	}
	b := newBuilder(ctx, d.facts)
	for r := range d.got.Releases {
		all := []chains{{begin: stays, end: stays}}
		if b.anyGone[r] {
			all = append(all, chains{begin: ordered, end: removed, against: true})
		}
		if b.anyGone[r] && b.anyAlone[r] {
			all = append(all, chains{begin: removed, end: staysAlone}, chains{begin: removedAlone, end: stays})
		}
		for _, c := range all {
			if err := b.follow(r, c); err != nil {
				return nil, err
			}
		}
	}
	return b.g.Graph(), nil
}

// Place is where a step stands: suppliers have lower places, and those of a cycle the
// same.
func (h *Hours) Place(step int32) int32 { return h.of[step] }

// Clock tells when the suppliers of steps are done with, while steps are given their
// hours in the order of their waves and places.
type Clock[T any] struct {
	h     *Hours
	later func(a, b T) bool
	ends  []T // by place: when its steps end
	known []bool
	since []T // by place: when all that it comes after is over
	met   []int32
}

// NewClock begins without any hour. The zero T is before all others.
func NewClock[T any](h *Hours, later func(a, b T) bool) *Clock[T] {
	n := h.after.Len()
	return &Clock[T]{h: h, later: later, ends: make([]T, n), known: make([]bool, n), since: make([]T, n)}
}

// Ready is when all is over that a step comes after.
func (c *Clock[T]) Ready(step int32) T { return c.ready(c.h.of[step]) }

// ready looks through the places that have no steps. What it comes after has its
// hours already, and is looked at once.
func (c *Clock[T]) ready(place int32) T {
	stack := []int32{place}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		if c.known[at] {
			stack = stack[:len(stack)-1]
			continue
		}
		open := false
		var since T
		for _, to := range c.h.after.Out(at) {
			if !c.known[to] {
				stack = append(stack, to)
				open = true
				continue
			}
			for _, t := range []T{c.ends[to], c.since[to]} {
				if c.later(t, since) {
					since = t
				}
			}
		}
		if !open {
			c.known[at], c.since[at] = true, since
			c.met = append(c.met, at)
			stack = stack[:len(stack)-1]
		}
	}
	return c.since[place]
}

// End tells when a step ends.
func (c *Clock[T]) End(step int32, at T) {
	if place := c.h.of[step]; c.later(at, c.ends[place]) {
		c.ends[place] = at
		c.met = append(c.met, place)
	}
}

// Reset forgets all hours.
func (c *Clock[T]) Reset() {
	var zero T
	for _, at := range c.met {
		c.known[at], c.since[at], c.ends[at] = false, zero, zero
	}
	c.met = c.met[:0]
}
