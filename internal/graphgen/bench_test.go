package graphgen_test

import (
	"runtime"
	"testing"

	"releasegraph/internal/graphgen"
)

// BenchmarkGraph tells what an item with its five relationships takes in memory.
func BenchmarkGraph(b *testing.B) {
	e, err := graphgen.Generate(graphgen.Spec{Seed: 1, Items: 100_000, Reach: 10_000})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		before := heap()
		g := e.Graph()
		b.ReportMetric(float64(heap()-before)/float64(e.Spec().Items), "bytes/item")
		b.ReportMetric(float64(g.Bytes())/float64(e.Spec().Items), "estimated-bytes/item")
		runtime.KeepAlive(g)
	}
}

// heap is what lives on it.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
