package model

import (
	"context"

	"releasegraph/graph/relay"
	"releasegraph/internal/app/work"
)

// WorkConnection is a page of what waits for the caller.
type WorkConnection struct {
	relay.Connection[work.Work, WorkEdge]
	Counts func(context.Context) ([]*work.WorkCount, error)
}

// ByReason is bound to byReason, and so costs nothing unless it is asked.
func (c *WorkConnection) ByReason(ctx context.Context) ([]*work.WorkCount, error) {
	return c.Counts(ctx)
}

// WorkEdge is one of a page of what waits.
type WorkEdge = relay.Edge[work.Work]
