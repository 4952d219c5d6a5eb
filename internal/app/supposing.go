package app

import (
	"context"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// supposing is a question about items and what they need, at some moment and
// under some assumptions.
type supposing struct {
	refs
	assumptions assumptions
}

func (a *App) supposing(ctx context.Context, whatIf *domain.WhatIfInput, asOf *domain.AsOf) (*supposing, error) {
	if err := a.may(ctx, authz.Read, domain.KindConfigurationItem); err != nil {
		return nil, err
	}
	v, err := a.view(ctx, asOf, "asOf")
	if err != nil {
		return nil, err
	}
	q := &supposing{refs: refs{view: v}}
	if whatIf != nil {
		q.assumptions.read(&q.refs, whatIf, "whatIf")
	}
	return q, nil
}

// graph resolves what was wanted, and gives the assumed graph of all that the
// roots need; the named records are in it.
func (q *supposing) graph(ctx context.Context, a *App, roots, named []store.Node) (*Graph, error) {
	if err := q.check(ctx); err != nil {
		return nil, err
	}
	g, err := a.estate(ctx, q.view, survey{
		named: append(q.assumptions.named(), named...), roots: append(q.assumptions.ends(), roots...), direction: store.Out,
	})
	if err != nil {
		return nil, err
	}
	return q.assumptions.apply(g)
}

// check resolves what was wanted.
func (q *supposing) check(ctx context.Context) error {
	if err := q.resolve(ctx); err != nil {
		return err
	}
	return q.assumptions.check()
}

// seenGraph is graph for a question whose answer may pass only over what the
// caller may see.
func (q *supposing) seenGraph(ctx context.Context, a *App, roots, named []store.Node) (*Graph, error) {
	if q.view.sight.all(domain.KindConfigurationItem) {
		return q.graph(ctx, a, roots, named)
	}
	if err := q.check(ctx); err != nil {
		return nil, err
	}
	g, err := seenGraph(ctx, q.view)
	if err != nil {
		return nil, err
	}
	return q.assumptions.apply(g)
}

func (q *supposing) items(g *Graph) *items { return newItems(q.view, g, q.assumptions.items) }
