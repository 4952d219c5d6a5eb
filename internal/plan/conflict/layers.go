package conflict

import (
	"context"

	"releasegraph/internal/pace"
	"releasegraph/internal/plan/cycle"
)

// Layers is the shape of an estate's dependencies: each cycle is one component,
// and each component comes before all that it depends on. One pass in that
// order tells of many items at once what they depend on.
type Layers struct {
	place []int32 // of nodes: their component
	start []int32 // where the list of each component's dependencies begins
	needs []int32
}

// NewLayers sorts a whole graph.
func NewLayers(ctx context.Context, g *Graph) (*Layers, error) {
	dependency := dependencies(g)
	components, err := cycle.Components(ctx, g.Size(), func(n int32, arc int) (int32, bool) {
		arcs := g.Out(n)
		if arc >= len(arcs) {
			return 0, false
		}
		if !dependency[arcs[arc].Label] {
			return -1, true
		}
		return arcs[arc].Node, true
	})
	if err != nil {
		return nil, err
	}
	l := &Layers{place: make([]int32, g.Size()), start: make([]int32, 0, len(components)+1)}
	last := int32(len(components)) - 1
	for i, c := range components {
		for _, n := range c {
			l.place[n] = last - int32(i)
		}
	}
	p := pace.Of(ctx)
	for i := len(components) - 1; i >= 0; i-- {
		l.start = append(l.start, int32(len(l.needs)))
		for _, n := range components[i] {
			if err := p.Steps(1 + len(g.Out(n))); err != nil {
				return nil, err
			}
			for _, a := range g.Out(n) {
				if dependency[a.Label] && l.place[a.Node] != l.place[n] {
					l.needs = append(l.needs, l.place[a.Node])
				}
			}
		}
	}
	l.start = append(l.start, int32(len(l.needs)))
	return l, nil
}

// of lists the components that a component depends on.
func (l *Layers) of(c int32) []int32 { return l.needs[l.start[c]:l.start[c+1]] }

// Len counts the components.
func (l *Layers) Len() int { return len(l.start) - 1 }
