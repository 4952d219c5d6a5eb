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
	var groups []store.Group
	err := s.asking(a.Filter)(ctx, func(t tx) error {
		groups = nil
		counted := a
		var err error
		if counted.Filter, err = s.settle(t, a.Kind, a.Filter); err != nil {
			return err
		}
		records, err := t.rows(s.counting(counted))
		for _, r := range records {
			groups = append(groups, groupOf(r.Values))
		}
		return err
	})
	return groups, err
}

// counting answers with a record for each group.
func (s *Store) counting(a store.Aggregation) (string, params) {
	b := s.builder()
	sc := scope{variable: "n", kinds: []string{a.Kind}}
	cypher := fmt.Sprintf("MATCH (n:%s)%s ", quote(a.Kind), b.filtered(a.Filter, sc))
	var columns, values []string
	for i, name := range a.By {
		value := fmt.Sprintf("v%d", i)
		columns = append(columns, b.property(name, sc)+" AS "+value)
		values = append(values, value)
	}
	// null comes last, strings bytewise; without columns the server counts to 0.
	cypher += "WITH " + strings.Join(append(columns, "count(*) AS c"), ", ") + " WHERE c >= " + b.param(max(a.AtLeast, 1)) +
		" RETURN " + strings.Join(append(values, "c"), ", ") + " ORDER BY " + strings.Join(append([]string{"c DESC"}, values...), ", ")
	return cypher, b.params
}

func groupOf(row []any) store.Group {
	g := store.Group{Count: row[len(row)-1].(int64)}
	for _, v := range row[:len(row)-1] {
		g.Values = append(g.Values, value(v))
	}
	return g
}
