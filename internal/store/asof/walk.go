package asof

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

// Walk goes level by level, with one question for each. It costs as much as
// what it reaches.
func (r *Reader) Walk(ctx context.Context, w store.Walk) (store.Subgraph, error) {
	if err := r.Declared().CheckWalk(w); err != nil {
		return store.Subgraph{}, err
	}
	roots, err := r.Nodes(ctx, w.Roots...)
	if err != nil {
		return store.Subgraph{}, err
	}
	k := &walking{Reader: r, w: w, hit: map[store.ID]bool{}, edges: map[store.EdgeKey]store.Edge{}}
	level := make([]store.ID, 0, len(roots))
	for id := range roots {
		level = append(level, id)
	}
	level = k.admit(level, 0)
	for depth := 0; len(level) > 0 && (w.Depth == 0 || depth < w.Depth); depth++ {
		reached, err := k.expand(ctx, level)
		if err != nil {
			return store.Subgraph{}, err
		}
		level = k.admit(reached, depth+1)
	}
	return k.subgraph(), nil
}

// walking is one Walk under way.
type walking struct {
	*Reader
	w         store.Walk
	hits      []store.Hit
	hit       map[store.ID]bool
	edges     map[store.EdgeKey]store.Edge // that leave what was expanded
	truncated bool
}

// admit makes hits of nodes that are new, by id, as far as the limit allows.
func (k *walking) admit(ids []store.ID, depth int) []store.ID {
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id store.ID) bool { return k.hit[id] })
	if room := k.w.Limit - len(k.hits); k.w.Limit > 0 && len(ids) > room {
		ids, k.truncated = ids[:room], true
	}
	for _, id := range ids {
		k.hit[id] = true
		k.hits = append(k.hits, store.Hit{ID: id, Depth: depth})
	}
	return ids
}

// expand follows the edges that a level had, and lists where they led.
func (k *walking) expand(ctx context.Context, level []store.ID) ([]store.ID, error) {
	now, err := k.base().Walk(ctx, store.Walk{Roots: level, Rels: k.w.Rels, Direction: k.w.Direction, Depth: 1})
	if err != nil {
		return nil, err
	}
	o, err := k.overlay(ctx)
	if err != nil {
		return nil, err
	}
	var reached []store.ID
	take := func(w way, e store.Edge) {
		k.edges[e.EdgeKey] = e
		reached = append(reached, w.far(e.EdgeKey))
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	for i := range now.Edges {
		e := &now.Edges[i]
		if was, existed := o.edge(e.EdgeKey, e); existed {
			take(way{e.Rel, k.w.Direction}, was)
		}
	}
	for _, rel := range k.w.Rels {
		w := way{rel, k.w.Direction}
		if len(o.ends[w]) == 0 {
			continue
		}
		for _, id := range level {
			for _, key := range o.lost(w, id) {
				was, _ := o.edge(key, nil)
				take(w, was)
			}
		}
	}
	return reached, nil
}

func (k *walking) subgraph() store.Subgraph {
	sub := store.Subgraph{Hits: k.hits, Truncated: k.truncated}
	for key, e := range k.edges {
		if k.hit[way{key.Rel, k.w.Direction}.far(key)] {
			sub.Edges = append(sub.Edges, e)
		}
	}
	return sub
}
