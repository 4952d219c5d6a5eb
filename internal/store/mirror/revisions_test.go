package mirror_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/store"
	"releasegraph/internal/store/mirror"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

const purses, coins = 6, 100

// Each change set moves rank from one item to another, and hangs one edge of the
// hub elsewhere: in every whole revision the sum and the number of edges are the
// same.
func TestReadersBesideWritersSeeOnlyWholeRevisionsAtOnce(t *testing.T) {
	for name, options := range map[string]mirror.Options{"by looking": {}, "by indexes": {Few: -1}} {
		t.Run(name, func(t *testing.T) {
			s := overSQLite(t, storetest.Schema(), options)
			commit(t, s, hub()...)
			rapid.Check(t, func(rt *rapid.T) {
				moves := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, purses-1), 3, 12), 2, 3).Draw(rt, "moves")
				asks := rapid.SliceOfN(rapid.IntRange(0, 5), 4, 20).Draw(rt, "asks")
				var writers, readers sync.WaitGroup
				done := make(chan struct{})
				for _, to := range moves {
					writers.Go(func() { write(t, s, to) })
				}
				for range 2 {
					readers.Go(func() {
						for i := 0; ; i++ {
							ask(t, s, asks[i%len(asks)])
							select {
							case <-done:
								return
							default:
							}
						}
					})
				}
				writers.Wait()
				close(done)
				readers.Wait()
			})
		})
	}
}

func hub() []store.Op {
	ops := []store.Op{store.CreateNode{ID: "hub", Kind: "Item", Props: store.Props{"key": "hub", "rank": int64(0)}}}
	for i := range purses {
		id := purse(i)
		ops = append(ops, store.CreateNode{ID: id, Kind: "Item", Props: store.Props{"key": string(id), "rank": int64(coins), "live": i%2 == 0}})
	}
	for i := range coins {
		ops = append(ops, store.PutEdge{EdgeKey: hung(i, i%purses)})
	}
	return ops
}

func purse(i int) store.ID { return store.ID(fmt.Sprintf("purse%d", i)) }

func hung(coin, at int) store.EdgeKey {
	return store.EdgeKey{Rel: "NEEDS", From: "hub", To: purse(at), Tag: fmt.Sprint(coin)}
}

func commit(t *testing.T, s store.Store, ops ...store.Op) store.Change {
	t.Helper()
	c, err := s.Commit(context.Background(), store.Changeset{Ops: ops, Actor: "ann", Source: "test", At: noon})
	require.NoError(t, err)
	return c
}

// write moves a coin from where it hangs, and sees what it wrote.
func write(t *testing.T, s store.Store, to []int) {
	ctx := context.Background()
	for i, to := range to {
		pages, err := s.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{"hub"}, Rel: "NEEDS", First: 1 + i*7})
		if err != nil {
			t.Error(err)
			return
		}
		edges := pages[0].Edges
		old := edges[len(edges)-1].EdgeKey
		moved := old
		moved.To = purse(to)
		if moved == old {
			continue
		}
		nodes, err := s.Nodes(ctx, old.To, moved.To)
		if err != nil {
			t.Error(err)
			return
		}
		from, into := nodes[old.To], nodes[moved.To]
		change, err := s.Commit(ctx, store.Changeset{
			Ops: []store.Op{
				store.RemoveEdge{EdgeKey: old}, store.PutEdge{EdgeKey: moved},
				store.UpdateNode{ID: from.ID, Set: store.Props{"rank": from.Props["rank"].(int64) - 1, "live": !from.Props["live"].(bool)}},
				store.UpdateNode{ID: into.ID, Set: store.Props{"rank": into.Props["rank"].(int64) + 1}},
			},
			Guards: []store.Guard{store.NodeAt{ID: from.ID, Version: from.Version}, store.NodeAt{ID: into.ID, Version: into.Version}, store.EdgeAt{EdgeKey: old, Version: 1}},
			Actor:  "ann", Source: "test", At: noon,
		})
		if err != nil {
			continue // another was first
		}
		now, err := s.EdgesBetween(ctx, moved, old)
		if err != nil {
			t.Error(err)
		}
		if _, there := now[moved]; !there && stillAt(t, s, change.Revision) {
			t.Errorf("revision %d is not seen by who wrote it", change.Revision)
		}
	}
}

// stillAt reports whether nothing was committed since.
func stillAt(t *testing.T, s store.Store, r store.Revision) bool {
	head, err := s.Head(context.Background())
	require.NoError(t, err)
	return head == r
}

// ask asks one question, whose answer is the same in all whole revisions.
func ask(t *testing.T, s store.Store, question int) {
	ctx := context.Background()
	var got, want int64 = 0, purses * coins
	var err error
	switch question {
	case 0, 1:
		var page store.Page
		q := store.Query{Kind: "Item", Filter: store.Compare{Property: "rank", Op: store.Gt, Value: int64(0)}}
		if question == 1 {
			q.Order = []store.Order{{Property: "live"}, {Property: "rank", Descending: true}}
		}
		page, err = s.Find(ctx, q)
		for _, n := range page.Nodes {
			got += n.Props["rank"].(int64)
		}
	case 2:
		var counts []int64
		counts, err = s.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{"hub"}, Rel: "NEEDS"})
		got, want = counts[0], coins
	case 3:
		ids := []store.ID{"hub"}
		for i := range purses {
			ids = append(ids, purse(i))
		}
		var counts []int64
		counts, err = s.CountEdges(ctx, store.EdgeQuery{
			Nodes: ids, Rel: "NEEDS", Direction: store.In, Kind: "Item", Filter: store.Compare{Property: "key", Op: store.Eq, Value: "hub"},
		})
		for _, n := range counts {
			got += n
		}
		want = coins
	case 4:
		var groups []store.Group
		groups, err = s.Aggregate(ctx, store.Aggregation{Kind: "Item", By: []string{"rank"}})
		for _, g := range groups {
			if rank, ok := g.Values[0].(int64); ok {
				got += rank * g.Count
			}
		}
	case 5:
		_, err = s.Scan(ctx, store.Scan{}, func(b store.Batch) error {
			for _, n := range b.Nodes {
				got += n.Props["rank"].(int64)
			}
			return nil
		})
	}
	if err != nil {
		t.Error(err)
	}
	if got != want {
		t.Errorf("question %d is answered by a revision that is not whole: %d, want %d", question, got, want)
	}
}

// A change that another process commits is seen by who was told of its revision.
func TestWhatAnotherCommitsIsSeenOnceItsRevisionIsKnown(t *testing.T) {
	path := t.TempDir() + "/shared.db"
	open := func() store.Store {
		s, err := sqlite.Open(context.Background(), path, storetest.Schema(), sqlite.Options{})
		require.NoError(t, err)
		return s
	}
	one := over(t, open(), mirror.Options{})
	other := open()
	t.Cleanup(func() { require.NoError(t, other.Close(context.Background())) })
	for i := range 20 {
		id := purse(i)
		commit(t, other, store.CreateNode{ID: id, Kind: "Item", Props: store.Props{"key": string(id)}})
		_, err := one.Head(t.Context())
		require.NoError(t, err)
		found, err := one.Lookup(t.Context(), "Item", "key", string(id))
		require.NoError(t, err)
		require.Len(t, found, 1)
	}
}
