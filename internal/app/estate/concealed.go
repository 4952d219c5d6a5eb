package estate

import (
	"context"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Unseen stands for the name of what the caller may not see.
const Unseen = "…"

// Concealed returns a record, or, of one that is hidden, a copy without its
// names.
func Concealed[R entity.Record](r R, hidden map[store.ID]bool) R {
	if !hidden[store.ID(r.Meta().ID)] {
		return r
	}
	c := entity.Clone(r).(R)
	c.Meta().Key, c.Meta().Name = Unseen, Unseen
	return c
}

// KeysSeen returns the keys of nodes, those of hidden ones concealed.
func KeysSeen(ctx context.Context, v View, nodes []store.Node) ([]string, error) {
	hidden, err := v.Hidden(ctx, IDsOf(nodes)...)
	var keys []string
	for _, n := range nodes {
		key := Text(n.Props["key"])
		if hidden[n.ID] {
			key = Unseen
		}
		keys = append(keys, key)
	}
	return keys, err
}
