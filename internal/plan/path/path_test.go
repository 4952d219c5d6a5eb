package path_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/path"
)

type edge struct{ from, to string }

func graph(items []string, edges []edge) *path.Graph {
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	nodes := map[string]path.Node{}
	for _, key := range items {
		nodes[key] = b.AddNode(key, key, domain.Facts{})
	}
	for i, e := range edges {
		b.AddArc(nodes[e.from], nodes[e.to], domain.Link{Rel: domain.RelDependsOn, Kind: domain.Uses, Impact: domain.ImpactFull})
		other := edges[(i*7+3)%len(edges)]
		b.AddArc(nodes[other.to], nodes[e.from], domain.Link{Rel: domain.RelDependsOn, Kind: domain.PartOf, Impact: domain.ImpactNone}) // I11: no way
	}
	return b.Graph(1)
}

func find(g *path.Graph, from, to string) (keys []string, ok bool) {
	f, _ := g.Lookup(from)
	t, _ := g.Lookup(to)
	chain, ok, err := path.Find(context.Background(), g, f, t)
	if err != nil {
		panic(err)
	}
	if !ok {
		return nil, false
	}
	keys = []string{from}
	for _, l := range chain {
		if g.Key(l.From) != keys[len(keys)-1] {
			panic("broken chain")
		}
		keys = append(keys, g.Key(l.To))
	}
	return keys, true
}

// reference lists all shortest paths by trying, and takes the first by keys.
func reference(edges []edge, from, to string, limit int) ([]string, bool) {
	paths := [][]string{{from}}
	for range limit + 1 {
		var next, done [][]string
		for _, p := range paths {
			end := p[len(p)-1]
			if end == to {
				done = append(done, p)
			}
			for _, e := range edges {
				if e.from == end && !slices.Contains(p, e.to) {
					longer := append(slices.Clone(p), e.to)
					if !slices.ContainsFunc(next, func(q []string) bool { return slices.Equal(q, longer) }) {
						next = append(next, longer)
					}
				}
			}
		}
		if len(done) > 0 {
			return slices.MinFunc(done, slices.Compare), true
		}
		paths = next
	}
	return nil, false
}

func TestTheShortestChainIsFoundWhateverTheEstate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "items")
		key := rapid.Custom(func(t *rapid.T) string { return fmt.Sprint("i", rapid.IntRange(0, n-1).Draw(t, "item")) })
		edges := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) edge { return edge{key.Draw(t, "from"), key.Draw(t, "to")} }), 0, 16).Draw(t, "edges")
		var items []string
		for _, i := range rapid.Permutation(slices.Collect(func(y func(int) bool) {
			for i := range n {
				if !y(i) {
					return
				}
			}
		})).Draw(t, "numbers") {
			items = append(items, fmt.Sprint("i", i))
		}
		from, to := key.Draw(t, "from"), key.Draw(t, "to")
		got, ok := find(graph(items, edges), from, to)
		want, exists := reference(edges, from, to, n)
		if ok != exists || !slices.Equal(got, want) {
			t.Fatalf("got %v %v, want %v %v", got, ok, want, exists)
		}
	})
}

func TestAChainFollowsDependenciesForwardsOnly(t *testing.T) {
	g := graph([]string{"shop", "app", "db"}, []edge{{"shop", "app"}, {"app", "db"}})
	if got, _ := find(g, "shop", "db"); !slices.Equal(got, []string{"shop", "app", "db"}) {
		t.Errorf("got %v", got)
	}
	if got, ok := find(g, "db", "shop"); ok {
		t.Errorf("got %v against the direction", got)
	}
}

func TestAnItemIsAtNoDistanceFromItself(t *testing.T) {
	g := graph([]string{"a"}, []edge{{"a", "a"}})
	if got, ok := find(g, "a", "a"); !ok || len(got) != 1 {
		t.Errorf("got %v %v", got, ok)
	}
}

func TestOtherRelationshipsAreNoDependencies(t *testing.T) {
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	item, site := b.AddNode("item", "item", domain.Facts{}), b.AddNode("site", "site", domain.Facts{})
	b.AddArc(item, site, domain.Link{Rel: domain.RelInstalledAt})
	if _, ok, err := path.Find(context.Background(), b.Graph(1), item, site); ok || err != nil {
		t.Error("an installation was taken for a dependency")
	}
}
