package app

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// noting notes each use of graphs as a look at the estate (ADR 12).
type noting struct{ beneath estate.Graphs }

// Graph implements estate.Graphs.
func (g noting) Graph(ctx context.Context, atLeast store.Revision) (*shape.Graph, error) {
	acting.NoteLook(ctx)
	return g.beneath.Graph(ctx, atLeast)
}

// GraphAt implements estate.Graphs.
func (g noting) GraphAt(ctx context.Context, at store.Revision) (*shape.Graph, error) {
	acting.NoteLook(ctx)
	return g.beneath.GraphAt(ctx, at)
}
