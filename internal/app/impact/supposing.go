package impact

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// supposing is a question about items and what they need, at some moment and
// under some assumptions.
type supposing struct {
	estate.Refs
	assumptions assumptions
}

func (a *Area) supposing(ctx context.Context, whatIf *domain.WhatIfInput, asOf *domain.AsOf) (*supposing, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindConfigurationItem); err != nil {
		return nil, err
	}
	v, err := a.estate.View(ctx, asOf, "asOf")
	if err != nil {
		return nil, err
	}
	q := &supposing{Refs: estate.Refs{View: v}}
	if whatIf != nil {
		q.assumptions.read(&q.Refs, whatIf, "whatIf")
	}
	return q, nil
}

// graph resolves what was wanted, and gives the assumed graph of all that the
// roots need; the named records are in it.
func (q *supposing) graph(ctx context.Context, a *Area, roots, named []store.Node) (*shape.Graph, error) {
	if err := q.check(ctx); err != nil {
		return nil, err
	}
	g, err := a.traversal.Graph(ctx, q.View, traversal.Survey{
		Named: append(q.assumptions.named(), named...), Roots: append(q.assumptions.ends(), roots...), Direction: store.Out,
	})
	if err != nil {
		return nil, err
	}
	return q.assumptions.apply(g)
}

// check resolves what was wanted.
func (q *supposing) check(ctx context.Context) error {
	if err := q.Resolve(ctx); err != nil {
		return err
	}
	return q.assumptions.check()
}

// seenGraph is graph for a question whose answer may pass only over what the
// caller may see.
func (q *supposing) seenGraph(ctx context.Context, a *Area, roots, named []store.Node) (*shape.Graph, error) {
	if q.View.SeesAll(domain.KindConfigurationItem) {
		return q.graph(ctx, a, roots, named)
	}
	if err := q.check(ctx); err != nil {
		return nil, err
	}
	g, err := traversal.SeenGraph(ctx, q.View)
	if err != nil {
		return nil, err
	}
	return q.assumptions.apply(g)
}

func (q *supposing) items(g *shape.Graph) *traversal.Items {
	return traversal.NewItems(q.View, g, q.assumptions.items)
}
