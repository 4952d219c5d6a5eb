package estate

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// looks notes each call to the store as a look at the estate (ADR 12).
type looks struct{}

// Begin implements observed.Observer.
func (looks) Begin(ctx context.Context, _ string) (context.Context, func(error)) {
	acting.NoteLook(ctx)
	return ctx, func(error) {}
}

// Noting returns graphs whose use is noted as a look at the estate; nil for nil.
func Noting(g Graphs) Graphs {
	if g == nil {
		return nil
	}
	return notingGraphs{g}
}

type notingGraphs struct{ beneath Graphs }

// Graph implements Graphs.
func (g notingGraphs) Graph(ctx context.Context, atLeast store.Revision) (*shape.Graph, error) {
	acting.NoteLook(ctx)
	return g.beneath.Graph(ctx, atLeast)
}

// GraphAt implements Graphs.
func (g notingGraphs) GraphAt(ctx context.Context, at store.Revision) (*shape.Graph, error) {
	acting.NoteLook(ctx)
	return g.beneath.GraphAt(ctx, at)
}
