package neo4j

import (
	"context"
	"fmt"
	"strings"

	"releasegraph/internal/store"
)

// Aggregate implements store.Reader.
func (s *Store) Aggregate(ctx context.Context, a store.Aggregation) ([]store.Group, error) {
	if err := s.catalog.CheckAggregation(a); err != nil {
		return nil, err
	}
	b := s.builder()
	sc := scope{variable: "n", kinds: []string{a.Kind}}
	cypher := fmt.Sprintf("MATCH (n:%s)%s ", quote(a.Kind), b.filtered(a.Filter, sc))
	var columns, order []string
	for i, name := range a.By {
		column := fmt.Sprintf("v%d", i)
		columns = append(columns, b.property(name, sc)+" AS "+column)
		order = append(order, column) // null comes last, strings bytewise
	}
	cypher += "RETURN " + strings.Join(append(columns, "count(*) AS c"), ", ") +
		" ORDER BY " + strings.Join(append([]string{"c DESC"}, order...), ", ")
	var groups []store.Group
	err := s.read(ctx, func(t tx) error {
		groups = nil
		records, err := t.rows(cypher, b.params)
		for _, r := range records {
			if g := groupOf(r.Values); g.Count > 0 { // without columns the server counts to 0
				groups = append(groups, g)
			}
		}
		return err
	})
	return groups, err
}

func groupOf(row []any) store.Group {
	g := store.Group{Count: row[len(row)-1].(int64)}
	for _, v := range row[:len(row)-1] {
		g.Values = append(g.Values, value(v))
	}
	return g
}
