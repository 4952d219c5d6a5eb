package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"strings"
	"time"

	"releasegraph/internal/store"
)

// fixedColumns come first in every row of a node.
const fixedColumns = 6

// fields lists what node reads, of the table under an alias.
func (t *table) fields(alias string) string {
	var b strings.Builder
	for i, name := range []string{"n", "id", "version", "created", "updated", "open"} {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(alias + "." + name)
	}
	for _, c := range t.columns {
		b.WriteString(", " + alias + "." + c.name)
	}
	return b.String()
}

// width is how many columns fields has.
func (t *table) width() int { return fixedColumns + len(t.columns) }

// node makes a node of a row of fields.
func (t *table) node(row []driver.Value) (store.Node, error) {
	n := store.Node{
		ID: store.ID(row[1].(string)), Kind: t.kind, Version: row[2].(int64),
		CreatedAt: time.UnixMicro(row[3].(int64)).UTC(), UpdatedAt: time.UnixMicro(row[4].(int64)).UTC(),
		Props: make(store.Props, len(t.columns)),
	}
	if open, ok := row[5].(string); ok {
		if err := decodeOpen(open, n.Props); err != nil {
			return n, err
		}
	}
	for i, c := range t.columns {
		stored := row[fixedColumns+i]
		if stored == nil {
			continue
		}
		v, err := fromColumn(c.property.Type, stored)
		if err != nil {
			return n, err
		}
		n.Props[c.property.Name] = v
	}
	return n, nil
}

// row returns the row of a node.
func (t *table) row(number int64, n *store.Node) ([]any, error) {
	open, err := encodeOpen(t.open, n.Props)
	if err != nil {
		return nil, err
	}
	args := make([]any, 0, t.width())
	args = append(args, number, string(n.ID), n.Version, n.CreatedAt.UnixMicro(), n.UpdatedAt.UnixMicro(), open)
	for _, col := range t.columns {
		v, err := toColumn(n.Props[col.property.Name])
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	return args, nil
}

// list is a JSON array, to join with by json_each.
func list[T any](values []T) (string, error) {
	b, err := json.Marshal(values)
	return string(b), err
}

// numbers finds the numbers of nodes. Ids without a node are left out.
func (s *Store) numbers(ctx context.Context, c *conn, ids []store.ID) (map[store.ID]int64, error) {
	found := make(map[store.ID]int64, len(ids))
	wanted, err := list(ids)
	if err != nil || len(ids) == 0 {
		return found, err
	}
	const find = "SELECT node.id, node.n FROM json_each(?) j CROSS JOIN node ON node.id = j.value"
	err = c.query(ctx, find, []any{wanted}, func(row []driver.Value) error {
		n := row[1].(int64)
		if s.layout.byNumber[n>>kindShift] != nil {
			found[store.ID(row[0].(string))] = n
		}
		return nil
	})
	return found, err
}

// byTable sorts numbers of nodes by the table that holds them.
func (s *Store) byTable(numbers func(yield func(int64) bool)) map[*table][]int64 {
	sorted := map[*table][]int64{}
	for n := range numbers {
		if t := s.layout.byNumber[n>>kindShift]; t != nil {
			sorted[t] = append(sorted[t], n)
		}
	}
	return sorted
}

// ids finds the ids of nodes by their numbers.
func (s *Store) ids(ctx context.Context, c *conn, numbers func(yield func(int64) bool)) (map[int64]store.ID, error) {
	found := map[int64]store.ID{}
	for t, group := range s.byTable(numbers) {
		wanted, err := list(group)
		if err != nil {
			return nil, err
		}
		find := "SELECT t.n, t.id FROM json_each(?) j CROSS JOIN " + t.name + " t ON t.n = j.value"
		err = c.query(ctx, find, []any{wanted}, func(row []driver.Value) error {
			found[row[0].(int64)] = store.ID(row[1].(string))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// nodes reads whole nodes by their numbers.
func (s *Store) nodes(ctx context.Context, c *conn, numbers func(yield func(int64) bool), visit func(n int64, node store.Node)) error {
	for t, group := range s.byTable(numbers) {
		wanted, err := list(group)
		if err != nil {
			return err
		}
		find := "SELECT " + t.fields("t") + " FROM json_each(?) j CROSS JOIN " + t.name + " t ON t.n = j.value"
		err = c.query(ctx, find, []any{wanted}, func(row []driver.Value) error {
			node, err := t.node(row)
			visit(row[0].(int64), node)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
