package calendar

import (
	"context"
	"sync"

	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/plan/shape"
)

// layers keeps the order of the estate's dependencies for as long as nothing in
// it changes: questions about the plan come in rows.
type layers struct {
	once   sync.Once
	making chan struct{} // holds one token: of who looks or makes
	g      *shape.Graph
	order  *conflict.Layers
}

// manyWorks is from how much work on the order is worth its making.
const manyWorks = 8

// prepare sets the order of a plan: to the one that is kept, or, for much work, to a new
// one. A plan of little work goes without.
func (l *layers) prepare(ctx context.Context, g *shape.Graph, p *conflict.Plan, all bool) error {
	l.once.Do(func() { l.making = make(chan struct{}, 1) })
	select {
	case l.making <- struct{}{}:
		defer func() { <-l.making }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if l.g != g {
		if !all || len(p.Works()) <= manyWorks {
			return nil
		}
		order, err := conflict.NewLayers(ctx, g)
		if err != nil {
			return err
		}
		l.g, l.order = g, order
	}
	p.Use(l.order)
	return nil
}
