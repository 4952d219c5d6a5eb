package scoped

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

// Walk returns what can be reached over nodes that are seen. It asks level by
// level, so that nothing beyond is read.
func (r *Reader) Walk(ctx context.Context, w store.Walk) (store.Subgraph, error) {
	if err := r.Declared().CheckWalk(w); err != nil {
		return store.Subgraph{}, err
	}
	s, err := r.scope(ctx)
	if err != nil {
		return store.Subgraph{}, err
	}
	roots, err := r.Seen(ctx, w.Roots...)
	if err != nil || len(roots) == 0 {
		return store.Subgraph{}, err
	}
	if s.all(r.met(w.Rels)) {
		w.Roots = ids(roots)
		return r.beneath.Walk(ctx, w)
	}
	w.Rels = slices.Compact(slices.Sorted(slices.Values(w.Rels)))
	k := &walk{reader: r, ask: w, depth: map[store.ID]int{}}
	level := k.reach(ids(roots), 0)
	for depth := 1; len(level) > 0 && (w.Depth == 0 || depth <= w.Depth); depth++ {
		ends, err := k.step(ctx, level)
		if err != nil {
			return store.Subgraph{}, err
		}
		level = k.reach(ends, depth)
	}
	k.found.Edges = slices.DeleteFunc(k.found.Edges, func(e store.Edge) bool {
		_, from := k.depth[e.From]
		_, to := k.depth[e.To]
		return !from || !to
	})
	return k.found, nil
}

// met lists the kinds that a walk along some relationships can meet.
func (r *Reader) met(rels []string) (kinds []string) {
	for _, rel := range rels {
		kinds = slices.Concat(kinds, r.Declared().FarKinds(rel, "", store.In), r.Declared().FarKinds(rel, "", store.Out))
	}
	return kinds
}

// walk is one Walk under way.
type walk struct {
	reader *Reader
	ask    store.Walk
	depth  map[store.ID]int
	found  store.Subgraph
}

// reach adds the nodes that were not reached before, by id, up to the limit,
// and returns them.
func (w *walk) reach(list []store.ID, depth int) []store.ID {
	slices.Sort(list)
	var fresh []store.ID
	for _, id := range slices.Compact(list) {
		if _, known := w.depth[id]; known {
			continue
		}
		if w.ask.Limit > 0 && len(w.found.Hits) == w.ask.Limit {
			w.found.Truncated = true
			break
		}
		w.depth[id] = depth
		w.found.Hits = append(w.found.Hits, store.Hit{ID: id, Depth: depth})
		fresh = append(fresh, id)
	}
	return fresh
}

// step reads the edges of a level, and lists their other ends.
func (w *walk) step(ctx context.Context, level []store.ID) (ends []store.ID, err error) {
	for _, rel := range w.ask.Rels {
		for chunk := range slices.Chunk(level, atOnce) {
			pages, err := w.reader.Edges(ctx, store.EdgeQuery{Nodes: chunk, Rel: rel, Direction: w.ask.Direction})
			if err != nil {
				return nil, err
			}
			for _, p := range pages {
				w.found.Edges = append(w.found.Edges, p.Edges...)
				for _, n := range p.Nodes {
					ends = append(ends, n.ID)
				}
			}
		}
	}
	return ends, nil
}

func ids(set map[store.ID]bool) []store.ID {
	list := make([]store.ID, 0, len(set))
	for id := range set {
		list = append(list, id)
	}
	return list
}
