package mirror

import (
	"context"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"releasegraph/internal/store"
)

// Walk returns what can be reached from some nodes.
func (s *Store) Walk(ctx context.Context, w store.Walk) (store.Subgraph, error) {
	snapshot, ok := s.view(ctx, w.Rels...)
	if !ok || snapshot.without != nil {
		return s.Store.Walk(ctx, w)
	}
	if err := s.Declared().CheckWalk(w); err != nil {
		return store.Subgraph{}, err
	}
	k := walking{reader: newReader(ctx, snapshot), w: w, hit: roaring.New()}
	for _, rel := range w.Rels {
		if r := k.relations[k.relOf[rel]]; !slices.Contains(k.rels, r) {
			k.rels = append(k.rels, r)
		}
	}
	k.walk()
	k.join()
	return k.answer, k.err
}

// walking answers one Walk.
type walking struct {
	*reader
	w      store.Walk
	rels   []*relation
	hit    *roaring.Bitmap
	hits   []uint32
	depths []int
	answer store.Subgraph
}

func (k *walking) walk() {
	var level []uint32
	for _, id := range k.w.Roots {
		if row, found := k.row(string(id)); found && k.hit.CheckedAdd(row) {
			level = append(level, row)
		}
	}
	for depth := 0; len(level) > 0 && k.err == nil; depth++ {
		first := len(k.hits)
		k.take(level, depth)
		if !k.expands(depth) || k.answer.Truncated {
			return
		}
		level = level[:0]
		for _, row := range k.hits[first:] {
			for _, r := range k.rels {
				for _, a := range r.arcs[k.w.Direction].of(row) {
					if k.hit.CheckedAdd(a.far) {
						level = append(level, a.far)
					}
					if !k.step() {
						return
					}
				}
			}
		}
	}
}

// take adds a level to the hits, by id, as far as the limit allows.
func (k *walking) take(level []uint32, depth int) {
	slices.SortFunc(level, func(a, b uint32) int { return strings.Compare(k.rows.at(a).id(), k.rows.at(b).id()) })
	if room := k.w.Limit - len(k.hits); k.w.Limit > 0 && len(level) > room {
		k.answer.Truncated = true
		for _, row := range level[room:] {
			k.hit.Remove(row)
		}
		level = level[:room]
	}
	for _, row := range level {
		k.hits, k.depths = append(k.hits, row), append(k.depths, depth)
		k.answer.Hits = append(k.answer.Hits, store.Hit{ID: store.ID(k.rows.at(row).id()), Depth: depth})
	}
}

// expands tells whether hits of this depth are looked beyond.
func (k *walking) expands(depth int) bool { return k.w.Depth == 0 || depth < k.w.Depth }

// join lists the edges of the answer.
func (k *walking) join() {
	for i, row := range k.hits {
		if !k.expands(k.depths[i]) {
			return
		}
		for _, r := range k.rels {
			for _, a := range r.arcs[k.w.Direction].of(row) {
				if k.hit.Contains(a.far) {
					k.answer.Edges = append(k.answer.Edges, r.edge(k.w.Direction, k.rows.at(row).id(), k.rows.at(a.far).id(), a.label))
				}
				if !k.step() {
					return
				}
			}
		}
	}
}
