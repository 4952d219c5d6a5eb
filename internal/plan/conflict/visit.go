package conflict

import (
	"context"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/pace"
)

// visit follows the dependencies of one piece of work.
type visit struct {
	dependency []bool
	seen       []uint64 // a bit for each node
	queue      []Node
	pace       *pace.Pace
}

func newVisit(g *Graph, p *pace.Pace) *visit {
	return &visit{dependency: dependencies(g), seen: make([]uint64, (g.Size()+63)/64), pace: p}
}

// find yields each of the targets an item of which the source reaches, and ends
// early when all are found. An item of the source itself is no find: that it is
// shared has been told.
func (v *visit) find(f *finder, source int, targets []int, arcs func(Node) []adjacency.Arc, yield func(target int)) error {
	wanted := map[Node][]int{}
	for _, target := range targets {
		for _, n := range f.works[target].Items {
			wanted[n] = append(wanted[n], target)
		}
	}
	left, done := len(targets), make(map[int]bool, len(targets))
	clear(v.seen)
	v.queue = v.queue[:0]
	for _, n := range f.works[source].Items {
		v.add(n)
	}
	for i := 0; i < len(v.queue) && left > 0; i++ {
		if err := v.pace.Steps(1 + len(arcs(v.queue[i]))); err != nil {
			return err
		}
		for _, target := range wanted[v.queue[i]] {
			if !done[target] {
				done[target] = true
				left--
				yield(target)
			}
		}
		for _, a := range arcs(v.queue[i]) {
			if v.dependency[a.Label] {
				v.add(a.Node)
			}
		}
	}
	return nil
}

func (v *visit) add(n Node) {
	if word, bit := n/64, uint64(1)<<(n%64); v.seen[word]&bit == 0 {
		v.seen[word] |= bit
		v.queue = append(v.queue, n)
	}
}

// exhaust visits all that what was visited depends on.
func (v *visit) exhaust(g *Graph) error {
	for i := 0; i < len(v.queue); i++ {
		if err := v.pace.Steps(1 + len(g.Out(v.queue[i]))); err != nil {
			return err
		}
		for _, a := range g.Out(v.queue[i]) {
			if v.dependency[a.Label] {
				v.add(a.Node)
			}
		}
	}
	return nil
}

func (v *visit) has(n Node) bool { return v.seen[n/64]&(1<<(n%64)) != 0 }

// Needs lists some items and all that they depend on.
func Needs(ctx context.Context, g *Graph, items []Node) ([]Node, error) {
	v := newVisit(g, pace.Of(ctx))
	for _, n := range items {
		v.add(n)
	}
	err := v.exhaust(g)
	return v.queue, err
}
