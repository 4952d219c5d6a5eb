package app

import (
	"context"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// factReader reads what relationships join to a request.
type factReader struct {
	ctx context.Context
	app *App
	id  store.ID
	err error
}

func related[R entity.Record](r *factReader, rel string, direction store.Direction, kind string) (list []R) {
	if r.err != nil {
		return nil
	}
	pages, err := r.app.entire.Edges(r.ctx, store.EdgeQuery{
		Nodes: []store.ID{r.id}, Rel: rel, Direction: direction, Kind: kind, Order: []store.Order{{Property: "key"}},
	})
	if err != nil {
		r.err = err
		return nil
	}
	for _, n := range pages[0].Nodes {
		list = append(list, entity.DecodeNode(n).(R))
	}
	return list
}

func only1[R any](list []*R) *R {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// anyOf is a list of values to compare with.
func anyOf[T ~string](values []T) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}

func or[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return *v
}

// farNodes reads what a relationship joins to each of some records.
func farNodes(ctx context.Context, v view, ids []store.ID, rel string, d store.Direction, kind string) (map[store.ID][]store.Node, error) {
	far := map[store.ID][]store.Node{}
	if len(ids) == 0 {
		return far, nil
	}
	pages, err := v.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: rel, Direction: d, Kind: kind, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return nil, storeError(err)
	}
	for i, id := range ids {
		far[id] = pages[i].Nodes
	}
	return far, nil
}

func idsOf(nodes []store.Node) []store.ID {
	ids := make([]store.ID, len(nodes))
	for i, n := range nodes {
		ids[i] = n.ID
	}
	return ids
}
