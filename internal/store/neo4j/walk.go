package neo4j

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/store"
)

// frontier is how many nodes one query expands; it bounds an answer's size.
const frontier = 5_000

// Walk implements store.Reader. It goes level by level, with the server's
// internal ids, which are sure within one transaction, and answers in columns:
// the cost of a walk on Neo4j is the record.
func (s *Store) Walk(ctx context.Context, w store.Walk) (store.Subgraph, error) {
	if err := s.catalog.CheckWalk(w); err != nil {
		return store.Subgraph{}, err
	}
	var g store.Subgraph
	err := s.read(ctx, func(t tx) error {
		run := &walker{tx: t, walk: w, names: map[int64]store.ID{}}
		var err error
		g, err = run.all()
		return err
	})
	return g, err
}

type walker struct {
	tx    tx
	walk  store.Walk
	names map[int64]store.ID // those that are reached, by internal id
	hits  []store.Hit
	links []link
	cut   bool
}

// link is an edge between internal ids.
type link struct {
	near, far int64
	rel       string
	props     map[string]any
}

func (w *walker) all() (store.Subgraph, error) {
	level, err := w.roots()
	for depth := 1; err == nil && len(level) > 0 && len(w.walk.Rels) > 0; depth++ {
		if w.walk.Depth > 0 && depth > w.walk.Depth {
			break
		}
		if level, err = w.expand(level, depth); err != nil {
			break
		}
	}
	return store.Subgraph{Hits: w.hits, Edges: w.edges(), Truncated: w.cut}, err
}

func (w *walker) roots() ([]int64, error) {
	values, err := w.tx.row("UNWIND $ids AS id MATCH (n:Node {id: id}) WITH DISTINCT n RETURN collect(id(n)), collect(n.id)",
		params{"ids": texts(w.walk.Roots)})
	if err != nil {
		return nil, err
	}
	return w.admit(values[0].([]any), values[1].([]any), 0), nil
}

// expand follows the edges of a level and returns the next one.
func (w *walker) expand(level []int64, depth int) ([]int64, error) {
	var next []any
	seen := map[int64]bool{}
	for chunk := range slices.Chunk(level, frontier) {
		columns, err := w.tx.row(w.step(), params{"f": chunk})
		if err != nil {
			return nil, err
		}
		near, far, rels, props := columns[0].([]any), columns[1].([]any), columns[2].([]any), columns[3].([]any)
		for i := range near {
			l := link{near[i].(int64), far[i].(int64), rels[i].(string), props[i].(map[string]any)}
			w.links = append(w.links, l)
			if _, reached := w.names[l.far]; !reached && !seen[l.far] {
				seen[l.far] = true
				next = append(next, l.far)
			}
		}
	}
	return w.name(next, depth)
}

// step reads the edges of many nodes.
func (w *walker) step() string {
	types := quoteAll(w.walk.Rels, "|")
	pattern := fmt.Sprintf("(n)-[r:%s]->(m)", types)
	if w.walk.Direction == store.In {
		pattern = fmt.Sprintf("(n)<-[r:%s]-(m)", types)
	}
	return "UNWIND $f AS i MATCH " + pattern + " WHERE id(n) = i RETURN collect(i), collect(id(m)), collect(type(r)), collect(properties(r))"
}

// name fetches the ids of newly reached nodes and admits them. A node that
// vanished meanwhile has none.
func (w *walker) name(inner []any, depth int) ([]int64, error) {
	var level []int64
	var numbers, ids []any
	for chunk := range slices.Chunk(inner, 10*frontier) {
		values, err := w.tx.row("UNWIND $all AS i MATCH (n) WHERE id(n) = i RETURN collect(i), collect(n.id)", params{"all": chunk})
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, values[0].([]any)...)
		ids = append(ids, values[1].([]any)...)
	}
	if len(numbers) > 0 {
		level = w.admit(numbers, ids, depth)
	}
	return level, nil
}

// admit makes nodes hits, in the order of their ids, as far as the limit goes.
func (w *walker) admit(numbers, ids []any, depth int) []int64 {
	type reached struct {
		number int64
		id     string
	}
	list := make([]reached, len(numbers))
	for i := range numbers {
		list[i] = reached{numbers[i].(int64), ids[i].(string)}
	}
	slices.SortFunc(list, func(a, b reached) int { return strings.Compare(a.id, b.id) })
	if w.walk.Limit > 0 && len(w.hits)+len(list) > w.walk.Limit {
		list = list[:max(0, w.walk.Limit-len(w.hits))]
		w.cut = true
	}
	level := make([]int64, len(list))
	for i, r := range list {
		level[i] = r.number
		w.names[r.number] = store.ID(r.id)
		w.hits = append(w.hits, store.Hit{ID: store.ID(r.id), Depth: depth})
	}
	return level
}

// edges are those found whose both ends are hits.
func (w *walker) edges() []store.Edge {
	list := make([]store.Edge, 0, len(w.links))
	for _, l := range w.links {
		near, ok1 := w.names[l.near]
		far, ok2 := w.names[l.far]
		if !ok1 || !ok2 {
			continue
		}
		if w.walk.Direction == store.In {
			near, far = far, near
		}
		list = append(list, edgeOf(l.rel, near, far, l.props))
	}
	return list
}
