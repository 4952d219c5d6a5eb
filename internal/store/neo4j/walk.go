package neo4j

import (
	"cmp"
	"context"
	"fmt"
	"slices"

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
		run := &walker{tx: t, walk: w, numbers: map[int64]int32{}}
		var err error
		g, err = run.all()
		return err
	})
	return g, err
}

// walker numbers what it reaches in the order of reaching, roots first, so
// that an edge costs one look-up.
type walker struct {
	tx      tx
	walk    store.Walk
	numbers map[int64]int32 // by internal id
	reached []reached
	links   []link
	cut     bool
}

type reached struct {
	inner int64
	id    store.ID // empty: not asked for yet, or vanished
	depth int
	out   bool // beyond the limit
}

// link is an edge between numbers.
type link struct {
	near, far int32
	rel       string
	props     map[string]any
}

func (w *walker) all() (store.Subgraph, error) {
	if err := w.roots(); err != nil {
		return store.Subgraph{}, err
	}
	begin := 0
	for depth := 1; begin < len(w.reached) && len(w.walk.Rels) > 0; depth++ {
		if w.walk.Depth > 0 && depth > w.walk.Depth {
			break
		}
		end := len(w.reached)
		if err := w.expand(begin, end, depth); err != nil {
			return store.Subgraph{}, err
		}
		begin = end
	}
	if err := w.name(0); err != nil {
		return store.Subgraph{}, err
	}
	return store.Subgraph{Hits: w.hits(), Edges: w.edges(), Truncated: w.cut}, nil
}

func (w *walker) roots() error {
	values, err := w.tx.row("UNWIND $ids AS id MATCH (n:Node {id: id}) WITH DISTINCT n RETURN collect(id(n))", params{"ids": texts(w.walk.Roots)})
	if err != nil {
		return err
	}
	for _, inner := range values[0].([]any) {
		w.reach(inner.(int64), 0)
	}
	return w.admit(0)
}

func (w *walker) reach(inner int64, depth int) int32 {
	n, again := w.numbers[inner]
	if !again {
		n = int32(len(w.reached))
		w.numbers[inner] = n
		w.reached = append(w.reached, reached{inner: inner, depth: depth})
	}
	return n
}

// expand follows the edges of a level, which are the numbers from begin to end.
func (w *walker) expand(begin, end, depth int) error {
	cypher := w.step()
	for ; begin < end; begin += frontier {
		var from []int64
		var position []int32
		for n := begin; n < min(begin+frontier, end); n++ {
			if !w.reached[n].out {
				from, position = append(from, w.reached[n].inner), append(position, int32(n))
			}
		}
		columns, err := w.tx.columns(cypher, params{"f": from})
		if err != nil {
			return err
		}
		near, far, rels, props := columns[0], columns[1], columns[2], columns[3]
		w.links = slices.Grow(w.links, len(near))
		for i := range near {
			w.links = append(w.links, link{
				near: position[near[i].(int64)], far: w.reach(far[i].(int64), depth),
				rel: rels[i].(string), props: props[i].(map[string]any),
			})
		}
	}
	return w.admit(end)
}

// step reads the edges of many nodes. The near end is named by its position.
func (w *walker) step() string {
	types := quoteAll(w.walk.Rels, "|")
	pattern := fmt.Sprintf("(n)-[r:%s]->(m)", types)
	if w.walk.Direction == store.In {
		pattern = fmt.Sprintf("(n)<-[r:%s]-(m)", types)
	}
	return "UNWIND range(0, size($f) - 1) AS k WITH k, $f[k] AS i MATCH " + pattern +
		" WHERE id(n) = i RETURN collect(k), collect(id(m)), collect(type(r)), collect(properties(r))"
}

// admit holds the nodes from a number on to the limit: those with the lowest
// ids stay.
func (w *walker) admit(begin int) error {
	if w.walk.Limit == 0 {
		return nil
	}
	if err := w.name(begin); err != nil {
		return err
	}
	room := w.walk.Limit
	var level []int
	for n, r := range w.reached {
		switch {
		case n < begin && !r.out:
			room--
		case n >= begin && r.id != "":
			level = append(level, n)
		}
	}
	slices.SortFunc(level, func(a, b int) int { return cmp.Compare(w.reached[a].id, w.reached[b].id) })
	for i, n := range level {
		if i >= room {
			w.reached[n].out = true
			w.cut = true
		}
	}
	return nil
}

// name fetches the ids of the nodes from a number on that have none yet. One
// that vanished meanwhile stays without.
func (w *walker) name(begin int) error {
	var unnamed []int64
	for _, r := range w.reached[begin:] {
		if r.id == "" {
			unnamed = append(unnamed, r.inner)
		}
	}
	for chunk := range slices.Chunk(unnamed, 10*frontier) {
		columns, err := w.tx.columns("UNWIND $all AS i MATCH (n) WHERE id(n) = i RETURN collect(i), collect(n.id)", params{"all": chunk})
		if err != nil {
			return err
		}
		for i, inner := range columns[0] {
			w.reached[w.numbers[inner.(int64)]].id = store.ID(columns[1][i].(string))
		}
	}
	return nil
}

func (w *walker) hits() []store.Hit {
	list := make([]store.Hit, 0, len(w.reached))
	for _, r := range w.reached {
		if !r.out && r.id != "" {
			list = append(list, store.Hit{ID: r.id, Depth: r.depth})
		}
	}
	slices.SortFunc(list, func(a, b store.Hit) int { return cmp.Or(cmp.Compare(a.Depth, b.Depth), cmp.Compare(a.ID, b.ID)) })
	return list
}

// edges are those found whose both ends are hits.
func (w *walker) edges() []store.Edge {
	list := make([]store.Edge, 0, len(w.links))
	for _, l := range w.links {
		near, far := w.reached[l.near], w.reached[l.far]
		if near.out || far.out || near.id == "" || far.id == "" {
			continue
		}
		if w.walk.Direction == store.In {
			near, far = far, near
		}
		list = append(list, edgeOf(l.rel, near.id, far.id, l.props))
	}
	return list
}
