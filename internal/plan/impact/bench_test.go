package impact_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/plantest"
)

// benchEstate makes an estate of layers: reach items lean, directly or not, on
// node 0; the others stand apart. Each item has five relationships, one of
// them an installation.
func benchEstate(size, reach int, groups bool) *impact.Graph {
	random := rand.New(rand.NewPCG(1, 2))
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	for i := range size {
		class := domain.Classes[random.IntN(len(domain.Classes))]
		b.AddNode(strconv.Itoa(i), fmt.Sprintf("item-%07d", random.IntN(1e7)),
			domain.NewFacts(domain.KindConfigurationItem, class, domain.Live, domain.ItemLive, uint8(random.IntN(6)), int32(random.IntN(50))))
	}
	sites := make([]impact.Node, 200)
	for i := range sites {
		sites[i] = b.AddNode("site"+strconv.Itoa(i), "site", domain.NewFacts(domain.KindSite, "", "", "", 0, 0))
	}
	link := func() domain.Link {
		l := domain.Link{Rel: domain.RelDependsOn, Kind: domain.DependencyKinds[random.IntN(4)], Impact: domain.Impacts[1+random.IntN(2)]}
		if groups && random.IntN(2) == 0 {
			l.Group = "pool-" + strconv.Itoa(random.IntN(3))
		}
		return l
	}
	for i := 1; i < size; i++ {
		low, high := 0, i
		if i >= reach {
			low = reach
		}
		for range 4 {
			if high > low {
				to := low + random.IntN(high-low)
				if random.IntN(4) == 0 {
					to = low + random.IntN(min(high-low, 20)) // hubs
				}
				b.AddArc(impact.Node(i), impact.Node(to), link())
			}
		}
		b.AddArc(impact.Node(i), sites[random.IntN(len(sites))], domain.Link{Rel: domain.RelInstalledAt})
	}
	return b.Graph(1)
}

// flat is the bare baseline: dependents as two arrays.
type flat struct{ start, dependents []int32 }

func flatten(g *impact.Graph) flat {
	var f flat
	for n := range impact.Node(g.Size()) {
		f.start = append(f.start, int32(len(f.dependents)))
		for _, a := range g.In(n) {
			if g.Label(a.Label).Rel == domain.RelDependsOn {
				f.dependents = append(f.dependents, a.Node)
			}
		}
	}
	f.start = append(f.start, int32(len(f.dependents)))
	return f
}

func (f flat) search(source int32, seen []bool, queue []int32) int {
	clear(seen)
	queue = append(queue[:0], source)
	seen[source] = true
	for i := 0; i < len(queue); i++ {
		n := queue[i]
		for _, d := range f.dependents[f.start[n]:f.start[n+1]] {
			if !seen[d] {
				seen[d] = true
				queue = append(queue, d)
			}
		}
	}
	return len(queue) - 1
}

// analyse is all that the benchmark's promise names: strengths, depths, totals,
// and a first page with its chains.
func analyse(g *impact.Graph, source impact.Node) int {
	r := plantest.Done(impact.Analyse(context.Background(), g, impact.Query{Sources: []impact.Node{source}}))
	total := plantest.Done(r.Summary(context.Background())).Total
	page, _ := page(r, impact.Place{}, 100)
	for _, h := range page {
		plantest.Done(r.Chain(context.Background(), h))
	}
	return total
}

func benchSizes() []int {
	if n, err := strconv.Atoi(os.Getenv("RELEASEGRAPH_BENCH_ITEMS")); err == nil {
		return []int{n / 10, n}
	}
	return []int{20_000}
}

// BenchmarkImpact reports its best time, that of a bare breadth-first search
// over arrays in the same run, and the ratio of the two: the best, since what
// else the machine does only adds. The reach is the same for every size of
// graph.
func BenchmarkImpact(b *testing.B) {
	sizes := benchSizes()
	reach := sizes[0] / 2
	for _, size := range sizes {
		for _, groups := range []bool{false, true} {
			b.Run(fmt.Sprintf("items=%d/groups=%t", size, groups), func(b *testing.B) {
				measureFrom(b, benchEstate(size, reach, groups), 0)
			})
		}
	}
}

// measureFrom analyses in turns with the bare search, so that both meet the
// same weather.
func measureFrom(b *testing.B, g *impact.Graph, source impact.Node) {
	f := flatten(g)
	seen, queue := make([]bool, g.Size()), make([]int32, 0, g.Size())
	bare, own, total := time.Hour, time.Hour, 0
	for b.Loop() {
		start := time.Now()
		f.search(source, seen, queue)
		middle := time.Now()
		total = analyse(g, source)
		own = min(own, time.Since(middle))
		bare = min(bare, middle.Sub(start))
	}
	benchtest.RatioAtMost(b, "best-s", own.Seconds(), bare.Seconds(), 4)
	b.ReportMetric(float64(total), "hits")
}
