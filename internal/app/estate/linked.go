package estate

import (
	"context"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// FactReader reads what relationships join to a record.
type FactReader struct {
	Ctx context.Context
	App *Estate
	ID  store.ID
	Err error
}

// Related reads the records that a relationship joins to one.
func Related[R entity.Record](r *FactReader, rel string, direction store.Direction, kind string) (list []R) {
	if r.Err != nil {
		return nil
	}
	far, err := FarNodes(r.Ctx, r.App.Everything(), []store.ID{r.ID}, rel, direction, kind)
	r.Err = err
	for _, n := range far[r.ID] {
		list = append(list, entity.DecodeNode(n).(R))
	}
	return list
}

// OnlyOne is the only one of a list, nil when it is empty.
func OnlyOne[R any](list []*R) *R {
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

// ValueOr is the value, or otherwise where there is none.
func ValueOr[T any](v *T, otherwise T) T {
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

// Decoded are the records of nodes that a view was read for; they make up a cohort.
func Decoded[R entity.Record](ctx context.Context, v View, nodes []store.Node) []R {
	list := make([]R, len(nodes))
	for i, n := range nodes {
		list[i] = entity.DecodeNode(n).(R)
	}
	Enroll(ctx, v, list...)
	return list
}

// Linked reads the records that a relationship joins to each of some records;
// they make up a cohort, in which each of them is once.
func Linked[R entity.Record](ctx context.Context, v View, ids []store.ID, rel string, d store.Direction, kind string) (map[store.ID][]R, error) {
	far, err := FarNodes(ctx, v, ids, rel, d, kind)
	if err != nil {
		return nil, err
	}
	linked, once := map[store.ID][]R{}, map[store.ID]R{}
	for id, nodes := range far {
		for _, n := range nodes {
			if _, known := once[n.ID]; !known {
				once[n.ID] = entity.DecodeNode(n).(R)
			}
			linked[id] = append(linked[id], once[n.ID])
		}
	}
	Enroll(ctx, v, Values(once)...)
	return linked, nil
}

// IDsOf lists the ids of nodes.
func IDsOf(nodes []store.Node) []store.ID {
	ids := make([]store.ID, len(nodes))
	for i, n := range nodes {
		ids[i] = n.ID
	}
	return ids
}
