package neo4j

import (
	"context"
	"fmt"
	"testing"
	"time"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
)

// Where many edges meet at one node, naming some of them must not walk all of
// them each time: an import of n edges of one node would cost n².
func TestEdgesOfABusyNodeAreFoundFromTheirOtherEnds(t *testing.T) {
	uri, user, password := neo4jtest.Fresh(t)
	s, err := Open(t.Context(), uri, Options{User: user, Password: password}, store.Schema{
		Kinds: []store.KindSchema{{Name: "Item", Properties: []store.Property{{Name: "key", Type: store.String, Unique: true}}}},
		Rels:  []store.RelSchema{{Name: "NEEDS", From: "Item", To: "Item"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	keys := fillHub(t, s, 2_000)[:60]

	err = s.read(t.Context(), func(x tx) error {
		found := map[store.EdgeKey]store.Edge{}
		err := tx{x.ctx, profiler{x.runner, t}}.edgesBetween("NEEDS", keys, found)
		if err == nil && len(found) != len(keys) {
			t.Errorf("%d of %d edges read", len(found), len(keys))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var ops []store.Op
	for _, k := range keys {
		ops = append(ops, store.RemoveEdge{EdgeKey: k})
	}
	err = s.write(t.Context(), func(x tx) error {
		sets := []store.Changeset{{Actor: "ann", At: time.Unix(0, 0).UTC(), Ops: ops}}
		l := &loader{tx: tx{x.ctx, profiler{x.runner, t}}, catalog: s.catalog, state: store.NewState(s.catalog.Declared, sets...), sets: sets}
		if err := l.load(); err != nil {
			return err
		}
		if len(l.loaded.edges) != len(keys) {
			t.Errorf("%d of %d edges loaded", len(l.loaded.edges), len(keys))
		}
		w := &writer{tx: l.tx, catalog: s.catalog, dropped: map[string][]any{}}
		for _, k := range keys {
			w.dropped["NEEDS"] = append(w.dropped["NEEDS"], []any{l.inner[k.From], l.inner[k.To], k.Tag})
		}
		return w.dropEdges()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Removing many nodes asks at once for what still leads to each.
func TestWhatManyRemovalsNeedIsReadInFewRoundTrips(t *testing.T) {
	s := hub(t)
	trips := func(n int) int {
		guards := []store.Guard{store.NoEdges{ID: "hub", Direction: store.In}}
		var ops []store.Op
		for i := range n {
			id := store.ID(fmt.Sprintf("i%04d", i))
			ops, guards = append(ops, store.RemoveNode{ID: id}), append(guards, store.NoEdges{ID: id, Rel: "NEEDS", Direction: store.In})
		}
		sets := []store.Changeset{{Actor: "ann", At: time.Unix(0, 0).UTC(), Ops: ops, Guards: guards}}
		counter := &tripCounter{}
		err := s.read(t.Context(), func(x tx) error {
			counter.runner = x.runner
			l := &loader{tx: tx{x.ctx, counter}, catalog: s.catalog, state: store.NewState(s.catalog.Declared, sets...), sets: sets}
			return l.load()
		})
		if err != nil {
			t.Fatal(err)
		}
		return counter.trips
	}
	if few, many := trips(1), trips(500); many > few {
		t.Errorf("%d round trips for 500 nodes, %d for one", many, few)
	}
}

// fillHub makes a node with so many edges, half of them in.
func fillHub(t *testing.T, s *Store, n int) []store.EdgeKey {
	t.Helper()
	ops := []store.Op{store.CreateNode{ID: "hub", Kind: "Item", Props: store.Props{"key": "hub"}}}
	keys := make([]store.EdgeKey, n)
	for i := range keys {
		id := store.ID(fmt.Sprintf("i%04d", i))
		keys[i] = store.EdgeKey{Rel: "NEEDS", From: id, To: "hub"}
		if i%2 == 1 {
			keys[i].From, keys[i].To = keys[i].To, keys[i].From
		}
		ops = append(ops, store.CreateNode{ID: id, Kind: "Item", Props: store.Props{"key": string(id)}}, store.PutEdge{EdgeKey: keys[i]})
	}
	if _, err := s.Commit(t.Context(), store.Changeset{Actor: "ann", At: time.Unix(0, 0).UTC(), Ops: ops}); err != nil {
		t.Fatal(err)
	}
	return keys
}
