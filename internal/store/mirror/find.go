package mirror

import (
	"context"
	"fmt"

	"releasegraph/internal/store"
)

// Find returns a page of nodes.
func (s *Store) Find(ctx context.Context, q store.Query) (store.Page, error) {
	snapshot, ok := s.viewFor(ctx, q.Filter, q.Kind)
	if !ok {
		store.ExplanationOf(ctx).Add(store.Explained{Kind: q.Kind, By: "store"})
		return s.Store.Find(ctx, q)
	}
	if err := s.Declared().CheckQuery(q); err != nil {
		return store.Page{}, err
	}
	order, err := s.Declared().Ordering(q)
	if err != nil {
		return store.Page{}, err
	}
	f := newFinding(newReader(ctx, snapshot), q)
	w, err := f.sorter.window(order, q)
	if err != nil {
		return store.Page{}, err
	}
	explanation := store.ExplanationOf(ctx)
	if explanation != nil {
		f.told = &f.explained.Filter
	}
	c := f.find(w)
	if f.err != nil {
		return store.Page{}, f.err
	}
	explanation.Add(f.explained)
	return f.page(order, c)
}

// Count counts what Find would return without cursors and limits.
func (s *Store) Count(ctx context.Context, kind string, f store.Filter) (int64, error) {
	snapshot, ok := s.viewFor(ctx, f, kind)
	if !ok {
		return s.Store.Count(ctx, kind, f)
	}
	if err := s.Declared().CheckFilter(kind, f); err != nil {
		return 0, err
	}
	r := newReader(ctx, snapshot)
	n := r.of(r.kindOf[kind], f, nil).GetCardinality()
	return int64(n), r.err
}

// finding answers one Query.
type finding struct {
	*reader
	kind   *kind
	filter store.Filter
	sorter *sorter

	explained store.Explained
}

func newFinding(r *reader, q store.Query) *finding {
	k := r.kindOf[q.Kind]
	return &finding{reader: r, kind: k, filter: q.Filter, sorter: newSorter(r.sortKeys(k, q.Order)), explained: store.Explained{Kind: q.Kind, By: "memory"}}
}

func (s *snapshot) sortKeys(k *kind, order []store.Order) []sortKey {
	keys := make([]sortKey, len(order))
	for i, o := range order {
		keys[i] = sortKey{property: s.property(k, o.Property), descending: o.Descending}
	}
	return keys
}

// find cuts the window out of the nodes that match: by going along the order
// from where the window begins, or by sorting the nodes, whichever looks at
// fewer. What matches may lie far from there: then the going is given up.
func (f *finding) find(w window[item]) cut[item] {
	rows := f.of(f.kind, f.filter, nil)
	if f.err != nil {
		return cut[item]{}
	}
	some, all := rows.GetCardinality(), f.nodes[f.kind.number].rows.GetCardinality()
	f.explained.Matched, f.explained.Of = some, all
	if some > f.indexes.few && f.along(&w, some, all) {
		if x, ok := f.indexes.sortedBy(f.snapshot, f.kind, f.sorter.keys); ok {
			a := along{finding: f, window: w, rows: rows, left: int(dearer*some + all/some)}
			if some == all {
				a.rows = nil
			}
			a.tree = x.used().reach(f.snapshot)
			budget := a.left
			if c, ok := a.cut(); ok {
				f.explained.Page = fmt.Sprintf("along the order, %d nodes looked at", budget-a.left)
				return c
			}
		}
	}
	f.explained.Page = fmt.Sprintf("%d nodes sorted", some)
	items := make([]item, 0, some)
	rows.Iterate(func(row uint32) bool {
		items = append(items, f.sorter.item(f.rows.at(row), row))
		return f.step()
	})
	return w.of(items)
}

// dearer is how many nodes are passed in an order by the time that it takes to
// sort one.
const dearer = 3

// along reports whether to go along the order.
func (f *finding) along(w *window[item], some, all uint64) bool {
	limit := uint64(max(w.first, w.last) + 1)
	if limit == 1 {
		limit = some
	}
	return f.indexes.few == 0 || min(limit, some)*all/some < dearer*some
}

// page makes the page of what was found.
func (f *finding) page(order store.Ordering, c cut[item]) (store.Page, error) {
	p := store.Page{HasPrevious: c.previous, HasNext: c.next}
	if len(c.list) == 0 {
		return p, nil
	}
	p.Nodes, p.Cursors = make([]store.Node, len(c.list)), make([]store.Cursor, len(c.list))
	for i, one := range c.list {
		var err error
		p.Nodes[i] = f.node(one.row)
		if p.Cursors[i], err = store.EncodeCursor(order, order.PositionOf(&p.Nodes[i], "")); err != nil {
			return store.Page{}, err
		}
		if !f.step() {
			return store.Page{}, f.err
		}
	}
	return p, nil
}
