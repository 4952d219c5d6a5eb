package neo4j

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
)

// profiler profiles all that runs through it.
type profiler struct {
	runner
	t *testing.T
}

func (p profiler) Run(ctx context.Context, cypher string, values map[string]any) (neo4j.ResultWithContext, error) {
	result, err := p.runner.Run(ctx, strings.Replace(cypher, "CYPHER 5 ", "CYPHER 5 PROFILE ", 1), values)
	if err != nil {
		return nil, err
	}
	summary, err := result.Consume(ctx)
	if err != nil {
		return nil, err
	}
	operators, hits := operatorsOf(summary.Profile())
	for _, bad := range []string{"Sort", "Top", "PartialSort", "PartialTop", "NodeByLabelScan", "AllNodesScan"} {
		if slices.Contains(operators, bad) {
			p.t.Errorf("%s: %v\n%s", bad, operators, cypher)
		}
	}
	if hits > 2_000 {
		p.t.Errorf("%d hits: %v\n%s", hits, operators, cypher)
	}
	return p.runner.Run(ctx, cypher, values)
}

func operatorsOf(p neo4j.ProfiledPlan) (list []string, hits int64) {
	list, hits = []string{strings.TrimSuffix(p.Operator(), "@neo4j")}, p.DbHits()
	for _, c := range p.Children() {
		more, h := operatorsOf(c)
		list, hits = append(list, more...), hits+h
	}
	return list, hits
}

func TestPagesComeFromAnIndexWithoutSorting(t *testing.T) {
	uri, user, password := neo4jtest.Fresh(t)
	s, err := Open(t.Context(), uri, Options{User: user, Password: password}, store.Schema{Kinds: []store.KindSchema{{Name: "Item", Properties: []store.Property{
		{Name: "key", Type: store.String, Unique: true},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	var ops []store.Op
	for i := range 5_000 {
		props := store.Props{}
		if i%2 == 0 { // the others come last, and are found by id
			props = store.Props{"key": fmt.Sprintf("k%05d", i*7919%5_000)}
		}
		ops = append(ops, store.CreateNode{ID: store.ID(fmt.Sprintf("%05d", i)), Kind: "Item", Props: props})
	}
	if _, err := s.Commit(t.Context(), store.Changeset{Actor: "ann", At: time.Unix(0, 0).UTC(), Ops: ops}); err != nil {
		t.Fatal(err)
	}
	for _, property := range []string{"id", "key"} {
		for _, descending := range []bool{false, true} {
			order := []store.Order{{Property: property, Descending: descending}}
			profilePages(t, s, store.Query{Kind: "Item", Order: order, First: 20})
			profilePages(t, s, store.Query{Kind: "Item", Order: order, Last: 20})
		}
	}
}

// profilePages profiles the first page and the one after it.
func profilePages(t *testing.T, s *Store, q store.Query) {
	t.Helper()
	for range 2 {
		f, err := s.finder(q)
		if err != nil {
			t.Fatal(err)
		}
		var page store.Page
		err = s.read(t.Context(), func(x tx) (err error) {
			page, err = f.page(tx{x.ctx, profiler{x.runner, t}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Nodes) != 20 {
			t.Fatalf("%d nodes", len(page.Nodes))
		}
		if q.First > 0 {
			q.After = page.Cursors[19]
		} else {
			q.Before = page.Cursors[0]
		}
	}
}
