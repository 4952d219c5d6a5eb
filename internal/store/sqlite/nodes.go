package sqlite

import (
	"context"
	"database/sql/driver"
	"maps"
	"slices"

	"releasegraph/internal/store"
)

// Nodes returns those of the nodes that exist.
func (s *Store) Nodes(ctx context.Context, ids ...store.ID) (map[store.ID]store.Node, error) {
	found := make(map[store.ID]store.Node, len(ids))
	err := s.read(ctx, func(c *conn) error {
		numbers, err := s.numbers(ctx, c, ids)
		if err != nil {
			return err
		}
		return s.nodes(ctx, c, maps.Values(numbers), func(_ int64, n store.Node) { found[n.ID] = n })
	})
	return found, err
}

// Lookup finds nodes of one kind by the values of a unique property.
func (s *Store) Lookup(ctx context.Context, kind, property string, values ...string) (map[string]store.Node, error) {
	if err := s.declared.CheckLookup(kind, property); err != nil {
		return nil, err
	}
	found := make(map[string]store.Node, len(values))
	t := s.layout.kinds[kind]
	wanted, err := list(values)
	if err != nil {
		return nil, err
	}
	find := "SELECT " + t.fields("t") + " FROM json_each(?) j CROSS JOIN " + t.name + " t ON t." + t.named[property].name + " = j.value"
	err = s.read(ctx, func(c *conn) error {
		return c.query(ctx, find, []any{wanted}, func(row []driver.Value) error {
			n, err := t.node(row)
			if err != nil {
				return err
			}
			found[n.Props[property].(string)] = n
			return nil
		})
	})
	return found, err
}

// EdgesBetween returns those of the edges that exist.
func (s *Store) EdgesBetween(ctx context.Context, keys ...store.EdgeKey) (map[store.EdgeKey]store.Edge, error) {
	found := make(map[store.EdgeKey]store.Edge, len(keys))
	err := s.read(ctx, func(c *conn) error {
		ends := map[store.ID]bool{}
		for _, k := range keys {
			ends[k.From], ends[k.To] = true, true
		}
		numbers, err := s.numbers(ctx, c, slices.Collect(maps.Keys(ends)))
		if err != nil {
			return err
		}
		return s.edges(ctx, c, keys, numbers, func(e store.Edge) { found[e.EdgeKey] = e })
	})
	return found, err
}
