package impact

import (
	"context"
	"slices"

	"releasegraph/internal/plan/cycle"
)

// Cycles lists the sets of sources and hits that depend on one another along
// dependencies that the analysis follows (C2), by their first key; the items of
// each by key, without those that may not be told of.
func (r *Result) Cycles(ctx context.Context) ([][]Node, error) {
	components, err := cycle.Components(ctx, len(r.hits), r.dependency)
	if err != nil {
		return nil, err
	}
	var cycles [][]Node
	for _, component := range components {
		if len(component) == 1 && !r.ownSupplier(component[0]) {
			continue
		}
		items := make([]Node, 0, len(component))
		for _, p := range component {
			if n := r.hits[p].node; r.q.sees(n) {
				items = append(items, n)
			}
		}
		if len(items) == 0 {
			continue
		}
		slices.SortFunc(items, r.byKey)
		cycles = append(cycles, items)
	}
	slices.SortFunc(cycles, func(a, b []Node) int { return r.byKey(a[0], b[0]) })
	return cycles, nil
}

// dependency is the i-th arc from a source or hit to a supplier; -1 for arcs
// that the analysis does not follow.
func (r *Result) dependency(p int32, i int) (int32, bool) {
	arcs := r.g.Out(r.hits[p].node)
	if i >= len(arcs) {
		return 0, false
	}
	if to, ok := r.find(arcs[i].Node); ok && r.q.passes(&r.g.Labels()[arcs[i].Label]) > 0 {
		return to, true
	}
	return -1, true
}

func (r *Result) ownSupplier(p int32) bool {
	n := r.hits[p].node
	for _, a := range r.g.Out(n) {
		if a.Node == n && r.q.passes(&r.g.Labels()[a.Label]) > 0 {
			return true
		}
	}
	return false
}
