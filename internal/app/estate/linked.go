package estate

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Far reads what a relationship joins to each of some records.
func (v View) Far(ctx context.Context, ids []store.ID, rel string, d store.Direction, kind string) (map[store.ID][]store.Node, error) {
	far := map[store.ID][]store.Node{}
	if len(ids) == 0 {
		return far, nil
	}
	pages, err := v.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: rel, Direction: d, Kind: kind, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	for i, id := range ids {
		far[id] = pages[i].Nodes
	}
	return far, nil
}

// Decoded returns the records of nodes that a view was read for; they make up a
// cohort, in which each record is once however often its node is given.
func Decoded[R entity.Record](ctx context.Context, v View, nodes []store.Node) []R {
	distinct, places := eachOnce(nodes)
	cohort := make([]R, len(distinct))
	for i, r := range entity.DecodeNodes(distinct) {
		cohort[i] = r.(R)
	}
	enrol(ctx, v, cohort...)
	if places == nil {
		return cohort
	}
	list := make([]R, len(nodes))
	for i, place := range places {
		list[i] = cohort[place]
	}
	return list
}

// eachOnce returns each of some nodes once, and where each stands among these; nil
// places: they are the same list.
func eachOnce(nodes []store.Node) (distinct []store.Node, places []int) {
	if len(nodes) < 2 {
		return nodes, nil
	}
	at := make(map[store.ID]int, len(nodes))
	for i := range nodes {
		place, known := at[nodes[i].ID]
		switch {
		case !known:
			place = len(at)
			at[nodes[i].ID] = place
			if places != nil {
				distinct = append(distinct, nodes[i])
			}
		case places == nil: // the first that comes again
			distinct, places = slices.Clone(nodes[:i]), make([]int, i, len(nodes))
			for j := range places {
				places[j] = j
			}
		}
		if places != nil {
			places = append(places, place)
		}
	}
	if places == nil {
		distinct = nodes
	}
	return distinct, places
}

// kindOf returns the kind of the records R.
func kindOf[R entity.Record]() *entity.Kind {
	var r R
	return entity.KindOf(r)
}

// One loads the record that must be there by a reference. The field names the
// reference in errors.
func One[R entity.Record](ctx context.Context, v View, ref domain.Ref, field string) (none R, err error) {
	k := kindOf[R]()
	r, err := v.Record(ctx, k, ref, field)
	switch {
	case err != nil:
		return none, err
	case r == nil:
		return none, refusal.Missing(k.Name, ref, field)
	}
	return r.(R), nil
}

// All loads the records that a query selects; they make up a cohort.
func All[R entity.Record](ctx context.Context, v View, q store.Query) ([]R, error) {
	q.Kind = kindOf[R]().Name
	page, err := v.Find(ctx, q)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	return Decoded[R](ctx, v, page.Nodes), nil
}

// ByID loads the records that are there by some ids; they make up a cohort.
func ByID[R entity.Record](ctx context.Context, v View, ids ...store.ID) (map[store.ID]R, error) {
	found, err := v.Nodes(ctx, ids...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	list := map[store.ID]R{}
	for _, r := range Decoded[R](ctx, v, slices.Collect(maps.Values(found))) {
		list[store.ID(r.Meta().ID)] = r
	}
	return list, nil
}

// Linked loads the records that a relationship joins to each of some records;
// they make up a cohort, in which each of them is once.
func Linked[R entity.Record](ctx context.Context, v View, ids []store.ID, rel string, d store.Direction) (map[store.ID][]R, error) {
	far, err := v.Far(ctx, ids, rel, d, kindOf[R]().Name)
	if err != nil {
		return nil, err
	}
	var all []store.Node
	for _, id := range ids {
		all = append(all, far[id]...)
	}
	linked, records := map[store.ID][]R{}, Decoded[R](ctx, v, all)
	for _, id := range ids {
		n := len(far[id])
		linked[id], records = records[:n:n], records[n:]
	}
	return linked, nil
}
