package sqlite_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

// The size of the benchmarks' graphs, in nodes; each has five edges.
var nodes = flag.Int("store.nodes", 10_000, "nodes in the benchmarks' graphs")

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
	ops := graph(*nodes)
	b.Run("commit", func(b *testing.B) {
		for b.Loop() {
			s := openBench(b, filepath.Join(b.TempDir(), "a.db"))
			fill(b, s, ops)
		}
		b.ReportMetric(float64(len(ops)*b.N)/b.Elapsed().Seconds(), "ops/s")
	})
	source := filepath.Join(b.TempDir(), "source.db")
	s := openBench(b, source)
	fill(b, s, ops)
	_ = s.Close(context.Background())
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			copyRows(b, source, filepath.Join(b.TempDir(), "b.db"))
		}
		b.ReportMetric(float64(len(ops)*b.N)/b.Elapsed().Seconds(), "ops/s")
	})
}

// copyRows inserts the rows of all tables into an empty store's file, one
// prepared insert a row, in transactions as large as the commits'.
func copyRows(b *testing.B, from, to string) {
	s := openBench(b, to)
	_ = s.Close(context.Background())
	source, err := sql.Open("sqlite", from)
	if err != nil {
		b.Fatal(err)
	}
	defer source.Close()
	target, err := sql.Open("sqlite", "file:"+to+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=cache_size(-131072)")
	if err != nil {
		b.Fatal(err)
	}
	defer target.Close()
	target.SetMaxOpenConns(1)
	for _, table := range []string{"node", "k_Item", "edge", "log"} {
		copyTable(b, source, target, table)
	}
}

func copyTable(b *testing.B, source, target *sql.DB, table string) {
	rows, err := source.Query("SELECT * FROM " + table)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	names, _ := rows.Columns()
	values, places := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		places[i] = &values[i]
	}
	var tx *sql.Tx
	var insert *sql.Stmt
	for n := 0; rows.Next(); n++ {
		if n%perSet == 0 {
			if tx != nil {
				_ = tx.Commit()
			}
			if tx, err = target.Begin(); err != nil {
				b.Fatal(err)
			}
			insert, err = tx.Prepare("INSERT INTO " + table + " VALUES (" + marks(len(names)) + ")")
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := rows.Scan(places...); err != nil {
			b.Fatal(err)
		}
		if _, err := insert.Exec(values...); err != nil {
			b.Fatal(err)
		}
	}
	if tx != nil {
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
}

func marks(n int) string {
	s := "?"
	for range n - 1 {
		s += ", ?"
	}
	return s
}

// BenchmarkScan reads a whole graph.
func BenchmarkScan(b *testing.B) {
	s := openBench(b, filepath.Join(b.TempDir(), "a.db"))
	fill(b, s, graph(*nodes))
	b.ResetTimer()
	for b.Loop() {
		edges := 0
		_, err := s.Scan(context.Background(), store.Scan{Keep: []string{"key", "name", "rank", "live", "kind", "minimum", "share", "hard", "since"}},
			func(batch store.Batch) error { edges += len(batch.Edges); return nil })
		if err != nil || edges == 0 {
			b.Fatal(edges, err)
		}
	}
	b.ReportMetric(float64(6**nodes*b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkPage reads a page of 50 from the middle of an order, of a small
// store and of one a hundred times as large when asked so by -store.nodes.
func BenchmarkPage(b *testing.B) {
	for _, size := range []int{10_000, *nodes} {
		s := openBench(b, filepath.Join(b.TempDir(), fmt.Sprint(size)))
		fill(b, s, graph(size)[:size])
		for _, o := range []store.Order{{Property: "name"}, {Property: "rank"}, {Property: "rank", Descending: true}} {
			b.Run(fmt.Sprintf("%s/descending=%v/%d", o.Property, o.Descending, size), func(b *testing.B) {
				q := store.Query{Kind: "Item", Order: []store.Order{o}, First: 50}
				for b.Loop() {
					page, err := s.Find(context.Background(), q)
					if err != nil || len(page.Nodes) != 50 {
						b.Fatal(err)
					}
					q.After = page.Cursors[49]
					if !page.HasNext {
						q.After = ""
					}
				}
			})
		}
	}
}
