package topology_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"releasegraph/internal/entity"
	"releasegraph/internal/graphgen"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/topology"
)

// BenchmarkLoad tells how long the topology takes to be ready over a SQLite
// file, and what an item with its five relationships takes in memory.
// RELEASEGRAPH_BENCH_ITEMS sets how many items there are.
func BenchmarkLoad(b *testing.B) {
	items := benchItems(b)
	beneath := filled(b, items)
	for b.Loop() {
		b.StopTimer()
		before := heap()
		b.StartTimer()
		s, err := topology.Open(b.Context(), unclosed{beneath}, entity.TopologyCodec{}, topology.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Graph(b.Context(), 0); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		b.ReportMetric(float64(heap()-before)/float64(items), "bytes/item")
		closeStore(b, s)
		b.StartTimer()
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/load")
	b.ReportMetric(float64(items), "items")
}

func benchItems(b *testing.B) int {
	b.Helper()
	text := os.Getenv("RELEASEGRAPH_BENCH_ITEMS")
	if text == "" {
		return 10_000
	}
	items, err := strconv.Atoi(text)
	if err != nil {
		b.Fatalf("RELEASEGRAPH_BENCH_ITEMS: %v", err)
	}
	return items
}

// filled is a store in a file that holds a generated estate.
func filled(b *testing.B, items int) store.Store {
	b.Helper()
	ctx := context.Background()
	estate, err := graphgen.Generate(graphgen.Spec{Seed: 1, Items: items, Reach: items / 10})
	if err != nil {
		b.Fatal(err)
	}
	beneath, err := sqlite.Open(ctx, filepath.Join(b.TempDir(), "bench.db"), entity.Schema(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { closeStore(b, beneath) })
	if err := estate.Fill(ctx, beneath, graphgen.FillOptions{At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}); err != nil {
		b.Fatal(err)
	}
	return beneath
}

// heap is what lives on it.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
