package app

import (
	"context"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// unseen stands for the name of what the caller may not see.
const unseen = "…"

// concealed is a record, or, of one that is hidden, a copy without its names.
func concealed[R entity.Record](r R, hidden map[store.ID]bool) R {
	if !hidden[store.ID(r.Meta().ID)] {
		return r
	}
	c := entity.Clone(r).(R)
	c.Meta().Key, c.Meta().Name = unseen, unseen
	return c
}

// keysSeen are the keys of nodes, those of hidden ones concealed.
func (a *App) keysSeen(ctx context.Context, nodes []store.Node) ([]string, error) {
	hidden, err := a.today(ctx).hidden(ctx, idsOf(nodes)...)
	var keys []string
	for _, n := range nodes {
		key := text(n.Props["key"])
		if hidden[n.ID] {
			key = unseen
		}
		keys = append(keys, key)
	}
	return keys, err
}
