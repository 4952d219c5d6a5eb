package environment

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/shape"
)

// Needed returns what some items depend on in LIVE, along any chain, and not the
// items themselves: each once, in the order in which a walk in breadth meets them. It
// stops at what is out of use, or in another environment.
func Needed(ctx context.Context, g *shape.Graph, roots []string) ([]string, error) {
	seen, steps := map[string]bool{}, pace.Of(ctx)
	var open, found []string
	for _, id := range roots {
		if !seen[id] {
			seen[id] = true
			open = append(open, id)
		}
	}
	for len(open) > 0 {
		var next []string
		for _, id := range open {
			n, known := g.Lookup(id)
			if !known {
				continue
			}
			for _, arc := range g.Out(n) {
				if err := steps.Step(); err != nil {
					return nil, err
				}
				to := g.ID(arc.Node)
				if !g.Labels()[arc.Label].Needs() || seen[to] {
					continue
				}
				seen[to] = true
				f := g.Facts(arc.Node)
				if f.Environment() != domain.Live || !f.Status().Changeable() {
					continue
				}
				next = append(next, to)
				if Comparable(f.Class()) {
					found = append(found, to)
				}
			}
		}
		open = next
	}
	return found, nil
}
