package sqlite

import (
	"context"
	"database/sql/driver"
	"slices"

	"releasegraph/internal/store"
)

// found is a node with its position in the order.
type found struct {
	node store.Node
	keys []any // stored form of the sort keys, the id last
}

// finder runs one Query on one connection.
type finder struct {
	*Store
	ctx   context.Context
	c     *conn
	q     store.Query
	order store.Ordering
	t     *table
	keys  []sortKey
}

// Find returns a page of nodes.
func (s *Store) Find(ctx context.Context, q store.Query) (store.Page, error) {
	var page store.Page
	if err := s.declared.CheckQuery(q); err != nil {
		return page, err
	}
	order, err := s.declared.Ordering(q)
	if err != nil {
		return page, err
	}
	after, before, err := bounds(order, q.After, q.Before, false)
	if err != nil {
		return page, err
	}
	err = s.read(ctx, func(c *conn) error {
		f := &finder{Store: s, ctx: ctx, c: c, q: q, order: order, t: s.layout.kinds[q.Kind]}
		f.keys = f.t.sortKeys("t", q.Order)
		return f.page(&page, after, before)
	})
	return page, err
}

func bounds(o store.Ordering, after, before store.Cursor, tag bool) (*bound, *bound, error) {
	a, err := store.DecodeCursor(o, after)
	if err != nil {
		return nil, nil, err
	}
	b, err := store.DecodeCursor(o, before)
	if err != nil {
		return nil, nil, err
	}
	low, err := newBound(a, tag)
	if err != nil {
		return nil, nil, err
	}
	high, err := newBound(b, tag)
	return low, high, err
}

// sortKeys are the keys of an order on the table's nodes, the id last.
func (t *table) sortKeys(alias string, order []store.Order) []sortKey {
	var keys []sortKey
	for _, o := range order {
		expr, _ := t.expr(alias, o.Property)
		keys = append(keys, sortKey{expr, o.Descending, t.named[o.Property] != nil})
	}
	return append(keys, sortKey{expr: alias + ".id"})
}

func (f *finder) page(page *store.Page, after, before *bound) error {
	reverse := f.q.Last > 0
	limit := max(f.q.First, f.q.Last)
	rows, err := f.fetch(after, before, reverse, plusOne(limit))
	if err != nil {
		return err
	}
	more := limit > 0 && len(rows) > limit
	if more {
		rows = rows[:limit]
	}
	if reverse {
		slices.Reverse(rows)
	}
	for _, r := range rows {
		cursor, err := f.cursor(r)
		if err != nil {
			return err
		}
		page.Nodes, page.Cursors = append(page.Nodes, r.node), append(page.Cursors, cursor)
	}
	first, last := outside(keysOf(rows), after, before)
	page.HasPrevious, page.HasNext = more && reverse, more && !reverse
	if !page.HasPrevious && after != nil {
		if page.HasPrevious, err = f.any(nil, first); err != nil {
			return err
		}
	}
	if !page.HasNext && before != nil {
		page.HasNext, err = f.any(last, nil)
	}
	return err
}

// plusOne asks for one row more than the limit, which tells whether there are
// more.
func plusOne(limit int) int {
	if limit == 0 {
		return -1
	}
	return limit + 1
}

func keysOf(rows []found) [][]any {
	keys := make([][]any, len(rows))
	for i, r := range rows {
		keys[i] = r.keys
	}
	return keys
}

// outside gives the bounds beyond which a page's neighbours lie. An empty page
// lies just behind After, or without it just before Before.
func outside(keys [][]any, after, before *bound) (first, last *bound) {
	switch {
	case len(keys) > 0:
		return &bound{values: keys[0]}, &bound{values: keys[len(keys)-1]}
	case after != nil:
		return &bound{values: after.values, inclusive: true}, after
	case before != nil:
		return nil, &bound{values: before.values, inclusive: true}
	}
	return nil, nil
}

// any tells whether a node lies between two bounds.
func (f *finder) any(after, before *bound) (bool, error) {
	rows, err := f.fetch(after, before, after == nil, 1)
	return len(rows) > 0, err
}

func (f *finder) cursor(r found) (store.Cursor, error) {
	p := store.Position{ID: r.node.ID, Keys: make([]any, len(f.q.Order))}
	for i := range p.Keys {
		var err error
		if p.Keys[i], err = fromColumn(f.order.Types[i], r.keys[i]); err != nil {
			return "", err
		}
	}
	return store.EncodeCursor(f.order, p)
}

// fetch reads up to limit rows (below 0: all) between the bounds, in the order
// or from its end.
func (f *finder) fetch(after, before *bound, reverse bool, limit int) ([]found, error) {
	if f.indexed() {
		return f.fetchIndexed(after, before, reverse, limit)
	}
	return f.selectRows(orderBy(f.keys, reverse), limit, func(c *compiler) string {
		return c.beyond(f.keys, after, false) + " AND " + c.beyond(f.keys, before, true)
	})
}

// selectRows reads rows that match the query's filter and a condition.
func (f *finder) selectRows(order string, limit int, condition func(*compiler) string) ([]found, error) {
	c := &compiler{Store: f.Store}
	text := "SELECT " + f.t.fields("t")
	for _, k := range f.keys[:len(f.keys)-1] {
		text += ", " + k.expr
	}
	filter, err := c.where(f.q.Filter, c.nodeScope(f.q.Kind, "t"))
	if err != nil {
		return nil, err
	}
	text += " FROM " + f.t.name + " t WHERE " + filter + " AND " + condition(c) + order + " LIMIT " + c.arg(int64(limit))
	var rows []found
	err = f.c.query(f.ctx, text, c.args, func(row []driver.Value) error {
		n, err := f.t.node(row)
		keys := make([]any, 0, len(f.keys))
		for _, v := range row[f.t.width():] {
			keys = append(keys, v)
		}
		rows = append(rows, found{n, append(keys, string(n.ID))})
		return err
	})
	return rows, err
}

// Count counts what Find would return without cursors and limits.
func (s *Store) Count(ctx context.Context, kind string, filter store.Filter) (int64, error) {
	if err := s.declared.CheckFilter(kind, filter); err != nil {
		return 0, err
	}
	c := &compiler{Store: s}
	where, err := c.where(filter, c.nodeScope(kind, "t"))
	if err != nil {
		return 0, err
	}
	text := "SELECT count(*) FROM " + s.layout.kinds[kind].name + " t WHERE " + where
	var count int64
	err = s.read(ctx, func(conn *conn) error {
		count, _, err = conn.one(ctx, text, c.args...)
		return err
	})
	return count, err
}
