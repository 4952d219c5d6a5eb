package sqlite

import (
	"context"
	"database/sql/driver"

	"releasegraph/internal/store"
)

// found is a node with its position in the order.
type found struct {
	node store.Node
	keys []any // stored form of the sort keys, the id last
}

func (f found) sorted() []any            { return f.keys }
func (f found) position() store.Position { return store.Position{ID: f.node.ID} }

// finder runs one Query on one connection.
type finder struct {
	*Store
	ctx  context.Context
	c    *conn
	q    store.Query
	t    *table
	keys []sortKey
}

// Find returns a page of nodes.
func (s *Store) Find(ctx context.Context, q store.Query) (store.Page, error) {
	if err := s.declared.CheckQuery(q); err != nil {
		return store.Page{}, err
	}
	order, err := s.declared.Ordering(q)
	if err != nil {
		return store.Page{}, err
	}
	w, err := newWindow(order, q.After, q.Before, false)
	if err != nil {
		return store.Page{}, err
	}
	w.first, w.last = q.First, q.Last
	var p page[found]
	err = s.read(ctx, func(c *conn) (err error) {
		f := &finder{Store: s, ctx: ctx, c: c, q: q, t: s.layout.kinds[q.Kind]}
		f.keys = f.t.sortKeys("t", q.Order)
		p, err = readPage(w, f.fetch)
		return err
	})
	out := store.Page{Cursors: p.cursors, HasPrevious: p.hasPrevious, HasNext: p.hasNext}
	for _, r := range p.rows {
		out.Nodes = append(out.Nodes, r.node)
	}
	return out, err
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
	c := &compiler{Store: f.Store, few: f.declared.NamesNodes(f.q.Kind, f.q.Filter)}
	text := "SELECT " + f.t.fields("t")
	for _, k := range f.keys[:len(f.keys)-1] {
		text += ", " + k.expr
	}
	filter, err := c.where(f.q.Filter, c.nodeScope(f.q.Kind, "t"))
	if err != nil {
		return nil, err
	}
	text += " FROM " + f.t.name + " t WHERE " + filter + " AND " + condition(c) + order
	if limit >= 0 { // else SQLite would prepare the statement anew for each use
		text += " LIMIT " + c.arg(int64(limit))
	}
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
	c := &compiler{Store: s, few: s.declared.NamesNodes(kind, filter)}
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
