package scoped

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"

	"releasegraph/internal/store"
)

// Edges returns, for each node asked for, its page of the edges that are seen.
// Where they lead to several kinds of which some are not seen whole, a page
// needs one of them.
func (r *Reader) Edges(ctx context.Context, q store.EdgeQuery) ([]store.EdgePage, error) {
	pages := make([]store.EdgePage, len(q.Nodes))
	parts, err := r.parts(ctx, q)
	if err != nil {
		return nil, err
	}
	if len(parts) > 1 && (q.First > 0 || q.Last > 0 || q.After != "" || q.Before != "") {
		return nil, fmt.Errorf("%w: %s leads to several kinds; a page of what is seen needs one", store.ErrInvalid, q.Rel)
	}
	for _, part := range parts {
		some, err := r.beneath.Edges(ctx, part.query)
		if err != nil {
			return nil, err
		}
		for i, p := range some {
			join(&pages[part.places[i]], p)
		}
	}
	if len(parts) > 1 {
		for i := range pages {
			sort.Sort(byFarEnd{&pages[i], q.Direction})
		}
	}
	return pages, nil
}

func join(page *store.EdgePage, p store.EdgePage) {
	page.Edges, page.Nodes = append(page.Edges, p.Edges...), append(page.Nodes, p.Nodes...)
	page.Cursors = append(page.Cursors, p.Cursors...)
	page.HasNext, page.HasPrevious = page.HasNext || p.HasNext, page.HasPrevious || p.HasPrevious
}

// byFarEnd sorts a page by the other end's id and the edge's tag.
type byFarEnd struct {
	*store.EdgePage
	direction store.Direction
}

// Len counts the edges.
func (s byFarEnd) Len() int { return len(s.Edges) }

// Less compares two edges.
func (s byFarEnd) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(s.Nodes[i].ID, s.Nodes[j].ID), cmp.Compare(s.Edges[i].Tag, s.Edges[j].Tag)) < 0
}

// Swap swaps two edges.
func (s byFarEnd) Swap(i, j int) {
	s.Edges[i], s.Edges[j] = s.Edges[j], s.Edges[i]
	s.Nodes[i], s.Nodes[j] = s.Nodes[j], s.Nodes[i]
	s.Cursors[i], s.Cursors[j] = s.Cursors[j], s.Cursors[i]
}

// CountEdges counts, for each node, the edges that are seen.
func (r *Reader) CountEdges(ctx context.Context, q store.EdgeQuery) ([]int64, error) {
	counts := make([]int64, len(q.Nodes))
	parts, err := r.parts(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		some, err := r.beneath.CountEdges(ctx, part.query)
		if err != nil {
			return nil, err
		}
		for i, n := range some {
			counts[part.places[i]] += n
		}
	}
	return counts, nil
}

// part is a question about edges that leaves out what is not seen, and where
// its nodes stand in the whole question.
type part struct {
	query  store.EdgeQuery
	places []int
}

// parts asks about those of the nodes that are seen: in one question, or in
// one for each kind of other end, where they are not all of one kind.
func (r *Reader) parts(ctx context.Context, q store.EdgeQuery) ([]part, error) {
	if err := r.Declared().CheckEdgeQuery(q); err != nil {
		return nil, err
	}
	s, err := r.scope(ctx)
	if err != nil {
		return nil, err
	}
	near, err := r.near(ctx, s, q)
	if err != nil || len(near.places) == 0 {
		return nil, err
	}
	kind, err := r.Declared().EdgeEnd(q)
	if err != nil {
		return nil, err
	}
	far := r.Declared().FarKinds(q.Rel, "", q.Direction)
	switch {
	case kind != "":
		far = []string{kind}
	case s.all(far):
		return []part{near}, nil
	}
	var list []part
	for _, k := range far {
		p := near
		if p.query.Filter = and(s.seen(k), r.within(s, k, q.Filter)); len(far) > 1 {
			p.query.Kind = k
		}
		list = append(list, p)
	}
	return list, nil
}

// near is the question about those of its nodes that are seen.
func (r *Reader) near(ctx context.Context, s Scope, q store.EdgeQuery) (part, error) {
	seen, err := r.seenEnds(ctx, s, q)
	if err != nil {
		return part{}, err
	}
	p := part{query: q}
	p.query.Nodes = nil
	for i, id := range q.Nodes {
		if seen == nil || seen[id] {
			p.query.Nodes, p.places = append(p.query.Nodes, id), append(p.places, i)
		}
	}
	return p, nil
}

// seenEnds tells which of the nodes asked about are seen, nil for all.
func (r *Reader) seenEnds(ctx context.Context, s Scope, q store.EdgeQuery) (map[store.ID]bool, error) {
	if s.all(r.Declared().FarKinds(q.Rel, "", store.In-q.Direction)) {
		return nil, nil
	}
	return r.Seen(ctx, q.Nodes...)
}

// all tells whether every node of the kinds is seen.
func (s Scope) all(kinds []string) bool {
	return !slices.ContainsFunc(kinds, func(k string) bool { return !s[k].All })
}

// EdgesBetween returns those of the edges that are seen.
func (r *Reader) EdgesBetween(ctx context.Context, keys ...store.EdgeKey) (map[store.EdgeKey]store.Edge, error) {
	found, err := r.beneath.EdgesBetween(ctx, keys...)
	if err != nil {
		return nil, err
	}
	ends := map[store.ID]bool{}
	for k := range found {
		ends[k.From], ends[k.To] = true, true
	}
	seen, err := r.Seen(ctx, slices.Collect(maps.Keys(ends))...)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(found, func(k store.EdgeKey, _ store.Edge) bool { return !seen[k.From] || !seen[k.To] })
	return found, nil
}
