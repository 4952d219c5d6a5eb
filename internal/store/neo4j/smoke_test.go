package neo4j_test

import (
	"fmt"
	"testing"

	"releasegraph/internal/store"
)

func TestSmoke(t *testing.T) {
	s := open(t)
	c := commit(t, s, item("a", store.Props{"name": "A", "users": int64(3), "attributes.tier": "1"}), item("b", store.Props{"name": "B"}), item("c", nil),
		store.CreateNode{ID: "par", Kind: "Site", Props: store.Props{"key": "par-1"}},
		store.PutEdge{EdgeKey: dependsOn("a", "b"), Props: store.Props{"impact": "FULL"}},
		store.PutEdge{EdgeKey: dependsOn("b", "c")},
		store.PutEdge{EdgeKey: store.EdgeKey{Rel: "INSTALLED_AT", From: "a", To: "par", Tag: "x"}, Props: store.Props{"version": "1"}})
	fmt.Printf("%+v\n", c)
	c = commit(t, s, store.UpdateNode{ID: "a", Set: store.Props{"name": "AA", "users": nil}})
	fmt.Printf("%+v\n", c)
	n, err := s.Nodes(t.Context(), "a", "b", "zz")
	fmt.Printf("%+v %v\n", n, err)
	for _, o := range [][]store.Order{nil, {{Property: "name"}}, {{Property: "name", Descending: true}}, {{Property: "key"}}, {{Property: "users"}, {Property: "name"}}, {{Property: "version", Descending: true}}} {
		for _, q := range []store.Query{{First: 2}, {Last: 2}, {}} {
			q.Kind, q.Order = "ConfigurationItem", o
			p, err := s.Find(t.Context(), q)
			if err != nil {
				t.Fatal(o, err)
			}
			for _, n := range p.Nodes {
				fmt.Print(n.ID, " ")
			}
			fmt.Println(o, q.First, q.Last, p.HasNext, p.HasPrevious)
			if len(p.Cursors) > 0 {
				q.After = p.Cursors[0]
				p, err = s.Find(t.Context(), q)
				fmt.Println("   ", len(p.Nodes), p.HasNext, p.HasPrevious, err)
			}
		}
	}
	fmt.Println(s.Count(t.Context(), "ConfigurationItem", store.Not{Filter: store.Compare{Property: "name", Op: store.Lt, Value: "\U0001F600"}}))
	fmt.Println(s.Count(t.Context(), "ConfigurationItem", store.Related{Rel: "DEPENDS_ON", Filter: store.Compare{Property: "name", Op: store.Eq, Value: "B"}}))
	e, err := s.Edges(t.Context(), store.EdgeQuery{Nodes: []store.ID{"a", "q"}, Rel: "DEPENDS_ON", First: 1, Order: []store.Order{{Property: "name"}}})
	fmt.Printf("%+v %v\n", e, err)
	fmt.Println(s.CountEdges(t.Context(), store.EdgeQuery{Nodes: []store.ID{"a", "q"}, Rel: "DEPENDS_ON", Direction: store.Out}))
	fmt.Println(s.EdgesBetween(t.Context(), dependsOn("a", "b"), dependsOn("b", "a")))
	fmt.Println(s.Walk(t.Context(), store.Walk{Roots: []store.ID{"c"}, Rels: []string{"DEPENDS_ON"}, Direction: store.In}))
	fmt.Println(s.Aggregate(t.Context(), store.Aggregation{Kind: "ConfigurationItem", By: []string{"name", "users"}}))
	fmt.Println(s.Head(t.Context()))
	ch, err := s.Changes(t.Context(), 0, 10)
	fmt.Printf("%+v %v\n", ch, err)
	_, err = s.Commit(t.Context(), store.Changeset{Actor: "x", At: moment, Ops: []store.Op{store.RemoveNode{ID: "b"}}})
	fmt.Println(err)
	commit(t, s, store.RemoveEdge{EdgeKey: dependsOn("a", "b")}, store.RemoveNode{ID: "b"})
	fmt.Println(s.Scan(t.Context(), store.Scan{}, func(b store.Batch) error { fmt.Printf("%+v\n", b); return nil }))
	fmt.Println(s.Scan(t.Context(), store.Scan{Keep: []string{"name"}}, func(b store.Batch) error { fmt.Printf("%+v\n", b); return nil }))
}
