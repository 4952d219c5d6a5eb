package neo4j

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
)

// Once a property is indexed, a filter on it reads few nodes of many.
func TestAnIndexedAttributeIsFoundByItsIndex(t *testing.T) {
	uri, user, password := neo4jtest.Fresh(t)
	s, err := Open(t.Context(), uri, Options{User: user, Password: password}, store.Schema{Kinds: []store.KindSchema{{
		Name: "Item", OpenPrefix: "attributes.", Properties: []store.Property{{Name: "key", Type: store.String, Unique: true}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	var ops []store.Op
	for i := range 5_000 {
		ops = append(ops, store.CreateNode{ID: store.ID(fmt.Sprintf("%05d", i)), Kind: "Item", Props: store.Props{"key": fmt.Sprintf("k%05d", i), "attributes.ram": fmt.Sprint(i)}})
	}
	if _, err := s.Commit(t.Context(), store.Changeset{Actor: "ann", At: time.Unix(0, 0).UTC(), Ops: ops}); err != nil {
		t.Fatal(err)
	}
	is := func(op store.Operator, v any) store.Filter {
		return store.Compare{Property: "attributes.ram", Op: op, Value: v}
	}
	filters := map[string]store.Filter{
		"a number": is(store.Eq, 64.0), "numbers": is(store.OneOf, []any{64.0, 65.0}), "more": is(store.Gte, 4_990.0),
		"a range": store.And{is(store.Gt, 9.0), is(store.Lt, 12.0)},
		"a text":  is(store.Eq, "64"), "texts": is(store.OneOf, []any{"64", "65"}), "texts from": is(store.Gte, "999"), "texts that begin": is(store.StartsWith, "499"),
	}
	if hits := s.hitsOf(t, store.Query{Kind: "Item", Filter: filters["a number"], First: 20}); hits < 5_000 {
		t.Errorf("%d hits without an index", hits)
	}
	if err := s.IndexOpen(t.Context(), "Item", []string{"attributes.ram"}); err != nil {
		t.Fatal(err)
	}
	for name, f := range filters {
		for _, order := range [][]store.Order{nil, {{Property: "key"}}} {
			if hits := s.hitsOf(t, store.Query{Kind: "Item", Filter: f, Order: order, First: 20}); hits > 500 {
				t.Errorf("%s, by %v: %d hits", name, order, hits)
			}
		}
	}
}

// hitsOf counts what a page reads of the database.
func (s *Store) hitsOf(t *testing.T, q store.Query) int64 {
	t.Helper()
	f, err := s.finder(q)
	if err != nil {
		t.Fatal(err)
	}
	counter := &hitCounter{}
	err = s.read(t.Context(), func(x tx) error {
		counter.runner = x.runner
		_, err := f.page(tx{x.ctx, counter})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return counter.hits
}

// hitCounter counts the hits of all that runs through it.
type hitCounter struct {
	runner
	hits int64
}

func (c *hitCounter) Run(ctx context.Context, cypher string, values map[string]any) (neo4j.ResultWithContext, error) {
	result, err := c.runner.Run(ctx, strings.Replace(cypher, "CYPHER 5 ", "CYPHER 5 PROFILE ", 1), values)
	if err != nil {
		return nil, err
	}
	summary, err := result.Consume(ctx)
	if err != nil {
		return nil, err
	}
	_, hits := operatorsOf(summary.Profile())
	c.hits += hits
	return c.runner.Run(ctx, cypher, values)
}
