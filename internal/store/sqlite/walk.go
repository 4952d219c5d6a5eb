package sqlite

import (
	"cmp"
	"context"
	"database/sql/driver"
	"maps"
	"slices"

	"releasegraph/internal/store"
)

// walker goes breadth first over the numbers of nodes.
type walker struct {
	*Store
	ctx    context.Context
	c      *conn
	w      store.Walk
	depths map[int64]int
	ids    map[int64]store.ID
	hits   []store.Hit
	edges  []arc
	cut    bool
}

// arc is an edge between numbers.
type arc struct {
	edge      store.Edge
	near, far int64
}

// Walk returns what can be reached from some nodes.
func (s *Store) Walk(ctx context.Context, w store.Walk) (store.Subgraph, error) {
	var answer store.Subgraph
	if err := s.declared.CheckWalk(w); err != nil {
		return answer, err
	}
	err := s.read(ctx, func(c *conn) error {
		k := &walker{Store: s, ctx: ctx, c: c, w: w, depths: map[int64]int{}, ids: map[int64]store.ID{}}
		if err := k.run(); err != nil {
			return err
		}
		answer = store.Subgraph{Hits: k.hits, Edges: k.among(), Truncated: k.cut}
		return nil
	})
	return answer, err
}

func (k *walker) run() error {
	roots, err := k.numbers(k.ctx, k.c, k.w.Roots)
	if err != nil {
		return err
	}
	level, err := k.admit(slices.Collect(maps.Values(roots)), 0)
	if err != nil {
		return err
	}
	for depth := 0; len(level) > 0 && (k.w.Depth == 0 || depth < k.w.Depth); depth++ {
		reached, err := k.expand(level)
		if err != nil {
			return err
		}
		if level, err = k.admit(reached, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// admit makes hits of nodes that were reached for the first time, in order of
// their ids, as far as the limit allows.
func (k *walker) admit(reached []int64, depth int) ([]int64, error) {
	names, err := k.Store.ids(k.ctx, k.c, slices.Values(reached))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(reached, func(a, b int64) int { return cmp.Compare(names[a], names[b]) })
	if room := k.w.Limit - len(k.hits); k.w.Limit > 0 && len(reached) > room {
		reached, k.cut = reached[:room], true
	}
	for _, n := range reached {
		k.depths[n], k.ids[n] = depth, names[n]
		k.hits = append(k.hits, store.Hit{ID: names[n], Depth: depth})
	}
	return reached, nil
}

// expand follows the edges of one level, and lists what is new.
func (k *walker) expand(level []int64) ([]int64, error) {
	var reached []int64
	seen := map[int64]bool{}
	near, far := ends(k.w.Direction)
	for _, rel := range slices.Compact(slices.Sorted(slices.Values(k.w.Rels))) {
		number := k.layout.rels[rel]
		text := "SELECT " + far + ", tag, version, props FROM edge WHERE rel = ? AND " + near + " = ?"
		for _, n := range level {
			err := k.c.query(k.ctx, text, []any{number, n}, func(row []driver.Value) error {
				other := row[0].(int64)
				if _, known := k.depths[other]; !known && !seen[other] {
					seen[other] = true
					reached = append(reached, other)
				}
				props, err := k.decodeEdge(rel, row[3].(string))
				edge := store.Edge{EdgeKey: store.EdgeKey{Rel: rel, Tag: row[1].(string)}, Version: row[2].(int64), Props: props}
				k.edges = append(k.edges, arc{edge, n, other})
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return reached, nil
}

// among gives the edges whose far end is a hit as well.
func (k *walker) among() []store.Edge {
	var list []store.Edge
	for _, a := range k.edges {
		if _, hit := k.depths[a.far]; !hit {
			continue
		}
		a.edge.From, a.edge.To = k.ids[a.near], k.ids[a.far]
		if k.w.Direction == store.In {
			a.edge.From, a.edge.To = a.edge.To, a.edge.From
		}
		list = append(list, a.edge)
	}
	return list
}
