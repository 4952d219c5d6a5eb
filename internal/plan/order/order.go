// Package order sorts items into installation steps (P3).
package order

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/cycle"
	"releasegraph/internal/plan/reach"
)

// Graph is the estate as the ordering sees it.
type Graph = adjacency.Graph[domain.Facts, domain.Link]

// Node numbers a node of a Graph.
type Node = adjacency.Node

// Step is a set of items with no order between them. With Cycle they depend on
// one another and are installed together.
type Step struct {
	Items []Node // by key
	Cycle bool
}

// Steps sorts the items into as few steps as possible, dependencies before
// dependents (P3). Hardware comes before what it hosts, since being hosted is a
// dependency. What lies between two items counts, listed or not: a chain orders
// them, a cycle joins them. The items of a cycle form a step of their own. What
// only documents orders nothing (I11). It stops when its context ends.
func Steps(ctx context.Context, g *Graph, items []Node) ([]Step, error) {
	ranks, err := ranked(ctx, g, items)
	if err != nil {
		return nil, err
	}
	return steps(ranks), nil
}

// Heights returns how high each of the items stands: how many items must come
// one after another before it, and itself; items of one cycle count as one (P3).
// Steps sorts by it. It stops when its context ends.
func Heights(ctx context.Context, g *Graph, items []Node) (map[Node]int, error) {
	ranks, err := ranked(ctx, g, items)
	if err != nil {
		return nil, err
	}
	heights := make(map[Node]int, len(items))
	for _, r := range ranks {
		for _, n := range r.step.Items {
			heights[n] = r.height
		}
	}
	return heights, nil
}

// ranked ranks what is listed, component by component.
func ranked(ctx context.Context, g *Graph, items []Node) ([]rank, error) {
	o := &ordering{g: g, pace: pace.Of(ctx), wanted: make([]bool, len(items))}
	for _, n := range items {
		i, _ := o.found.Add(n)
		o.wanted[i] = true
	}
	if err := o.reach(); err != nil {
		return nil, err
	}
	components, err := o.components(ctx)
	if err != nil {
		return nil, err
	}
	var ranks []rank
	for _, component := range components {
		if ranks, err = o.place(ranks, component); err != nil {
			return nil, err
		}
	}
	return ranks, nil
}

// ordering holds the items and all they depend on.
type ordering struct {
	g      *Graph
	pace   *pace.Pace
	found  reach.Index
	wanted []bool // by position; the items come first
	below  []int  // by position: the highest rank among the node and all it depends on
}

// rank is what of a listed component is installed in one go.
type rank struct {
	height int // how many listed components must come one after another before it, and itself
	step   Step
	key    string
}

func (o *ordering) reach() error {
	for i := int32(0); int(i) < o.found.Len(); i++ {
		if err := o.pace.Steps(1 + len(o.g.Out(o.found.At(i)))); err != nil {
			return err
		}
		for _, a := range o.g.Out(o.found.At(i)) {
			if o.g.Labels()[a.Label].Needs() {
				o.found.Add(a.Node)
			}
		}
	}
	o.below = make([]int, o.found.Len())
	return nil
}

func (o *ordering) components(ctx context.Context) ([][]int32, error) {
	return cycle.Components(ctx, o.found.Len(), func(v int32, i int) (int32, bool) {
		arcs := o.g.Out(o.found.At(v))
		if i >= len(arcs) {
			return 0, false
		}
		if !o.g.Labels()[arcs[i].Label].Needs() {
			return -1, true
		}
		to, _ := o.found.Find(arcs[i].Node)
		return to, true
	})
}

// place ranks a component; all that it depends on has been placed.
func (o *ordering) place(ranks []rank, component []int32) ([]rank, error) {
	height, loop := 0, len(component) > 1
	var listed []Node
	for _, v := range component {
		n := o.found.At(v)
		if err := o.pace.Steps(1 + len(o.g.Out(n))); err != nil {
			return nil, err
		}
		if int(v) < len(o.wanted) && o.wanted[v] {
			listed = append(listed, n)
		}
		for _, a := range o.g.Out(n) {
			if !o.g.Labels()[a.Label].Needs() {
				continue
			}
			to, _ := o.found.Find(a.Node)
			height = max(height, o.below[to])
			loop = loop || to == v
		}
	}
	if len(listed) > 0 {
		height++
		slices.SortFunc(listed, o.byKey)
		ranks = append(ranks, rank{height, Step{listed, loop}, o.g.Key(listed[0])})
	}
	for _, v := range component {
		o.below[v] = height
	}
	return ranks, nil
}

func (o *ordering) byKey(a, b Node) int { return cmp.Compare(o.g.Key(a), o.g.Key(b)) }

// steps joins what is equally high, cycles aside.
func steps(ranks []rank) []Step {
	slices.SortFunc(ranks, func(a, b rank) int {
		return cmp.Or(cmp.Compare(a.height, b.height), order(a.step.Cycle, b.step.Cycle), cmp.Compare(a.key, b.key))
	})
	var out []Step
	for i, r := range ranks {
		if i > 0 && r.height == ranks[i-1].height && !r.step.Cycle {
			last := &out[len(out)-1]
			last.Items = append(last.Items, r.step.Items...)
			continue
		}
		out = append(out, r.step)
	}
	return out
}

// order puts false before true.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
