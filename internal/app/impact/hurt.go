package impact

import (
	"context"

	"releasegraph/internal/app/traversal"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/store"
)

// Hurt returns the items that are hurt if some items fail (I2), whoever asks: those
// whom it concerns are told, whatever the caller may see.
func (a *Area) Hurt(ctx context.Context, items []store.Node) ([]store.ID, error) {
	g, err := a.traversal.Graph(ctx, a.estate.Everything(), traversal.Survey{Roots: items, Direction: store.In, Outcomes: true})
	if err != nil {
		return nil, err
	}
	found, err := impact.Analyse(ctx, g, impact.Query{Sources: NodesIn(g, items)})
	if err != nil {
		return nil, err
	}
	hits, _, err := found.Page(ctx, impact.Place{}, 0)
	ids := make([]store.ID, len(hits))
	for i, h := range hits {
		ids[i] = store.ID(g.ID(h.Node))
	}
	return ids, err
}
