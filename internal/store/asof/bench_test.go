package asof_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"releasegraph/internal/benchtest"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/graphgen"
	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/topology"
)

func openFile(b *testing.B) *sqlite.Store {
	b.Helper()
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "graph.db"), entity.Schema(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

func set(ops ...store.Op) store.Changeset {
	return store.Changeset{Ops: ops, Actor: "bench", Source: "bench", At: benchtest.At}
}

// renamed commits so many change sets, each of which renames an item.
func renamed(b *testing.B, s store.Store, ids []store.ID, changes int) {
	b.Helper()
	const writers = 64
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := w; i < changes; i += writers {
				name := fmt.Sprintf("Renamed by change %d", i)
				op := store.UpdateNode{ID: ids[i%len(ids)], Set: store.Props{"name": name}}
				if _, err := s.Commit(context.Background(), set(op)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkHistory reads the history of an item with ten entries in a log of as
// many change sets as there are items asked for (the goal is set for 800,000),
// and beside it in a log of a hundredth.
func BenchmarkHistory(b *testing.B) {
	changes := benchtest.Items(b)
	long, short := logged(b, changes), logged(b, changes/100)
	figure, base := benchtest.Turns(b, histories(b, long), histories(b, short))
	benchtest.RatioAtMost(b, "best-s", figure/100, base/100, 1.5)
}

// logged makes a log of so many change sets. Ten, spread over it, are of item 0.
func logged(b *testing.B, changes int) store.Store {
	b.Helper()
	s := openFile(b)
	var ops []store.Op
	var ids []store.ID
	for i := range 1000 {
		ids = append(ids, itemID(i))
		ops = append(ops, store.CreateNode{ID: ids[i], Kind: domain.KindConfigurationItem, Props: store.Props{
			"key": fmt.Sprint("item-", i), "name": fmt.Sprint("Item ", i),
		}})
	}
	if _, err := s.Commit(b.Context(), set(ops...)); err != nil {
		b.Fatal(err)
	}
	for part := range 9 {
		renamed(b, s, ids[1:], changes/9)
		cs := set(store.UpdateNode{ID: ids[0], Set: store.Props{"name": fmt.Sprint("Item 0 in part ", part)}})
		if _, err := s.Commit(b.Context(), cs); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

func itemID(i int) store.ID { return store.ID(fmt.Sprintf("01953f5e-0000-7000-8000-%012d", i)) }

func histories(b *testing.B, s store.Store) func() {
	return func() {
		for range 100 {
			pages, err := s.History(b.Context(), store.HistoryQuery{Nodes: []store.ID{itemID(0)}})
			if err != nil || len(pages[0].Changes) != 10 {
				b.Fatal(len(pages[0].Changes), err)
			}
		}
	}
}

// BenchmarkAsOf reads a page of 50 items as of a revision after which 10, 1,000
// and 100,000 change sets were committed: at first, when the changes since have
// to be read, and then again; it makes the graph as of then, and tells what
// changed since.
func BenchmarkAsOf(b *testing.B) {
	items := benchtest.Items(b)
	e := benchtest.Estate(b, items, items/10)
	s := openFile(b)
	if err := e.Fill(b.Context(), s, graphgen.FillOptions{At: benchtest.At}); err != nil {
		b.Fatal(err)
	}
	then, err := s.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	page, err := s.Find(b.Context(), store.Query{Kind: domain.KindConfigurationItem, First: 5000})
	if err != nil {
		b.Fatal(err)
	}
	var ids []store.ID
	for _, n := range page.Nodes {
		ids = append(ids, n.ID)
	}
	done := 0
	for _, changes := range []int{10, 1000, 100_000} {
		renamed(b, s, ids, changes-done)
		done = changes
		b.Run(fmt.Sprintf("first/%d", changes), func(b *testing.B) {
			for b.Loop() {
				readPage(b, asof.At(s, then))
			}
		})
		b.Run(fmt.Sprintf("again/%d", changes), func(b *testing.B) {
			h := asof.New(s, asof.Options{})
			readPage(b, h.At(then))
			for b.Loop() {
				readPage(b, h.At(then))
			}
		})
		b.Run(fmt.Sprintf("graph/%d", changes), func(b *testing.B) { benchGraph(b, s, then) })
		b.Run(fmt.Sprintf("diff/%d", changes), func(b *testing.B) { benchDiff(b, s, then) })
	}
}

// benchDiff tells what changed since a revision; the baseline only reads the
// log's entries since.
func benchDiff(b *testing.B, s store.Store, then store.Revision) {
	head, err := s.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	figure, base := benchtest.Turns(b, func() {
		if d, err := asof.Diff(b.Context(), s, then, head); err != nil || d.Len() == 0 {
			b.Fatal(err)
		}
	}, func() {
		for after := then; after < head; {
			changes, err := s.Changes(b.Context(), after, 1000)
			if err != nil || len(changes) == 0 {
				b.Fatal(len(changes), err)
			}
			after = changes[len(changes)-1].Revision
		}
	})
	benchtest.Beside(b, "best-s", figure, base)
}

func readPage(b *testing.B, r store.Reader) {
	b.Helper()
	page, err := r.Find(b.Context(), store.Query{Kind: domain.KindConfigurationItem, Order: []store.Order{{Property: "key"}}, First: 50})
	if err != nil || len(page.Nodes) != 50 {
		b.Fatal(len(page.Nodes), err)
	}
}

// unclosed is a store that someone else closes.
type unclosed struct{ store.Store }

func (unclosed) Close(context.Context) error { return nil }

// benchGraph makes the graph as of a revision, each time over a topology that
// has made none.
func benchGraph(b *testing.B, s store.Store, then store.Revision) {
	for b.Loop() {
		b.StopTimer()
		over, err := topology.Open(b.Context(), unclosed{s}, entity.TopologyCodec{}, topology.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := over.Graph(b.Context(), 0); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := over.GraphAt(b.Context(), then); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = over.Close(context.Background())
		b.StartTimer()
	}
}
