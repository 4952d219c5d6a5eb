package asof

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

// arc is an edge as it was, with the node at its far end as it was.
type arc struct {
	edge store.Edge
	far  store.Node
}

func (w way) far(k store.EdgeKey) store.ID {
	if w.direction == store.In {
		return k.From
	}
	return k.To
}

// arcs gives all edges at each of the nodes, as they were, in no order.
func (r *Reader) arcs(ctx context.Context, w way, nodes []store.ID) ([][]arc, error) {
	pages, err := r.base().Edges(ctx, store.EdgeQuery{Nodes: nodes, Rel: w.rel, Direction: w.direction})
	if err != nil {
		return nil, err
	}
	o, err := r.overlay(ctx)
	if err != nil {
		return nil, err
	}
	now := map[store.ID]store.Node{}
	edges := make([][]store.Edge, len(nodes))
	var ends []store.ID
	o.mu.RLock()
	for i, p := range pages {
		for _, n := range p.Nodes {
			now[n.ID] = n
		}
		edges[i] = o.edgesOver(w, nodes[i], p.Edges)
		for _, e := range edges[i] {
			ends = append(ends, w.far(e.EdgeKey))
		}
	}
	o.mu.RUnlock()
	far, err := r.ends(ctx, o, ends, now)
	if err != nil {
		return nil, err
	}
	list := make([][]arc, len(nodes))
	for i := range edges {
		list[i] = make([]arc, len(edges[i]))
		for j, e := range edges[i] {
			list[i][j] = arc{e, far[w.far(e.EdgeKey)]}
		}
	}
	return list, nil
}

// edgesOver lays the overlay over all edges that a node has now.
func (o *overlay) edgesOver(w way, near store.ID, now []store.Edge) []store.Edge {
	edges := make([]store.Edge, 0, len(now))
	seen := map[store.EdgeKey]bool{}
	touched := o.touched.isEnd(w, near)
	for i := range now {
		if !touched {
			return now
		}
		k := now[i].EdgeKey
		seen[k] = true
		if e, existed := o.edge(k, &now[i]); existed {
			edges = append(edges, e)
		}
	}
	for _, k := range o.lost(w, near) {
		if !seen[k] {
			e, _ := o.edge(k, nil)
			edges = append(edges, e)
		}
	}
	return edges
}

