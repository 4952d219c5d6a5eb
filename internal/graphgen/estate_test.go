package graphgen_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/graphgen"

	"pgregory.net/rapid"
)

func generate(t interface{ Fatal(...any) }, spec graphgen.Spec) *graphgen.Estate {
	e, err := graphgen.Generate(spec)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var drawSpec = rapid.Custom(func(t *rapid.T) graphgen.Spec {
	items := rapid.IntRange(1, 2000).Draw(t, "items")
	return graphgen.Spec{
		Seed: rapid.Uint64().Draw(t, "seed"), Items: items, Sites: rapid.IntRange(0, 50).Draw(t, "sites"),
		Relationships: rapid.IntRange(2, 8).Draw(t, "relationships"), Reach: rapid.IntRange(0, items-1).Draw(t, "reach"),
	}
})

// reach counts what depends on the item along the links that count.
func reach(e *graphgen.Estate, counts func(graphgen.Edge) bool) int {
	dependents := map[int][]int{}
	for d := range e.Edges() {
		if d.Rel == domain.RelDependsOn && counts(d) {
			dependents[d.To] = append(dependents[d.To], d.From)
		}
	}
	seen := map[int]bool{e.Source(): true}
	for queue := []int{e.Source()}; len(queue) > 0; queue = queue[1:] {
		for _, n := range dependents[queue[0]] {
			if !seen[n] {
				seen[n] = true
				queue = append(queue, n)
			}
		}
	}
	return len(seen) - 1
}

func TestExactlyTheAskedNumberDependsOnTheSource(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := drawSpec.Draw(t, "spec")
		e := generate(t, spec)
		if got := reach(e, func(graphgen.Edge) bool { return true }); got != spec.Reach {
			t.Fatalf("%d items depend on the source, want %d", got, spec.Reach)
		}
		plain := func(d graphgen.Edge) bool { return d.Group == "" && d.Impact != domain.ImpactNone }
		if got := reach(e, plain); got != spec.Reach {
			t.Fatalf("%d items depend on the source by links that always hurt, want %d", got, spec.Reach)
		}
	})
}

func TestTheSameSpecMakesTheSameEstate(t *testing.T) {
	spec := graphgen.Spec{Seed: 7, Items: 500, Reach: 100}
	var first, second, other bytes.Buffer
	for _, w := range []*bytes.Buffer{&first, &second} {
		if err := generate(t, spec).WriteNDJSON(w); err != nil {
			t.Fatal(err)
		}
	}
	spec.Seed = 8
	if err := generate(t, spec).WriteNDJSON(&other); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) || bytes.Equal(first.Bytes(), other.Bytes()) {
		t.Fatal("the seed alone must decide")
	}
}

func TestRelationshipsAreDistinctAndAsManyAsAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := generate(t, drawSpec.Draw(t, "spec"))
		type key struct {
			rel      string
			from, to int
		}
		seen, ofItems := map[key]bool{}, 0
		for d := range e.Edges() {
			k := key{d.Rel, d.From, d.To}
			if seen[k] || d.From == d.To {
				t.Fatalf("%v is made twice, or joins a node to itself", k)
			}
			seen[k] = true
			if e.Kind(d.From) == domain.KindConfigurationItem {
				ofItems++
			}
		}
		spec := e.Spec()
		if most := spec.Items * spec.Relationships; ofItems > most+spec.Relationships {
			t.Fatalf("%d items have %d relationships, want at most %d", spec.Items, ofItems, most)
		}
	})
}

// A large estate has what real ones have: items on which a great many depend,
// cycles (C2), redundancy groups (I5), all layers.
func TestALargeEstateLooksReal(t *testing.T) {
	e := generate(t, graphgen.Spec{Seed: 1, Items: 20_000, Reach: 1000})
	edges, groups, upwards := 0, 0, 0
	dependents := map[int]int{}
	for d := range e.Edges() {
		if d.Rel == domain.RelDependsOn {
			dependents[d.To]++
			if d.Group != "" {
				groups++
			}
			if d.To > d.From {
				upwards++
			}
		}
		if d.From >= e.Spec().Sites {
			edges++
		}
	}
	most := 0
	for _, n := range dependents {
		most = max(most, n)
	}
	if math.Abs(float64(edges)-5*20_000) > 10 || groups < 2000 || upwards < 20 || most < 500 {
		t.Fatalf("%d edges, %d in groups, %d upwards, %d on the greatest hub", edges, groups, upwards, most)
	}
	classes := map[domain.Class]int{}
	for n := range e.Nodes() {
		classes[n.Class]++
	}
	if len(classes) < 10 {
		t.Fatalf("only the classes %v", classes)
	}
}

func TestTheGraphInMemoryIsTheEstate(t *testing.T) {
	e := generate(t, graphgen.Spec{Seed: 3, Items: 300, Reach: 50})
	g := e.Graph()
	edges := 0
	for d := range e.Edges() {
		edges++
		out := g.Out(int32(d.From))
		if !slices.ContainsFunc(out, func(a adjacency.Arc) bool {
			return int(a.Node) == d.To && g.Label(a.Label).Rel == d.Rel && g.Label(a.Label).Group == d.Group
		}) {
			t.Fatalf("the graph lacks %v", d)
		}
	}
	if g.Len() != e.Len() || g.Arcs() != edges {
		t.Fatalf("the graph has %d nodes and %d arcs, want %d and %d", g.Len(), g.Arcs(), e.Len(), edges)
	}
	for n := range e.Nodes() {
		number, ok := g.Lookup(n.ID)
		if !ok || g.Key(number) != n.Key || g.Facts(number).Class() != n.Class {
			t.Fatalf("node %s is not in the graph as made", n.Key)
		}
	}
}

func TestEachLineNamesNodesOfTheFile(t *testing.T) {
	var out bytes.Buffer
	if err := generate(t, graphgen.Spec{Seed: 5, Items: 200, Reach: 20}).WriteNDJSON(&out); err != nil {
		t.Fatal(err)
	}
	nodes := map[string]bool{}
	for lines := bufio.NewScanner(&out); lines.Scan(); {
		var line struct{ Node, Key, Edge, From, To string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line.Node != "" {
			nodes[line.Node+":"+line.Key] = true
		} else if !nodes[line.From] || !nodes[line.To] {
			t.Fatalf("%s joins nodes that are not in the file", lines.Text())
		}
	}
	if len(nodes) != 220 {
		t.Fatalf("%d nodes with different keys, want 220", len(nodes))
	}
}

func TestAnImpossibleSpecIsRefused(t *testing.T) {
	for want, spec := range map[string]graphgen.Spec{
		"at least one item":          {},
		"from 0 to 9 can depend":     {Items: 10, Reach: 10},
		"at least one site":          {Items: 10, Sites: -1},
		"at least two relationships": {Items: 10, Relationships: 1},
	} {
		if _, err := graphgen.Generate(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v gives %v, want %q", spec, err, want)
		}
	}
}
