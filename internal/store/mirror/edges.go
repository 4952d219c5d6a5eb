package mirror

import (
	"cmp"
	"context"

	"github.com/RoaringBitmap/roaring/v2"

	"releasegraph/internal/store"
)

// Edges returns, for each node asked for, its page of edges.
func (s *Store) Edges(ctx context.Context, q store.EdgeQuery) ([]store.EdgePage, error) {
	f, ok, err := s.following(ctx, q)
	if !ok {
		return s.Store.Edges(ctx, q)
	}
	if err != nil {
		return nil, err
	}
	if f.order, err = s.Declared().EdgeOrdering(q); err != nil {
		return nil, err
	}
	if err := f.bounds(); err != nil {
		return nil, err
	}
	pages := make([]store.EdgePage, len(q.Nodes))
	for i, id := range q.Nodes {
		row, found := f.row(string(id))
		if !found {
			continue
		}
		if err := f.page(&pages[i], string(id), row); err != nil {
			return nil, err
		}
	}
	return pages, f.err
}

// CountEdges counts, for each node, what Edges would return without limits.
func (s *Store) CountEdges(ctx context.Context, q store.EdgeQuery) ([]int64, error) {
	f, ok, err := s.following(ctx, q)
	if !ok {
		return s.Store.CountEdges(ctx, q)
	}
	if err != nil {
		return nil, err
	}
	counts := make([]int64, len(q.Nodes))
	for i, id := range q.Nodes {
		row, found := f.row(string(id))
		if !found {
			continue
		}
		list := f.relation.arcs[q.Direction].of(row)
		if f.every() {
			counts[i] = int64(len(list))
			continue
		}
		for _, a := range list {
			if f.wants(a) {
				counts[i]++
			}
			if !f.step() {
				return nil, f.err
			}
		}
	}
	return counts, f.err
}

// following answers one EdgeQuery.
type following struct {
	*reader
	q        store.EdgeQuery
	relation *relation
	kind     *kind // of the far ends, nil: any
	far      *roaring.Bitmap
	holds    func(label uint32) bool
	order    store.Ordering
	sorter   *sorter
	window   window[end]
}

// end is an edge at its place in an order.
type end struct {
	item
	tag   string
	label uint32
}

func compareEnds(a, b end) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id), cmp.Compare(a.tag, b.tag))
}

// following prepares the answer to a question, false when the store beneath is
// to answer it.
func (s *Store) following(ctx context.Context, q store.EdgeQuery) (*following, bool, error) {
	snapshot, ok := s.viewFor(ctx, q.Filter, q.Rel, q.Kind)
	if !ok {
		return nil, false, nil
	}
	if err := s.Declared().CheckEdgeQuery(q); err != nil {
		return nil, true, err
	}
	name, err := s.Declared().EdgeEnd(q)
	if err != nil {
		return nil, true, err
	}
	r := newReader(ctx, snapshot)
	rel := r.relOf[q.Rel]
	f := &following{reader: r, q: q, relation: r.relations[rel], holds: r.edgeTest(rel, q.EdgeFilter)}
	if name != "" && (q.Filter != nil || len(q.Order) > 0 || len(s.Declared().FarKinds(q.Rel, "", q.Direction)) > 1) {
		f.kind = r.kindOf[name]
	}
	if q.Filter != nil {
		f.far = r.of(f.kind, q.Filter, f.reached())
	}
	return f, true, r.err
}

// reached returns the far ends of all edges at the nodes asked for, nil where
// they are so many that any may be looked for.
func (f *following) reached() *roaring.Bitmap {
	far, room := f.gather(), f.nodes[f.kind.number].rows.GetCardinality()/4
	for _, id := range f.q.Nodes {
		row, found := f.row(string(id))
		if !found {
			continue
		}
		list := f.relation.arcs[f.q.Direction].of(row)
		if uint64(len(list)) > room {
			return nil
		}
		room -= uint64(len(list))
		for _, a := range list {
			far.add(a.far)
		}
	}
	return far.rows()
}

// every reports whether all edges are wanted.
func (f *following) every() bool {
	return f.kind == nil && f.holds == nil || f.kind != nil && f.onlyOrdered()
}

// onlyOrdered reports whether the far ends are of one kind for their order only.
func (f *following) onlyOrdered() bool {
	return f.holds == nil && f.far == nil && len(f.declared.FarKinds(f.q.Rel, "", f.q.Direction)) == 1
}

// wants tells whether an edge is one of those asked for.
func (f *following) wants(a arc) bool {
	switch {
	case f.far != nil:
		if !f.far.Contains(a.far) {
			return false
		}
	case f.kind != nil:
		if f.rows.at(a.far).kind() != f.kind.number {
			return false
		}
	}
	return f.holds == nil || f.holds(a.label)
}

// bounds reads the cursors.
func (f *following) bounds() error {
	var keys []sortKey
	if f.kind != nil {
		keys = f.sortKeys(f.kind, f.q.Order)
	}
	f.sorter = newSorter(keys)
	f.window = window[end]{first: f.q.First, last: f.q.Last, compare: compareEnds}
	for _, side := range []struct {
		cursor store.Cursor
		into   **end
	}{{f.q.After, &f.window.after}, {f.q.Before, &f.window.before}} {
		p, err := store.DecodeCursor(f.order, side.cursor)
		if err != nil {
			return err
		}
		if p != nil {
			*side.into = &end{item: *f.sorter.pivot(p), tag: p.Tag}
		}
	}
	return nil
}

// page makes the page of one node.
func (f *following) page(into *store.EdgePage, near string, row uint32) error {
	list := f.relation.arcs[f.q.Direction].of(row)
	ends := make([]end, 0, f.room(len(list)))
	for _, a := range list {
		if f.wants(a) {
			r := f.rows.at(a.far)
			ends = append(ends, end{item{f.sorter.key(r), r.id(), a.far}, f.relation.labels[a.label].tag, a.label})
		}
		if !f.step() {
			return f.err
		}
		if len(ends) == cap(ends) && f.enough(len(ends)) {
			break
		}
	}
	c := f.window.of(ends)
	into.HasPrevious, into.HasNext = c.previous, c.next
	if len(c.list) == 0 {
		return nil
	}
	n := len(c.list)
	into.Edges, into.Nodes, into.Cursors = make([]store.Edge, n), make([]store.Node, n), make([]store.Cursor, n)
	for i := range c.list {
		one := &c.list[i]
		into.Nodes[i] = f.node(one.row)
		into.Edges[i] = f.relation.edge(f.q.Direction, near, one.id, one.label)
		var err error
		if into.Cursors[i], err = store.EncodeCursor(f.order, f.order.PositionOf(&into.Nodes[i], one.tag)); err != nil {
			return err
		}
		if !f.step() {
			return f.err
		}
	}
	return nil
}

// room is how many edges of a list may have to be ordered: the lists are in the
// order of a question that asks for none, of which the first are enough.
func (f *following) room(all int) int {
	if f.inOrder() {
		return min(all, f.q.First+1)
	}
	return all
}

// enough reports whether no more edges have to be looked at.
func (f *following) enough(n int) bool { return f.inOrder() && n > f.q.First }

func (f *following) inOrder() bool {
	return len(f.q.Order) == 0 && f.q.First > 0 && f.q.After == "" && f.q.Before == ""
}
