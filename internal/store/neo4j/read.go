package neo4j

import (
	"context"
	"fmt"

	"releasegraph/internal/store"
)

// Nodes implements store.Reader.
func (s *Store) Nodes(ctx context.Context, ids ...store.ID) (map[store.ID]store.Node, error) {
	found := make(map[store.ID]store.Node, len(ids))
	if len(ids) == 0 {
		return found, ctx.Err()
	}
	err := s.ask(ctx, func(t tx) error {
		clear(found)
		return t.nodes(ids, found)
	})
	return found, err
}

// nodes reads those of the nodes that exist.
func (t tx) nodes(ids []store.ID, found map[store.ID]store.Node) error {
	records, err := t.rows("UNWIND $ids AS id MATCH (n:Node {id: id}) RETURN n", params{"ids": texts(ids)})
	if err != nil {
		return err
	}
	for _, r := range records {
		n, err := decodeNode(r.Values[0])
		if err != nil {
			return err
		}
		found[n.ID] = n
	}
	return nil
}

// Lookup implements store.Reader.
func (s *Store) Lookup(ctx context.Context, kind, property string, values ...string) (map[string]store.Node, error) {
	if err := s.catalog.CheckLookup(kind, property); err != nil {
		return nil, err
	}
	found := make(map[string]store.Node, len(values))
	if len(values) == 0 {
		return found, ctx.Err()
	}
	cypher := fmt.Sprintf("UNWIND $values AS v MATCH (n:%s) WHERE n.%s = v RETURN v, n", quote(kind), quote(property))
	err := s.ask(ctx, func(t tx) error {
		clear(found)
		records, err := t.rows(cypher, params{"values": values})
		if err != nil {
			return err
		}
		for _, r := range records {
			if found[r.Values[0].(string)], err = decodeNode(r.Values[1]); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

// Count implements store.Reader.
func (s *Store) Count(ctx context.Context, kind string, f store.Filter) (int64, error) {
	if err := s.catalog.CheckFilter(kind, f); err != nil {
		return 0, err
	}
	var count int64
	err := s.asking(f)(ctx, func(t tx) (err error) {
		count, err = s.count(t, kind, f)
		return err
	})
	return count, err
}

func (s *Store) count(t tx, kind string, f store.Filter) (int64, error) {
	f, err := s.settle(t, kind, f)
	if err != nil {
		return 0, err
	}
	b, in := s.builder(), scope{variable: "n", kinds: []string{kind}}
	values, err := t.row(fmt.Sprintf("MATCH (n:%s)%s%s RETURN count(n)", quote(kind), b.openHint(f, in), b.filtered(f, in)), b.params)
	if err != nil {
		return 0, err
	}
	return values[0].(int64), nil
}

// filtered writes a WHERE of a filter and further conditions, none for none.
func (b *builder) filtered(f store.Filter, s scope, more ...string) string {
	if f != nil {
		more = append(more, b.where(f, s))
	}
	text := ""
	for i, m := range more {
		if i == 0 {
			text = " WHERE " + m
			continue
		}
		text += " AND " + m
	}
	return text
}
