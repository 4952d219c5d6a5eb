package quality_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/plantest"
	"releasegraph/internal/plan/quality"
)

// C2, C8, I11: a cycle holds the items that reach one another, as a slow search of
// all pairs says.
func TestCyclesAreTheItemsThatReachOneAnother_C2_C8(t *testing.T) {
	const size = 7
	rapid.Check(t, func(t *rapid.T) {
		b := adjacency.NewBuilder[domain.Facts, domain.Link]()
		var nodes []quality.Node
		for i := range size {
			key := fmt.Sprintf("i%d", size-i)
			nodes = append(nodes, b.AddNode(key, key, domain.Facts{}))
		}
		var reach [size][size]bool
		for range rapid.IntRange(0, 12).Draw(t, "arcs") {
			from, to := rapid.IntRange(0, size-1).Draw(t, "from"), rapid.IntRange(0, size-1).Draw(t, "to")
			rel := rapid.SampledFrom([]string{domain.RelDependsOn, domain.RelDependsOn, domain.RelOwnedBy}).Draw(t, "rel")
			impact := rapid.SampledFrom(domain.Impacts).Draw(t, "impact")
			b.AddArc(nodes[from], nodes[to], domain.Link{Rel: rel, Impact: impact})
			reach[from][to] = reach[from][to] || rel == domain.RelDependsOn && impact != domain.ImpactNone
		}
		for via := range size {
			for from := range size {
				for to := range size {
					reach[from][to] = reach[from][to] || reach[from][via] && reach[via][to]
				}
			}
		}
		var want [][]quality.Node
		for i := size - 1; i >= 0; i-- { // by key
			set := []quality.Node{nodes[i]}
			first := true
			for j := size - 1; j >= 0; j-- {
				if i != j && reach[i][j] && reach[j][i] {
					first = first && j < i
					set = append(set, nodes[j])
				}
			}
			if len(set) > 1 && first {
				want = append(want, set)
			}
		}
		slices.SortStableFunc(want, func(a, b []quality.Node) int { return cmp.Compare(len(b), len(a)) })
		if got := plantest.Done(quality.Cycles(context.Background(), b.Graph(1))); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("cycles %v, want %v", got, want)
		}
	})
}
