package impact_test

import (
	"context"
	"slices"
	"testing"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/plantest"
)

func dep(from, to string, change ...func(*domain.Link)) edge {
	e := edge{from, to, domain.Link{Rel: domain.RelDependsOn, Kind: domain.Uses, Impact: domain.ImpactFull}}
	for _, c := range change {
		c(&e.link)
	}
	return e
}

func weak(l *domain.Link)   { l.Impact = domain.ImpactDegraded }
func none(l *domain.Link)   { l.Impact = domain.ImpactNone }
func hosted(l *domain.Link) { l.Kind = domain.HostedOn }
func pool(l *domain.Link)   { l.Group = "pool" }
func two(l *domain.Link)    { l.Minimum = 2 }
func half(l *domain.Link)   { l.MinimumPercent = 51 }

func TestRules(t *testing.T) {
	test := domain.NewFacts(domain.KindConfigurationItem, domain.Application, domain.Test, domain.ItemLive, 0, 0)
	for _, c := range []struct {
		about string
		edges []edge
		q     question
		want  []string
	}{
		{"I2 dependents are found against the direction of dependencies", []edge{dep("shop", "app"), dep("app", "db")},
			question{sources: []string{"db"}}, []string{"1 app FULL", "2 shop FULL"}},
		{"I2 dependencies are found along it", []edge{dep("shop", "app"), dep("app", "db", weak)},
			question{sources: []string{"shop"}, dependencies: true}, []string{"1 app FULL", "2 db DEGRADED"}},
		{"I2 kinds that are not asked for are not followed", []edge{dep("a", "x", hosted), dep("b", "x")},
			question{sources: []string{"x"}, kinds: []domain.DependencyKind{domain.HostedOn}}, []string{"1 a FULL"}},
		{"I2 another environment is not entered", []edge{dep("test", "x"), dep("y", "test"), dep("z", "x")},
			question{sources: []string{"x"}, environment: domain.Live}, []string{"1 z FULL"}},
		{"I2 an item to stop at is hit and passes nothing on", []edge{dep("a", "x"), dep("b", "a")},
			question{sources: []string{"x"}, stopAt: []string{"a"}}, []string{"1 a FULL"}},
		{"I10 what is excluded is not hit, and passes nothing on", []edge{dep("a", "x"), dep("b", "a"), dep("c", "x")},
			question{sources: []string{"x"}, excluded: []string{"a"}}, []string{"1 c FULL"}},
		{"I2 a source spreads even where the caller wants to stop", []edge{dep("a", "x")},
			question{sources: []string{"x"}, stopAt: []string{"x"}}, []string{"1 a FULL"}},
		{"I3 of two chains the shorter gives the depth", []edge{dep("a", "x"), dep("b", "a"), dep("b", "x", weak)},
			question{sources: []string{"x"}}, []string{"1 a FULL", "1 b FULL"}},
		{"I4 the weakest link of a chain holds", []edge{dep("a", "x", weak), dep("b", "a")},
			question{sources: []string{"x"}}, []string{"1 a DEGRADED", "2 b DEGRADED"}},
		{"I4 NONE stops", []edge{dep("a", "x", none), dep("b", "a")}, question{sources: []string{"x"}}, nil},
		{"I5 one of two stand-ins lost degrades", []edge{dep("a", "x", pool), dep("a", "y", pool)},
			question{sources: []string{"x"}}, []string{"1 a DEGRADED"}},
		{"I5 both lost is full", []edge{dep("a", "x", pool), dep("a", "y", pool)},
			question{sources: []string{"x", "y"}}, []string{"1 a FULL"}},
		{"I5 a degraded stand-in hurts only below the minimum", []edge{dep("a", "m", pool), dep("a", "y", pool), dep("m", "x", weak)},
			question{sources: []string{"x"}}, []string{"1 m DEGRADED"}},
		{"I5 the strictest minimum of the links counts", []edge{dep("a", "x", pool, two), dep("a", "y", pool)},
			question{sources: []string{"x"}}, []string{"1 a FULL"}},
		{"I5 a percentage is rounded up", []edge{dep("a", "x", pool, half), dep("a", "y", pool), dep("a", "z", pool)},
			question{sources: []string{"x", "y"}}, []string{"1 a FULL"}},
		{"I5 parallel links to one supplier are one member", []edge{dep("a", "x", pool), dep("a", "x", pool, hosted), dep("a", "y", pool)},
			question{sources: []string{"x"}}, []string{"1 a DEGRADED"}},
		{"I5 a plain link beside a group counts for itself", []edge{dep("a", "x", pool), dep("a", "y", pool), dep("a", "x", hosted)},
			question{sources: []string{"x"}}, []string{"1 a FULL"}},
		{"I5 ignored redundancy is plain reachability", []edge{dep("a", "x", pool), dep("a", "y", pool)},
			question{sources: []string{"x"}, ignore: true}, []string{"1 a FULL"}},
		{"I5 a kind that is not followed still stands in", []edge{dep("a", "x", pool, hosted), dep("a", "y", pool)},
			question{sources: []string{"x"}, kinds: []domain.DependencyKind{domain.HostedOn}}, []string{"1 a DEGRADED"}},
		{"I5 a depth is that of what holds in the end", []edge{
			dep("a", "x", pool), dep("a", "y2", pool), dep("y2", "y1"), dep("y1", "x"), dep("b", "a"),
		}, question{sources: []string{"x"}}, []string{"1 a FULL", "1 y1 FULL", "2 b FULL", "2 y2 FULL"}},
		{"C2 stand-ins that need one another hold each other up", []edge{dep("a", "b", pool), dep("a", "x", pool), dep("b", "a")},
			question{sources: []string{"x"}}, []string{"1 a DEGRADED", "2 b DEGRADED"}},
	} {
		items := map[string]domain.Facts{"test": test}
		for _, e := range c.edges {
			for _, key := range []string{e.from, e.to} {
				if key != "test" {
					items[key] = itemFacts()
				}
			}
		}
		e := newEstate(items, c.edges, nil)
		if got := told(e.ask(c.q)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.about, got, c.want)
		}
		if got := newReference(e, c.q).answer(); !slices.Equal(got, c.want) {
			t.Errorf("%s: the reference has %v, want %v", c.about, got, c.want)
		}
	}
}

