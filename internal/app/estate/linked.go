package estate

import (
	"context"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// FactReader reads what relationships join to a request.
type FactReader struct {
	Ctx context.Context
	App *Estate
	Id  store.ID
	Err error
}

// Related reads the records that a relationship joins to one.
func Related[R entity.Record](r *FactReader, rel string, direction store.Direction, kind string) (list []R) {
	if r.Err != nil {
		return nil
	}
	pages, err := r.App.Entire.Edges(r.Ctx, store.EdgeQuery{
		Nodes: []store.ID{r.Id}, Rel: rel, Direction: direction, Kind: kind, Order: []store.Order{{Property: "key"}},
	})
	if err != nil {
		r.Err = err
		return nil
	}
	for _, n := range pages[0].Nodes {
		list = append(list, entity.DecodeNode(n).(R))
	}
	return list
}

// Only1 is the only one of a list, nil when it is empty.
func Only1[R any](list []*R) *R {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// AnyOf is a list of values to compare with.
func AnyOf[T ~string](values []T) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}

// Or is the value, or otherwise where there is none.
func Or[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return *v
}

// FarNodes reads what a relationship joins to each of some records.
func FarNodes(ctx context.Context, v View, ids []store.ID, rel string, d store.Direction, kind string) (map[store.ID][]store.Node, error) {
	far := map[store.ID][]store.Node{}
	if len(ids) == 0 {
		return far, nil
	}
	pages, err := v.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: rel, Direction: d, Kind: kind, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return nil, StoreError(err)
	}
	for i, id := range ids {
		far[id] = pages[i].Nodes
	}
	return far, nil
}

// IdsOf lists the ids of nodes.
func IdsOf(nodes []store.Node) []store.ID {
	ids := make([]store.ID, len(nodes))
	for i, n := range nodes {
		ids[i] = n.ID
	}
	return ids
}
