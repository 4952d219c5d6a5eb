package order_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/order"
	"releasegraph/internal/plan/plantest"
)

type edge struct{ from, to string }

// documents marks the end of an edge whose impact is NONE.
const documents = "~"

func graph(items []string, edges []edge) *order.Graph {
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	nodes := map[string]order.Node{}
	for _, key := range items {
		nodes[key] = b.AddNode(key, key, domain.Facts{})
	}
	for _, e := range edges {
		link := domain.Link{Rel: domain.RelDependsOn, Kind: domain.HostedOn, Impact: domain.ImpactFull}
		to, isNone := strings.CutPrefix(e.to, documents)
		if isNone {
			link.Impact = domain.ImpactNone
		}
		b.AddArc(nodes[e.from], nodes[to], link)
	}
	return b.Graph(1)
}

func stepsOf(g *order.Graph, items ...string) (told []string) {
	var nodes []order.Node
	for _, key := range items {
		n, ok := g.Lookup(key)
		if !ok {
			panic(key)
		}
		nodes = append(nodes, n)
	}
	for _, s := range plantest.Done(order.Steps(context.Background(), g, nodes)) {
		var keys []string
		for _, n := range s.Items {
			keys = append(keys, g.Key(n))
		}
		told = append(told, fmt.Sprint(keys, s.Cycle))
	}
	return told
}

func TestP3(t *testing.T) {
	g := graph([]string{"app", "db", "dbms", "server", "rack", "a", "b", "x", "self"}, []edge{
		{"app", "db"}, {"db", "dbms"}, {"dbms", "server"}, {"app", "server"}, {"server", "rack"},
		{"a", "x"}, {"x", "b"}, {"b", "a"}, {"b", "server"}, {"self", "self"},
		{"rack", "~app"}, {"server", "~db"},
	})
	for _, c := range []struct {
		about string
		items []string
		want  []string
	}{
		{"dependencies come before dependents", []string{"app", "db", "dbms"}, []string{"[dbms] false", "[db] false", "[app] false"}},
		{"hardware comes before the software it hosts", []string{"dbms", "server"}, []string{"[server] false", "[dbms] false"}},
		{"a chain through items that are not listed orders as well", []string{"app", "rack"}, []string{"[rack] false", "[app] false"}},
		{"items with no order between them share a step", []string{"rack", "self", "dbms"}, []string{"[rack] false", "[self] true", "[dbms] false"}},
		{"a cycle is one step, also through items that are not listed", []string{"b", "a", "app", "server"}, []string{"[server] false", "[app] false", "[a b] true"}},
		{"an item named twice is installed once", []string{"db", "db"}, []string{"[db] false"}},
		{"nothing needs no step", nil, nil},
	} {
		if got := stepsOf(g, c.items...); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.about, got, c.want)
		}
	}
}

// P3, C2, I11: whatever the estate, every item comes once, after all it depends
// on, items of a cycle together, and no order has fewer levels.
func TestEveryStepStandsOnTheOnesBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "items")
		key := rapid.Custom(func(t *rapid.T) string { return fmt.Sprint("i", rapid.IntRange(0, n-1).Draw(t, "item")) })
		var all []string
		for i := range n {
			all = append(all, fmt.Sprint("i", i))
		}
		edges := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) edge {
			return edge{key.Draw(t, "from"), rapid.SampledFrom([]string{"", "", documents}).Draw(t, "impact") + key.Draw(t, "to")}
		}), 0, 16).Draw(t, "edges")
		items := rapid.SliceOfNDistinct(key, 0, n, rapid.ID).Draw(t, "listed")
		got, want := stepsOf(graph(all, edges), items...), reference(all, edges, items)
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// reference closes the dependencies over all items and peels off, again and
// again, what depends on nothing that is left (its own cycle aside).
func reference(all []string, edges []edge, items []string) (told []string) {
	reaches := map[edge]bool{}
	for _, e := range edges {
		reaches[e] = !strings.HasPrefix(e.to, documents)
	}
	for _, k := range all {
		for _, a := range all {
			for _, b := range all {
				if reaches[edge{a, k}] && reaches[edge{k, b}] {
					reaches[edge{a, b}] = true
				}
			}
		}
	}
	left := slices.Sorted(slices.Values(items))
	for len(left) > 0 {
		ready := slices.DeleteFunc(slices.Clone(left), func(a string) bool {
			return slices.ContainsFunc(left, func(b string) bool { return reaches[edge{a, b}] && !reaches[edge{b, a}] })
		})
		left = slices.DeleteFunc(left, func(a string) bool { return slices.Contains(ready, a) })
		var plain []string
		var cycles []string
		for len(ready) > 0 {
			first := ready[0]
			together := slices.DeleteFunc(slices.Clone(ready), func(b string) bool {
				return b != first && !(reaches[edge{first, b}] && reaches[edge{b, first}])
			})
			ready = slices.DeleteFunc(ready, func(a string) bool { return slices.Contains(together, a) })
			if reaches[edge{first, first}] {
				cycles = append(cycles, fmt.Sprint(together, true))
			} else {
				plain = append(plain, first)
			}
		}
		if len(plain) > 0 {
			told = append(told, fmt.Sprint(plain, false))
		}
		told = append(told, cycles...)
	}
	return told
}

func TestHeightsAreWhatStepsGoBy_P3(t *testing.T) {
	g := graph([]string{"app", "between", "db", "a", "b", "rack"}, []edge{{"app", "between"}, {"between", "db"}, {"a", "b"}, {"b", "a"}, {"b", "db"}, {"rack", "~db"}})
	var nodes []order.Node
	want := map[order.Node]int{}
	for key, height := range map[string]int{"app": 2, "db": 1, "a": 2, "b": 2, "rack": 1} {
		n, _ := g.Lookup(key)
		nodes = append(nodes, n)
		want[n] = height
	}
	got := plantest.Done(order.Heights(context.Background(), g, nodes))
	if !maps.Equal(want, got) {
		t.Errorf("the heights are %v, want %v", got, want)
	}
}
