package neo4j_test

import (
	"math"
	"testing"
	"time"

	"releasegraph/internal/benchtest"
	"releasegraph/internal/store"
)

// BenchmarkPage reads pages of 50 from the middle of an order of 100,000 items,
// and beside it those of the same database when it held a tenth of them.
func BenchmarkPage(b *testing.B) {
	const few, many, step = 10_000, 100_000, 5_000
	s := open(b)
	grow := func(from, to int) {
		for start := from; start < to; start += step {
			commit(b, s, itemOps(start, start+step)...)
		}
	}
	grow(0, few)
	baseline := bestPage(b, s, few/2)
	grow(few, many)
	figure := math.Inf(1)
	for b.Loop() {
		figure = min(figure, bestPage(b, s, many/2))
	}
	benchtest.RatioAtMost(b, "best-s", figure, baseline, 1.2)
}

// bestPage is the best time of some pages from an item on, in seconds.
func bestPage(b *testing.B, s store.Store, from int) float64 {
	b.Helper()
	const warm, pages = 50, 200
	half := store.Compare{Property: "key", Op: store.Gte, Value: "key-" + id(from)}
	q := store.Query{Kind: "ConfigurationItem", Order: []store.Order{{Property: "key"}}, First: 50, Filter: half}
	page, err := s.Find(b.Context(), q)
	if err != nil {
		b.Fatal(err)
	}
	first := page.Cursors[len(page.Cursors)-1]
	q.Filter, q.After = nil, first
	best := math.Inf(1)
	for n := range warm + pages {
		start := time.Now()
		page, err := s.Find(b.Context(), q)
		if err != nil || len(page.Nodes) != q.First {
			b.Fatal(len(page.Nodes), err)
		}
		if n >= warm {
			best = min(best, time.Since(start).Seconds())
		}
		if q.After = page.Cursors[q.First-1]; n%50 == 49 {
			q.After = first
		}
	}
	return best
}
