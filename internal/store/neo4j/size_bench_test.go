package neo4j_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"releasegraph/internal/benchtest"
	"releasegraph/internal/store"
)

// BenchmarkSize asks a database for pages of 50 from the middle of an order, for
// what words find and for counts by a field, and beside it the same of the
// database when it held a tenth of the items. The goal is the page's: it costs
// the same in either. Counting reads every item.
func BenchmarkSize(b *testing.B) {
	const step = 5_000
	many := max(benchtest.Items(b), 10*step)
	few := many / 10
	s := open(b)
	grow := func(from, to int) {
		for start := from; start < to; start += step { // a change set each
			commit(b, s, itemOps(start, min(start+step, to))...)
		}
	}
	grow(0, few)
	before := costs(b, s, few)
	grow(few, many)
	after := costs(b, s, many)
	for name, baseline := range before {
		b.Run(name, func(b *testing.B) {
			for b.Loop() { // measured already, at both sizes
			}
			if name == "page" {
				benchtest.RatioAtMost(b, "best-s", after[name], baseline, 1.2)
			} else {
				benchtest.Beside(b, "best-s", after[name], baseline)
			}
		})
	}
}

// costs measures each question to a database of so many items, in seconds.
func costs(b *testing.B, s store.Store, items int) map[string]float64 {
	b.Helper()
	list := map[string]float64{"page": bestPage(b, s, items/2)}
	for name, text := range map[string]string{
		"search/rare-word": fmt.Sprint(items / 20), "search/key": "key-" + id(17), "search/word-of-all": "item",
		"search/prefix-of-many": "1", "search/no-match": "nowhere",
	} {
		list[name] = best(b, 10, func() error { _, err := s.Search(b.Context(), store.Search{Text: text, First: 20}); return err })
	}
	by := store.Aggregation{Kind: "ConfigurationItem", By: []string{"status", "users"}}
	list["statistics"] = best(b, 3, func() error { _, err := s.Aggregate(b.Context(), by); return err })
	return list
}

func best(b *testing.B, times int, ask func() error) float64 {
	b.Helper()
	best := math.Inf(1)
	for range times {
		start := time.Now()
		if err := ask(); err != nil {
			b.Fatal(err)
		}
		best = min(best, time.Since(start).Seconds())
	}
	return best
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
		if q.After = page.Cursors[q.First-1]; n%20 == 19 {
			q.After = first
		}
	}
	return best
}