// ends gives nodes as they were, of which some were read with today's edges.
func (r *Reader) ends(ctx context.Context, o *overlay, ids []store.ID, now map[store.ID]store.Node) (map[store.ID]store.Node, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	far := o.nodesAmong(ids, now)
	var missing []store.ID
	for _, id := range ids {
		if _, ok := far[id]; !ok {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return far, nil
	}
	read, err := r.touchedNodes(ctx, o, missing)
	for id, n := range read {
		n.Props = n.Props.Clone()
		far[id] = n
	}
	return far, err
}

// Edges returns, for each node, its page of the edges that it had. Where
// nothing that bears on the page was touched since, it costs as much as
// today's page; otherwise it reads all edges of the relationship at the nodes.
func (r *Reader) Edges(ctx context.Context, q store.EdgeQuery) ([]store.EdgePage, error) {
	now, err := r.base().Edges(ctx, q) // checks the query, too
	if err != nil {
		return nil, err
	}
	o, err := r.overlay(ctx)
	if err != nil {
		return nil, err
	}
	same, err := r.untouched(ctx, o, q)
	if err != nil {
		return nil, err
	}
	if same {
		o.refresh(now)
		return now, nil
	}
	rows, order, err := r.matchingArcs(ctx, q)
	if err != nil {
		return nil, err
	}
	after, err := store.DecodeCursor(order, q.After)
	if err != nil {
		return nil, err
	}
	before, err := store.DecodeCursor(order, q.Before)
	if err != nil {
		return nil, err
	}
	pages := make([]store.EdgePage, len(rows))
	for i := range rows {
		w := cut(rows[i], order, after, before, q.First, q.Last)
		pages[i].HasPrevious, pages[i].HasNext = w.from > 0, w.to < len(rows[i])
		for _, x := range rows[i][w.from:w.to] {
			c, err := store.EncodeCursor(order, x.at)
			if err != nil {
				return nil, err
			}
			pages[i].Edges, pages[i].Nodes = append(pages[i].Edges, x.edge), append(pages[i].Nodes, x.node)
			pages[i].Cursors = append(pages[i].Cursors, c)
		}
	}
	return pages, nil
}

// CountEdges counts, for each node, what Edges would return without cursors
// and limits, at the cost of Edges.
func (r *Reader) CountEdges(ctx context.Context, q store.EdgeQuery) ([]int64, error) {
	q.After, q.Before, q.First, q.Last = "", "", 0, 0
	now, err := r.base().CountEdges(ctx, q)
	if err != nil {
		return nil, err
	}
	o, err := r.overlay(ctx)
	if err != nil {
		return nil, err
	}
	if same, err := r.untouched(ctx, o, q); same || err != nil {
		return now, err
	}
	rows, _, err := r.matchingArcs(ctx, q)
	counts := make([]int64, len(rows))
	for i := range rows {
		counts[i] = int64(len(rows[i]))
	}
	return counts, err
}

// row is a node, or an edge with its far end, and where it stands in the order.
type row struct {
	node store.Node
	edge store.Edge
	at   store.Position
}

// matchingArcs gives all edges asked for, in order.
func (r *Reader) matchingArcs(ctx context.Context, q store.EdgeQuery) ([][]row, store.Ordering, error) {
	order, err := r.Declared().EdgeOrdering(q)
	if err != nil {
		return nil, order, err
	}
	kind, err := r.Declared().EdgeEnd(q)
	if err != nil {
		return nil, order, err
	}
	arcs, err := r.arcs(ctx, way{q.Rel, q.Direction}, q.Nodes)
	if err != nil {
		return nil, order, err
	}
	var far []store.Node
	for _, list := range arcs {
		for _, a := range list {
			far = append(far, a.far)
		}
	}
	holds, err := r.match(ctx, far, q.Filter)
	if err != nil {
		return nil, order, err
	}
	rows := make([][]row, len(arcs))
	next := 0
	for i, list := range arcs {
		for _, a := range list {
			ok := holds[next]
			next++
			if ok && (kind == "" || a.far.Kind == kind) && edgeHolds(q.EdgeFilter, &a.edge) {
				rows[i] = append(rows[i], row{a.far, a.edge, order.PositionOf(&a.far, a.edge.Tag)})
			}
		}
		slices.SortFunc(rows[i], func(a, b row) int { return order.Compare(a.at, b.at) })
	}
	return rows, order, nil
}

func edgeHolds(f store.Filter, e *store.Edge) bool {
	return store.HoldsFor(f, func(name string) any { return e.Props[name] })
}

// untouched reports whether today's answer to the query has the edges that it
// had at the revision: none at the nodes was touched, nor anything that the
// filter or the order reads. The overlay covers the answer.
func (r *Reader) untouched(ctx context.Context, o *overlay, q store.EdgeQuery) (bool, error) {
	w := way{q.Rel, q.Direction}
	o.mu.RLock()
	touched := slices.ContainsFunc(q.Nodes, func(id store.ID) bool { return o.touched.isEnd(w, id) })
	o.mu.RUnlock()
	if touched {
		return false, nil
	}
	if q.Filter == nil && len(q.Order) == 0 {
		return true, nil
	}
	kind, err := r.Declared().EdgeEnd(q)
	if err != nil {
		return false, err
	}
	suspects, err := r.suspects(ctx, o, kind, q.Filter)
	return len(suspects) == 0, err
}

// refresh puts the far ends of pages as they were.
func (o *overlay) refresh(pages []store.EdgePage) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	for i := range pages {
		for j := range pages[i].Nodes {
			n := &pages[i].Nodes[j]
			if was, existed := o.node(n.ID, n); existed {
				*n = was
			}
		}
	}
}

// window is the part of rows that a page is.
type window struct{ from, to int }

func cut(rows []row, order store.Ordering, after, before *store.Position, first, last int) window {
	w := window{0, len(rows)}
	if after != nil {
		w.from = firstFrom(rows, func(x row) bool { return order.Compare(x.at, *after) > 0 })
	}
	if before != nil {
		w.to = firstFrom(rows, func(x row) bool { return order.Compare(x.at, *before) >= 0 })
	}
	w.to = max(w.from, w.to)
	if first > 0 {
		w.to = min(w.to, w.from+first)
	}
	if last > 0 {
		w.from = max(w.from, w.to-last)
	}
	return w
}

func firstFrom(rows []row, is func(row) bool) int {
	if i := slices.IndexFunc(rows, is); i >= 0 {
		return i
	}
	return len(rows)
}
