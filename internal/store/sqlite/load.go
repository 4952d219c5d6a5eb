package sqlite

import (
	"context"
	"database/sql/driver"
	"maps"
	"slices"

	"releasegraph/internal/store"
)

// touched is the part of the graph that a change set touches, with the numbers
// of its nodes.
type touched struct {
	*store.State
	numbers map[store.ID]int64
}

// load reads what a change set needs.
func (s *Store) load(ctx context.Context, c *conn, cs store.Changeset) (*touched, error) {
	t := &touched{State: store.NewState(s.declared, cs)}
	needs := t.Needs()
	var err error
	if t.numbers, err = s.numbers(ctx, c, idsOf(needs, cs.Guards)); err != nil {
		return nil, err
	}
	steps := []func(context.Context, *conn, *touched, store.Needs) error{
		s.loadNodes, s.loadEdges, s.loadOut, s.loadProbes, s.loadHolders, s.loadRecent,
	}
	for _, step := range steps {
		if err := step(ctx, c, t, needs); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func idsOf(needs store.Needs, guards []store.Guard) []store.ID {
	all := make(map[store.ID]bool, len(needs.Nodes)+len(needs.Ends))
	for _, id := range needs.Nodes {
		all[id] = true
	}
	for _, id := range needs.Ends {
		all[id] = true
	}
	for _, k := range needs.Edges {
		all[k.From], all[k.To] = true, true
	}
	for _, g := range guards {
		if g, ok := g.(store.NoEdges); ok {
			all[g.ID] = true
		}
	}
	return slices.Collect(maps.Keys(all))
}

func (s *Store) loadNodes(ctx context.Context, c *conn, t *touched, needs store.Needs) error {
	for _, id := range needs.Ends {
		if n, ok := t.numbers[id]; ok {
			t.AddEnd(id, s.layout.byNumber[n>>kindShift].kind)
		}
	}
	whole := func(yield func(int64) bool) {
		for _, id := range needs.Nodes {
			if n, ok := t.numbers[id]; ok && !yield(n) {
				return
			}
		}
	}
	return s.nodes(ctx, c, whole, func(_ int64, n store.Node) { t.AddNode(n) })
}

func (s *Store) loadEdges(ctx context.Context, c *conn, t *touched, needs store.Needs) error {
	return s.edges(ctx, c, needs.Edges, t.numbers, t.AddEdge)
}

// loadOut reads all edges that leave nodes, and the numbers of their far ends.
func (s *Store) loadOut(ctx context.Context, c *conn, t *touched, needs store.Needs) error {
	for _, id := range needs.OutOf {
		n, ok := t.numbers[id]
		if !ok {
			continue
		}
		if err := s.loadOutOf(ctx, c, t, id, n); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) loadOutOf(ctx context.Context, c *conn, t *touched, id store.ID, n int64) error {
	type end struct {
		edge store.Edge
		to   int64
	}
	var found []end
	for rel, number := range s.layout.rels {
		const out = "SELECT dst, tag, version, props FROM edge WHERE rel = ? AND src = ?"
		err := c.query(ctx, out, []any{number, n}, func(row []driver.Value) error {
			props, err := s.decodeEdge(rel, row[3].(string))
			key := store.EdgeKey{Rel: rel, From: id, Tag: row[1].(string)}
			found = append(found, end{store.Edge{EdgeKey: key, Version: row[2].(int64), Props: props}, row[0].(int64)})
			return err
		})
		if err != nil {
			return err
		}
	}
	ids, err := s.ids(ctx, c, func(yield func(int64) bool) {
		for _, f := range found {
			if !yield(f.to) {
				return
			}
		}
	})
	for _, f := range found {
		f.edge.To = ids[f.to]
		t.numbers[f.edge.To] = f.to
		t.AddEdge(f.edge)
	}
	return err
}

func (s *Store) loadProbes(ctx context.Context, c *conn, t *touched, _ store.Needs) error {
	for _, p := range t.Probes() {
		n, ok := t.numbers[p.ID]
		if !ok {
			continue
		}
		keys, err := s.probe(ctx, c, p, n)
		if err != nil {
			return err
		}
		t.AddProbe(p.Probe, keys[:min(len(keys), p.Limit)], int64(len(keys)))
	}
	return nil
}

// probe reads the keys of edges at a node in the order of keys. Numbers are in
// another order than ids, so where there are many it has to see them all.
func (s *Store) probe(ctx context.Context, c *conn, p store.ProbeNeed, n int64) ([]store.EdgeKey, error) {
	near, far := ends(p.Direction)
	limit := ""
	if p.Limit == 1 && !p.Count {
		limit = " LIMIT 1"
	}
	var keys []store.EdgeKey
	var others []int64
	for rel, number := range s.layout.rels {
		if p.Rel != "" && p.Rel != rel {
			continue
		}
		find := "SELECT " + far + ", tag FROM edge WHERE rel = ? AND " + near + " = ?" + limit
		err := c.query(ctx, find, []any{number, n}, func(row []driver.Value) error {
			keys = append(keys, store.EdgeKey{Rel: rel, From: p.ID, To: p.ID, Tag: row[1].(string)})
			others = append(others, row[0].(int64))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	ids, err := s.ids(ctx, c, slices.Values(others))
	for i := range keys {
		if p.Direction == store.In {
			keys[i].From = ids[others[i]]
		} else {
			keys[i].To = ids[others[i]]
		}
	}
	slices.SortFunc(keys, store.CompareKeys)
	return keys, err
}

// ends names the columns of an edge's near and far end.
func ends(d store.Direction) (near, far string) {
	if d == store.In {
		return "dst", "src"
	}
	return "src", "dst"
}

func (s *Store) loadHolders(ctx context.Context, c *conn, t *touched, _ store.Needs) error {
	type place struct{ kind, property string }
	values := map[place][]string{}
	for _, h := range t.Holdings() {
		p := place{h.Kind, h.Property}
		values[p] = append(values[p], h.Value)
	}
	for p, wanted := range values {
		text, err := list(wanted)
		if err != nil {
			return err
		}
		tab := s.layout.kinds[p.kind]
		col := "t." + tab.named[p.property].name
		find := "SELECT " + col + ", t.id FROM json_each(?) j CROSS JOIN " + tab.name + " t ON " + col + " = j.value"
		err = c.query(ctx, find, []any{text}, func(row []driver.Value) error {
			t.AddHolder(store.Holding{Kind: p.kind, Property: p.property, Value: row[0].(string)}, store.ID(row[1].(string)))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) loadRecent(ctx context.Context, c *conn, t *touched, needs store.Needs) error {
	if !needs.Recent {
		return nil
	}
	reaches, err := oldest(ctx, c)
	if err != nil {
		return err
	}
	changes, err := entries(ctx, c, needs.Since, -1, entryPart{effects: store.DecodeUndo})
	t.AddRecent(changes, reaches)
	return err
}
