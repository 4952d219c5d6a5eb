package graphgen_test

import (
	"runtime"
	"testing"

	"releasegraph/internal/benchtest"
)

// BenchmarkGraph tells what an item with its five relationships takes in memory.
func BenchmarkGraph(b *testing.B) {
	e := benchtest.Estate(b, benchtest.Items(b), benchtest.Items(b)/10)
	for b.Loop() {
		before := heap()
		g := e.Graph()
		benchtest.AtMost(b, "bytes/item", float64(heap()-before)/float64(e.Spec().Items), 400)
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
