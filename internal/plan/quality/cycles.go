// Package quality finds what is doubtful in an estate (C8).
package quality

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/cycle"
)

// Graph is the whole estate.
type Graph = adjacency.Graph[domain.Facts, domain.Link]

// Node numbers a node of a Graph.
type Node = adjacency.Node

// Cycles lists the sets of items that depend on one another, each by way of the
// others (C2, I11): the largest first, then by the first key; items by key.
func Cycles(ctx context.Context, g *Graph) ([][]Node, error) {
	needs := func(v int32, i int) (int32, bool) {
		out := g.Out(v)
		if i >= len(out) {
			return 0, false
		}
		if !g.Labels()[out[i].Label].Needs() {
			return -1, true
		}
		return out[i].Node, true
	}
	components, err := cycle.Components(ctx, g.Size(), needs)
	if err != nil {
		return nil, err
	}
	var cycles [][]Node
	for _, c := range components {
		if len(c) < 2 {
			continue
		}
		slices.SortFunc(c, func(a, b Node) int { return cmp.Compare(g.Key(a), g.Key(b)) })
		cycles = append(cycles, c)
	}
	slices.SortFunc(cycles, func(a, b []Node) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(g.Key(a[0]), g.Key(b[0])))
	})
	return cycles, nil
}
