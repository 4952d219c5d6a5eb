package sqlite

import (
	"context"
	"database/sql/driver"

	"releasegraph/internal/store"
)

const (
	edgeQuery = "SELECT src, dst, tag, version, props FROM edge WHERE rel = ? AND src = ? AND dst = ? AND tag = ?"
	edgeRange = "SELECT src, dst, tag, version, props FROM edge WHERE rel = ? AND src BETWEEN ? AND ?" + limited
	// fewEdges are sooner looked up one by one than searched for in a range.
	fewEdges = 16
)

// spot is where an edge stands in its relationship.
type spot struct {
	src, dst int64
	tag      string
}

// edges reads those of the edges that exist, given the numbers of their ends.
func (s *Store) edges(ctx context.Context, c *conn, keys []store.EdgeKey, numbers map[store.ID]int64, visit func(store.Edge)) error {
	wanted := map[string]map[spot]store.EdgeKey{}
	for _, k := range keys {
		from, ok1 := numbers[k.From]
		to, ok2 := numbers[k.To]
		if _, ok := s.layout.rels[k.Rel]; !ok || !ok1 || !ok2 {
			continue
		}
		if wanted[k.Rel] == nil {
			wanted[k.Rel] = make(map[spot]store.EdgeKey, len(keys))
		}
		wanted[k.Rel][spot{from, to, k.Tag}] = k
	}
	for rel, spots := range wanted {
		found, err := s.edgesAt(ctx, c, s.layout.rels[rel], spots)
		if err != nil {
			return err
		}
		for _, e := range found {
			visit(e)
		}
	}
	return ctx.Err()
}

// edgesAt reads those of the edges of a relationship that exist. What an import
// puts in one change set mostly leaves neighbours, between which there is
// little else: one query for them all then costs less than one for each.
func (s *Store) edgesAt(ctx context.Context, c *conn, rel int64, wanted map[spot]store.EdgeKey) ([]store.Edge, error) {
	if len(wanted) > fewEdges {
		found, all, err := s.edgesWithin(ctx, c, rel, wanted)
		if all || err != nil {
			return found, err
		}
	}
	var found []store.Edge
	for at := range wanted {
		err := c.query(ctx, edgeQuery, []any{rel, at.src, at.dst, at.tag}, func(row []driver.Value) error {
			return s.addEdge(&found, wanted, row)
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// edgesWithin reads the range of nodes that the edges leave, unless many more
// edges are there than wanted.
func (s *Store) edgesWithin(ctx context.Context, c *conn, rel int64, wanted map[spot]store.EdgeKey) (found []store.Edge, all bool, err error) {
	first, last := int64(-1), int64(0)
	for at := range wanted {
		if first < 0 || at.src < first {
			first = at.src
		}
		last = max(last, at.src)
	}
	room := 2 * len(wanted)
	err = c.query(ctx, edgeRange, []any{rel, first, last, int64(room)}, func(row []driver.Value) error {
		room--
		return s.addEdge(&found, wanted, row)
	})
	return found, room > 0, err
}

// addEdge adds the edge of a row, if it is wanted.
func (s *Store) addEdge(found *[]store.Edge, wanted map[spot]store.EdgeKey, row []driver.Value) error {
	key, ok := wanted[spot{row[0].(int64), row[1].(int64), row[2].(string)}]
	if !ok {
		return nil
	}
	props, err := s.decodeEdge(key.Rel, row[4].(string))
	*found = append(*found, store.Edge{EdgeKey: key, Version: row[3].(int64), Props: props})
	return err
}
