package impact

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/reach"
)

// Within returns the sites and all that are part of them, at any remove.
func Within(ctx context.Context, g *Graph, sites []Node) ([]Node, error) {
	p := pace.Of(ctx)
	var found reach.Index
	for _, s := range sites {
		found.Add(s)
	}
	for i := int32(0); int(i) < found.Len(); i++ {
		if err := p.Steps(1 + len(g.In(found.At(i)))); err != nil {
			return nil, err
		}
		for _, a := range g.In(found.At(i)) {
			if g.Label(a.Label).Rel == domain.RelPartOf {
				found.Add(a.Node)
			}
		}
	}
	return found.Nodes(), nil
}

// InstalledAt returns the items installed at any of the sites (I1).
func InstalledAt(ctx context.Context, g *Graph, sites []Node) ([]Node, error) {
	p := pace.Of(ctx)
	var found reach.Index
	for _, s := range sites {
		if err := p.Steps(1 + len(g.In(s))); err != nil {
			return nil, err
		}
		for _, a := range g.In(s) {
			if g.Label(a.Label).Rel == domain.RelInstalledAt {
				found.Add(a.Node)
			}
		}
	}
	return found.Nodes(), nil
}
