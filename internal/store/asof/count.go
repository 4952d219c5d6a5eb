package asof

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

const (
	// fewSuspects are named to the store as not to be counted.
	fewSuspects = 2000
	// countTries is how often a count is tried that something committed
	// meanwhile has made worthless.
	countTries = 3
)

// Count counts what Find would return. It counts today's nodes without the
// suspects, and those apart. Where there are too many of them, or commits keep
// coming, it finds what it counts.
func (r *Reader) Count(ctx context.Context, kind string, f store.Filter) (int64, error) {
	if err := r.Declared().CheckFilter(kind, f); err != nil {
		return 0, err
	}
	var count int64
	apart, ok, err := r.without(ctx, kind, f, func(rest store.Filter) (err error) {
		count, err = r.base().Count(ctx, kind, rest)
		return err
	})
	if err != nil {
		return 0, err
	}
	if ok {
		return count + int64(len(apart)), nil
	}
	page, err := r.Find(ctx, store.Query{Kind: kind, Filter: f})
	return int64(len(page.Nodes)), err
}

// Aggregate counts by fields, as Count counts.
func (r *Reader) Aggregate(ctx context.Context, a store.Aggregation) ([]store.Group, error) {
	if err := r.Declared().CheckAggregation(a); err != nil {
		return nil, err
	}
	var groups []store.Group
	apart, ok, err := r.without(ctx, a.Kind, a.Filter, func(rest store.Filter) (err error) {
		b := a
		b.Filter, b.AtLeast = rest, 0 // those apart come on top
		groups, err = r.base().Aggregate(ctx, b)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !ok {
		page, err := r.Find(ctx, store.Query{Kind: a.Kind, Filter: a.Filter})
		if err != nil {
			return nil, err
		}
		groups, apart = nil, page.Nodes
	}
	groups, err = grouped(groups, apart, a.By)
	return slices.DeleteFunc(groups, func(g store.Group) bool { return g.Count < a.AtLeast }), err
}

// without asks today's graph a question from which suspects are left out, and
// gives those of them that belong to the answer. Not ok: there are too many.
func (r *Reader) without(ctx context.Context, kind string, f store.Filter, ask func(store.Filter) error) (apart []store.Node, ok bool, err error) {
	var left map[store.ID]bool
	for range countTries {
		o, err := r.overlay(ctx)
		if err != nil {
			return nil, false, err
		}
		if left, err = r.suspects(ctx, o, kind, f); err != nil || len(left) > fewSuspects {
			return nil, false, err
		}
		if err := ask(leaveOut(f, left)); err != nil {
			return nil, false, err
		}
		if o, err = r.overlay(ctx); err != nil {
			return nil, false, err
		}
		after, err := r.suspects(ctx, o, kind, f)
		if err != nil {
			return nil, false, err
		}
		if !slices.ContainsFunc(keys(after), func(id store.ID) bool { return !left[id] }) {
			apart, err = r.belonging(ctx, o, kind, f, left)
			return apart, true, err
		}
	}
	return nil, false, nil
}

func leaveOut(f store.Filter, ids map[store.ID]bool) store.Filter {
	if len(ids) == 0 {
		return f
	}
	names := make([]any, 0, len(ids))
	for id := range ids {
		names = append(names, string(id))
	}
	others := store.Not{Filter: store.Compare{Property: "id", Op: store.OneOf, Value: names}}
	if f == nil {
		return others
	}
	return store.And{f, others}
}

// belonging gives those of the nodes that were of the kind and met the filter.
func (r *Reader) belonging(ctx context.Context, o *overlay, kind string, f store.Filter, ids map[store.ID]bool) ([]store.Node, error) {
	were, err := r.touchedNodes(ctx, o, keys(ids))
	if err != nil {
		return nil, err
	}
	find := finder{Reader: r, q: store.Query{Kind: kind, Filter: f}}
	rows, err := find.matching(ctx, were)
	nodes := make([]store.Node, len(rows))
	for i := range rows {
		nodes[i] = rows[i].node
	}
	return nodes, err
}

// grouped adds nodes to groups.
func grouped(groups []store.Group, nodes []store.Node, by []string) ([]store.Group, error) {
	at := map[string]int{}
	for i, g := range groups {
		name, err := nameOf(by, g.Values)
		if err != nil {
			return nil, err
		}
		at[name] = i
	}
	for i := range nodes {
		values := make([]any, len(by))
		for j, p := range by {
			values[j] = store.PropertyOf(&nodes[i], p)
		}
		name, err := nameOf(by, values)
		if err != nil {
			return nil, err
		}
		if _, known := at[name]; !known {
			at[name] = len(groups)
			groups = append(groups, store.Group{Values: values})
		}
		groups[at[name]].Count++
	}
	slices.SortFunc(groups, store.CompareGroups)
	return groups, nil
}

// nameOf is a text that equal values have in common.
func nameOf(by []string, values []any) (string, error) {
	props := store.Props{}
	for i, v := range values {
		if v != nil {
			props[by[i]] = v
		}
	}
	b, err := store.AppendProps(nil, props)
	return string(b), err
}
