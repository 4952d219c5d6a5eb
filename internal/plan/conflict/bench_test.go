package conflict_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"releasegraph/internal/benchtest"
	"releasegraph/internal/domain"
	"releasegraph/internal/graphgen"
	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/plan/plantest"
)

// quarter plans so many changes on an estate within 90 days: each lasts some
// hours, touches up to three items, takes place at one or two sites and has one
// of 300 people.
func quarter(items, sites, changes int) []conflict.Work {
	random := rand.New(rand.NewPCG(7, 11))
	works := make([]conflict.Work, changes)
	for i := range works {
		from := hour(0).Add(time.Duration(random.IntN(90*24*4)) * 15 * time.Minute)
		w := conflict.Work{
			Key: fmt.Sprintf("RFC-%05d", i), Person: fmt.Sprintf("person-%03d", random.IntN(300)),
			When: domain.TimeRange{From: from, To: from.Add(time.Duration(1+random.IntN(16)) * 15 * time.Minute)},
		}
		for range 1 + random.IntN(3) {
			w.Items = append(w.Items, conflict.Node(sites+random.IntN(items)))
		}
		for range 1 + random.IntN(2) {
			w.Sites = append(w.Sites, conflict.Node(random.IntN(sites)))
		}
		works[i] = w
	}
	return works
}

func estate(tb testing.TB, items int) (g *conflict.Graph, sites int) {
	e, err := graphgen.Generate(graphgen.Spec{Seed: 1, Items: items, Reach: items / 100})
	if err != nil {
		tb.Fatal(err)
	}
	g = e.Graph()
	return g, g.Len() - items
}

// BenchmarkConflicts finds all conflicts among 10,000 planned changes, the plan
// made from nothing, and then those of one more change with them: at most a
// hundredth of the time.
func BenchmarkConflicts(b *testing.B) {
	items := benchtest.Items(b)
	g, sites := estate(b, items)
	works := quarter(items, sites, 10_000)
	many, one, found := math.Inf(1), math.Inf(1), 0
	for b.Loop() {
		start := time.Now()
		p := conflict.New(g, works)
		layers := plantest.Done(conflict.NewLayers(b.Context(), g))
		p.Use(layers)
		found = len(all(p))
		many = min(many, time.Since(start).Seconds())
		more := quarter(items, sites, 20)
		start = time.Now()
		for i, w := range more {
			w.Key, w.When = fmt.Sprintf("NEW-%d", i), works[i*499].When
			of(p.With(w), w.Key)
		}
		one = min(one, time.Since(start).Seconds()/float64(len(more)))
	}
	benchtest.RatioAtMost(b, "s", one, many, 0.01)
	b.ReportMetric(float64(found), "conflicts")
}
