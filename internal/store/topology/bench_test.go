package topology_test

import (
	"runtime"
	"testing"

	"releasegraph/internal/benchtest"
	"releasegraph/internal/entity"
	"releasegraph/internal/store/topology"
)

// BenchmarkLoad tells how long the topology takes to be ready over a SQLite
// file, and what an item with its five relationships takes in memory. The goal
// of five seconds is that of a million items, and in proportion below.
func BenchmarkLoad(b *testing.B) {
	items := benchtest.Items(b)
	beneath := benchtest.Open(b, benchtest.Estate(b, items, items/10))
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
		benchtest.AtMost(b, "bytes/item", float64(heap()-before)/float64(items), 400)
		closeStore(b, s)
		b.StartTimer()
	}
	benchtest.AtMost(b, "s", b.Elapsed().Seconds()/float64(b.N), 5*float64(items)/1e6)
}

// heap is what lives on it. What a pool holds goes with the second collection.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
