package apptest

import (
	"context"

	"releasegraph/internal/store"
)

func (c *Counted) History(ctx context.Context, q store.HistoryQuery) ([]store.HistoryPage, error) {
	if err := c.call(); err != nil {
		return nil, err
	}
	return c.Store.History(ctx, q)
}
