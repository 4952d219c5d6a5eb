package asof_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func openMemory(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Memory, storetest.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

func id(i int) store.ID { return store.ID(fmt.Sprintf("i%02d", i)) }

func needs(from, to int) store.EdgeKey {
	return store.EdgeKey{Rel: "NEEDS", From: id(from), To: id(to)}
}

func item(i int) store.CreateNode {
	return store.CreateNode{ID: id(i), Kind: "Item", Props: store.Props{"key": fmt.Sprint("key-", i), "rank": int64(i % 5)}}
}

// disturb commits changes of all kinds; those that do not fit fail.
func disturb(ctx context.Context, s store.Store, seed uint64, items int) {
	dice := rand.New(rand.NewPCG(seed, 1))
	for n := range 400 {
		a, b := dice.IntN(items), dice.IntN(items)
		ops := [][]store.Op{
			{store.UpdateNode{ID: id(a), Set: store.Props{"rank": int64(n % 7), "note": fmt.Sprint(n)}}},
			{store.UpdateNode{ID: id(a), Set: store.Props{"key": fmt.Sprintf("other-%d-%d", seed, n)}}},
			{store.PutEdge{EdgeKey: needs(a, b), Props: store.Props{"minimum": int64(n)}}},
			{store.RemoveEdge{EdgeKey: needs(a, b)}},
			{store.RemoveNode{ID: id(a)}},
			{item(a)},
		}[dice.IntN(6)]
		_, _ = s.Commit(ctx, store.Changeset{Ops: ops, Actor: "ann", At: at})
	}
}

// answers asks the same questions of a reader, and writes down what it says.
func answers(ctx context.Context, r store.Reader) ([]string, error) {
	related := store.Related{Rel: "NEEDS", Filter: store.Compare{Property: "rank", Op: store.Gte, Value: int64(3)}}
	page, err := r.Find(ctx, store.Query{Kind: "Item", Filter: related, Order: []store.Order{{Property: "rank"}}, First: 7})
	if err != nil {
		return nil, err
	}
	count, err := r.Count(ctx, "Item", related)
	if err != nil {
		return nil, err
	}
	groups, err := r.Aggregate(ctx, store.Aggregation{Kind: "Item", By: []string{"rank"}})
	if err != nil {
		return nil, err
	}
	edges, err := r.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{id(1), id(2)}, Rel: "NEEDS", Kind: "Item", Order: []store.Order{{Property: "key"}}, First: 3})
	if err != nil {
		return nil, err
	}
	walk, err := r.Walk(ctx, store.Walk{Roots: []store.ID{id(1)}, Rels: []string{"NEEDS"}, Depth: 2})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(walk.Edges, func(a, b store.Edge) int { return store.CompareKeys(a.EdgeKey, b.EdgeKey) })
	found, err := r.Lookup(ctx, "Item", "key", "key-1", "key-2")
	if err != nil {
		return nil, err
	}
	whole, err := scanned(ctx, r)
	list := []string{whole}
	for _, answer := range []any{page, count, groups, edges, walk, found} {
		list = append(list, fmt.Sprintf("%+v", answer))
	}
	return list, err
}

func scanned(ctx context.Context, r store.Reader) (string, error) {
	var nodes []store.Node
	var edges []store.Edge
	_, err := r.Scan(ctx, store.Scan{}, func(b store.Batch) error {
		nodes, edges = append(nodes, b.Nodes...), append(edges, b.Edges...)
		return nil
	})
	slices.SortFunc(nodes, func(a, b store.Node) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(edges, func(a, b store.Edge) int { return store.CompareKeys(a.EdgeKey, b.EdgeKey) })
	return fmt.Sprintf("%+v\n%+v", nodes, edges), err
}

func TestThePastStandsStillWhileManyWriteAndRead(t *testing.T) {
	const items = 40
	s := openMemory(t)
	var ops []store.Op
	for i := range items {
		ops = append(ops, item(i))
	}
	for i := range items {
		ops = append(ops, store.PutEdge{EdgeKey: needs(i, i*7%items)}, store.PutEdge{EdgeKey: needs(i, i*3%items)}, store.PutEdge{EdgeKey: needs(1, i)})
	}
	c, err := s.Commit(t.Context(), store.Changeset{Ops: ops, Actor: "ann", At: at})
	if err != nil {
		t.Fatal(err)
	}
	past := asof.New(s, asof.Options{})
	want, err := answers(t.Context(), past.At(c.Revision))
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan struct{})
	var writers, readers sync.WaitGroup
	for seed := range uint64(2) {
		writers.Go(func() { disturb(t.Context(), s, seed, items) })
	}
	for range 2 {
		readers.Go(func() {
			for last := false; !last; {
				select {
				case <-written:
					last = true
				default:
				}
				got, err := answers(t.Context(), past.At(c.Revision))
				if err != nil {
					t.Error(err)
					return
				}
				for i := range got {
					if got[i] != want[i] {
						t.Errorf("got\n%s\nwant\n%s", got[i], want[i])
						return
					}
				}
			}
		})
	}
	writers.Wait()
	close(written)
	readers.Wait()
}

func TestWhatAReaderIsGivenIsItsOwn(t *testing.T) {
	s := openMemory(t)
	commit := func(ops ...store.Op) store.Revision {
		c, err := s.Commit(t.Context(), store.Changeset{Ops: ops, Actor: "ann", At: at})
		if err != nil {
			t.Fatal(err)
		}
		return c.Revision
	}
	then := commit(item(1), item(2), store.PutEdge{EdgeKey: needs(1, 2)})
	commit(store.UpdateNode{ID: id(1), Set: store.Props{"name": "x"}}, store.UpdateNode{ID: id(2), Set: store.Props{"name": "y"}})
	past := asof.New(s, asof.Options{}).At(then)
	for range 2 { // the second time they are kept
		page, err := past.Find(t.Context(), store.Query{Kind: "Item"})
		if err != nil {
			t.Fatal(err)
		}
		edges, err := past.Edges(t.Context(), store.EdgeQuery{Nodes: []store.ID{id(1)}, Rel: "NEEDS", Kind: "Item", Order: []store.Order{{Property: "name"}}})
		if err != nil {
			t.Fatal(err)
		}
		found, err := past.Lookup(t.Context(), "Item", "key", "key-1")
		if err != nil {
			t.Fatal(err)
		}
		search, err := past.Search(t.Context(), store.Search{Text: "key", First: 5})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []store.Node{page.Nodes[0], page.Nodes[1], edges[0].Nodes[0], found["key-1"], search.Hits[0].Node} {
			if n.Props["name"] != nil {
				t.Fatal(n)
			}
			n.Props["name"] = "scribbled"
		}
	}
}
