package sqlite_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"releasegraph/internal/benchtest"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func id(i int) store.ID { return store.ID(fmt.Sprintf("01953f5e-0000-7000-8000-%012d", i)) }

func bulk(ops []store.Op) store.Changeset {
	return store.Changeset{Ops: ops, Actor: "bench", Source: "import", At: at}
}

// graph lists the operations that make a graph, nodes first.
func graph(size int) []store.Op {
	dice := rand.New(rand.NewPCG(1, 2))
	ops := make([]store.Op, 0, 6*size)
	for i := range size {
		ops = append(ops, store.CreateNode{ID: id(i), Kind: "Item", Props: store.Props{
			"key": fmt.Sprintf("item-%d", i), "name": fmt.Sprintf("Item number %d", i*7919%size), "rank": int64(i % 5),
			"weight": float64(i), "live": i%2 == 0, "note": "made for a benchmark",
		}})
	}
	for i := range size {
		for range 5 {
			key := store.EdgeKey{Rel: "NEEDS", From: id(i), To: id(dice.IntN(size)), Tag: fmt.Sprint(dice.IntN(1000))}
			ops = append(ops, store.PutEdge{EdgeKey: key, Props: store.Props{
				"kind": "USES", "minimum": int64(1), "share": 0.5, "hard": true, "since": at,
			}})
		}
	}
	return ops
}

const perSet = 10_000

func fill(b testing.TB, s store.Store, ops []store.Op) {
	b.Helper()
	for start := 0; start < len(ops); start += perSet {
		if _, err := s.Commit(context.Background(), bulk(ops[start:min(start+perSet, len(ops))])); err != nil {
			b.Fatal(err)
		}
	}
}

func openBench(b *testing.B, path string) *sqlite.Store {
	b.Helper()
	s, err := sqlite.Open(context.Background(), path, storetest.Schema(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

// BenchmarkCommitBulk commits a graph in sets of 10,000 operations; beside it,
// bare inserts put the same rows into the same tables.
func BenchmarkCommitBulk(b *testing.B) {
	ops := graph(benchtest.Items(b))
	own, bare := math.Inf(1), math.Inf(1)
	for b.Loop() {
		from, to := filepath.Join(b.TempDir(), "own.db"), filepath.Join(b.TempDir(), "bare.db")
		start := time.Now()
		s := openBench(b, from)
		fill(b, s, ops)
		_ = s.Close(context.Background())
		own = min(own, time.Since(start).Seconds())
		b.StopTimer()
		_ = openBench(b, to).Close(context.Background())
		bare = min(bare, benchtest.Bare(b, from, to))
		b.StartTimer()
	}
	benchtest.Beside(b, "ops/s", float64(len(ops))/own, float64(len(ops))/bare)
}

// BenchmarkScan reads a whole graph, with what a topology keeps of it.
func BenchmarkScan(b *testing.B) {
	items := benchtest.Items(b)
	s := benchtest.Open(b, benchtest.Estate(b, items, items/10))
	records := 0
	for b.Loop() {
		records = 0
		_, err := s.Scan(b.Context(), entity.TopologyCodec{}.Scan(), func(batch store.Batch) error {
			records += len(batch.Nodes) + len(batch.Edges)
			return nil
		})
		if err != nil || records < items {
			b.Fatal(records, err)
		}
	}
	b.ReportMetric(float64(records*b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkPage reads pages of 50 from the middle of an order, and beside it
// those of an estate of 10,000 items.
func BenchmarkPage(b *testing.B) {
	const few = 10_000
	small := benchtest.Open(b, benchtest.Estate(b, few, few/10))
	items := benchtest.Items(b)
	large := benchtest.Open(b, benchtest.Estate(b, items, items/10))
	for _, o := range []store.Order{{Property: "key"}, {Property: "name", Descending: true}, {Property: "class"}, {Property: "criticality", Descending: true}} {
		b.Run(fmt.Sprintf("%s/descending=%v/%d", o.Property, o.Descending, items), func(b *testing.B) {
			own, baseline := pages(b, large, o), pages(b, small, o)
			figure, base := benchtest.Turns(b, own, baseline)
			benchtest.RatioAtMost(b, "best-s", figure/pagesAtOnce, base/pagesAtOnce, 1.2)
		})
	}
}

// pagesAtOnce is how many pages are read for one measurement.
const pagesAtOnce = 20

// pages reads some pages, from the middle of the order on.
func pages(b *testing.B, s store.Store, o store.Order) func() {
	b.Helper()
	half := store.Compare{Property: o.Property, Op: store.Gte, Value: middle[o.Property]}
	if o.Descending {
		half.Op = store.Lte
	}
	q := store.Query{Kind: domain.KindConfigurationItem, Order: []store.Order{o}, First: 50, Filter: half}
	start, err := s.Find(b.Context(), q)
	if err != nil {
		b.Fatal(err)
	}
	return func() {
		q := q
		q.Filter, q.After = nil, start.Cursors[49]
		for range pagesAtOnce {
			page, err := s.Find(b.Context(), q)
			if err != nil || len(page.Nodes) != 50 {
				b.Fatal(len(page.Nodes), err)
			}
			q.After = page.Cursors[49]
		}
	}
}

// middle is what stands about in the middle of an order.
var middle = map[string]any{"key": "prg-", "name": "Server 5", "class": "PROGRAM", "criticality": int64(2)}