// I1, I2, I7: sites give sources, bound what is listed, and are counted.
func TestSites(t *testing.T) {
	e := newEstate(map[string]domain.Facts{"a": itemFacts(), "b": itemFacts(), "x": itemFacts()},
		[]edge{dep("a", "x"), dep("b", "a")}, map[string][]string{"x": {"lyon"}, "a": {"paris"}, "b": {"paris", "lyon"}})
	sources := plantest.Done(impact.InstalledAt(context.Background(), e.graph, plantest.Done(impact.Within(context.Background(), e.graph, e.nodes("lyon")))))
	if got := told(plantest.Done(impact.Analyse(context.Background(), e.graph, impact.Query{Sources: sources}))); !slices.Equal(got, []string{"1 a FULL"}) {
		t.Errorf("from lyon: %v", got)
	}
	r := plantest.Done(impact.Analyse(context.Background(), e.graph, impact.Query{Sources: e.nodes("x"), Sites: e.nodes("lyon")}))
	if got := told(r); !slices.Equal(got, []string{"2 b FULL"}) || plantest.Done(r.Summary(context.Background())).Sites != 2 {
		t.Errorf("listed at lyon: %v at %d sites", got, plantest.Done(r.Summary(context.Background())).Sites)
	}
}

// I8, I9: a picture holds whole chains, and counts what it leaves out.
func TestAPictureHoldsWholeChains(t *testing.T) {
	e := newEstate(map[string]domain.Facts{"a": itemFacts(), "b": itemFacts(), "c": itemFacts(), "x": itemFacts(), "y": itemFacts()},
		[]edge{dep("a", "x"), dep("b", "a"), dep("c", "b")}, nil)
	d := plantest.Done(e.ask(question{sources: []string{"x", "y"}}).Draw(context.Background(), 3))
	if len(d.Nodes) != 3 || len(d.Links) != 2 || d.Omitted != 2 {
		t.Errorf("drew %+v", d)
	}
	if d := plantest.Done(e.ask(question{sources: []string{"x", "y"}}).Draw(context.Background(), 10)); len(d.Nodes) != 5 || len(d.Links) != 3 || d.Omitted != 0 {
		t.Errorf("drew %+v", d)
	}
}
