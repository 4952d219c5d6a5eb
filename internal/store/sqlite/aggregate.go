package sqlite

import (
	"context"
	"database/sql/driver"
	"slices"
	"strings"

	"releasegraph/internal/store"
)

// Aggregate counts by fields.
func (s *Store) Aggregate(ctx context.Context, a store.Aggregation) ([]store.Group, error) {
	if err := s.declared.CheckAggregation(a); err != nil {
		return nil, err
	}
	c := &compiler{Store: s, few: s.declared.NamesNodes(a.Kind, a.Filter)}
	t := s.layout.kinds[a.Kind]
	text := "SELECT count(*)"
	types := make([]store.Type, len(a.By))
	exprs := make([]string, len(a.By))
	for i, name := range a.By {
		exprs[i], types[i] = t.expr("t", name)
		text += ", " + exprs[i]
	}
	where, err := c.where(a.Filter, c.nodeScope(a.Kind, "t"))
	if err != nil {
		return nil, err
	}
	text += " FROM " + t.name + " t WHERE " + where
	if len(exprs) > 0 {
		text += " GROUP BY " + strings.Join(exprs, ", ")
	}
	text += " HAVING count(*) >= " + c.arg(max(a.AtLeast, 1))
	groups := []store.Group{}
	err = s.read(ctx, func(conn *conn) error {
		return conn.query(ctx, text, c.args, func(row []driver.Value) error {
			g := store.Group{Count: row[0].(int64), Values: make([]any, len(a.By))}
			for i := range a.By {
				var err error
				if g.Values[i], err = fromColumn(types[i], row[i+1]); err != nil {
					return err
				}
			}
			groups = append(groups, g)
			return nil
		})
	})
	slices.SortFunc(groups, store.CompareGroups)
	return groups, err
}
