package neo4j

import (
	"context"
	"fmt"
	"testing"
	"time"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
)

// Each of so many items needs the hub.
const hubUsers = 1_500

func hub(t *testing.T) *Store {
	t.Helper()
	uri, user, password := neo4jtest.Emptied(t)
	s, err := Open(t.Context(), uri, Options{User: user, Password: password}, store.Schema{
		Kinds: []store.KindSchema{{Name: "Item", Properties: []store.Property{{Name: "key", Type: store.String, Unique: true}}}},
		Rels:  []store.RelSchema{{Name: "NEEDS", From: "Item", To: "Item"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	ops := []store.Op{store.CreateNode{ID: "hub", Kind: "Item", Props: store.Props{"key": "hub"}}}
	for i := range hubUsers {
		id := store.ID(fmt.Sprintf("i%04d", i))
		ops = append(ops, store.CreateNode{ID: id, Kind: "Item", Props: store.Props{"key": string(id)}},
			store.PutEdge{EdgeKey: store.EdgeKey{Rel: "NEEDS", From: id, To: "hub"}})
	}
	if _, err := s.Commit(t.Context(), store.Changeset{Actor: "ann", At: time.Unix(0, 0).UTC(), Ops: ops}); err != nil {
		t.Fatal(err)
	}
	return s
}

// through leads from each item to the hub, from there to all items, and so on.
func through(relationships int, key string) store.Filter {
	var f store.Filter = store.Compare{Property: "key", Op: store.Contains, Value: key}
	for i := range relationships {
		f = store.Related{Rel: "NEEDS", Direction: store.Direction((relationships - i + 1) % 2), Filter: f}
	}
	return f
}

// Looked at at each item, a hub's edges would be gone through as often as it has
// edges: millions of hits.
func TestAFilterThroughAHubCostsTheSumOfItsLevels(t *testing.T) {
	s := hub(t)
	counter := &hitCounter{}
	most := func(what string, relationships int64) {
		t.Helper()
		if counter.hits > relationships*10*hubUsers {
			t.Errorf("%s: %d hits", what, counter.hits)
		}
		counter.hits = 0
	}
	err := s.read(t.Context(), func(x tx) error {
		counter.runner = x.runner
		x.runner = counter
		for _, asked := range []struct {
			relationships int
			key           string
			want          int64
		}{{2, "i0", hubUsers}, {2, "zz", 0}, {3, "hub", hubUsers}, {3, "zz", 0}} {
			count, err := s.count(x, "Item", through(asked.relationships, asked.key))
			if err != nil || count != asked.want {
				t.Errorf("%+v: %d items (%v)", asked, count, err)
			}
			most("a count", int64(asked.relationships))
		}
		q := store.EdgeQuery{Nodes: []store.ID{"hub"}, Rel: "NEEDS", Direction: store.In, Filter: through(2, "zz")}
		f, err := s.edgeFinder(q)
		if err != nil {
			return err
		}
		pages, err := f.pages(x)
		if err != nil || len(pages[0].Nodes) != 0 {
			t.Errorf("%d edges (%v)", len(pages[0].Nodes), err)
		}
		most("edges", 3)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.Find(t.Context(), store.Query{Kind: "Item", Filter: through(2, "zz"), First: 10})
	if err != nil || len(page.Nodes) != 0 {
		t.Errorf("%d items (%v)", len(page.Nodes), err)
	}
}

func TestWhatWouldBeTooManyToHoldIsLookedAtAtEachNode(t *testing.T) {
	s := hub(t)
	err := s.read(t.Context(), func(x tx) error {
		for room, held := range map[int]int{10: 1, hubUsers + 1: hubUsers + 1} {
			r := &settler{store: s, tx: x, room: room}
			f, err := r.each("Item", through(3, "hub"), r.beyond)
			if err != nil {
				return err
			}
			if room-r.room != held {
				t.Errorf("with room for %d nodes, %d are held", room, room-r.room)
			}
			b := s.builder()
			values, err := x.row("MATCH (n:Item)"+b.filtered(f, scope{variable: "n", kinds: []string{"Item"}})+" RETURN count(n)", b.params)
			if err != nil {
				return err
			}
			if values[0].(int64) != hubUsers {
				t.Errorf("%d items", values[0])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
