package mirror

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

// Aggregate counts by fields.
func (s *Store) Aggregate(ctx context.Context, a store.Aggregation) ([]store.Group, error) {
	snapshot, ok := s.viewFor(ctx, a.Filter, a.Kind)
	if !ok {
		return s.Store.Aggregate(ctx, a)
	}
	if err := s.Declared().CheckAggregation(a); err != nil {
		return nil, err
	}
	r := newReader(ctx, snapshot)
	k := r.kindOf[a.Kind]
	rows := r.of(k, a.Filter, nil)
	if r.err != nil {
		return nil, r.err
	}
	groups := []store.Group{}
	add := func(g store.Group) {
		if g.Count >= max(a.AtLeast, 1) {
			groups = append(groups, g)
		}
	}
	if len(a.By) == 0 {
		add(store.Group{Values: []any{}, Count: int64(rows.GetCardinality())})
		return groups, nil
	}
	by := make([]property, len(a.By))
	for i, name := range a.By {
		by[i] = r.property(k, name)
	}
	if len(by) == 1 {
		if v, ok := r.indexes.valuesOf(by[0]).used().reach(r.snapshot); ok {
			for _, one := range v.values {
				add(store.Group{Values: []any{one.value}, Count: int64(one.rows.AndCardinality(rows))})
			}
			slices.SortFunc(groups, store.CompareGroups)
			return groups, nil
		}
	}
	counted := map[string]*store.Group{}
	var key []byte
	rows.Iterate(func(row uint32) bool {
		one := r.rows.at(row)
		key = key[:0]
		for i := range by {
			key = appendKey(key, by[i].of(one), false)
		}
		g := counted[string(key)]
		if g == nil {
			g = &store.Group{Values: make([]any, len(by))}
			for i := range by {
				g.Values[i] = by[i].of(one)
			}
			counted[string(key)] = g
		}
		g.Count++
		return r.step()
	})
	for _, g := range counted {
		add(*g)
	}
	slices.SortFunc(groups, store.CompareGroups)
	return groups, r.err
}
