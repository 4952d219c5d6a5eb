package impact_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// OpenTwoWays opens an empty store with a topology over it.
// Node is an operation that creates a record.
// Item is an operation that creates an item with so many users.
// Site is an operation that creates a site.
// Dependency is an operation that has an item depend on another.
// Edge is an operation that links two records.
// Commit writes operations, past all rules.
// ByKey names a record by its key, for a question.
// ByKeys names records by their keys.
// TellAsOf is Tell, of a moment.
// Whatever the estate and the question, the topology and the store beneath it
// give the same answers to the word.
func TestImpactPathAndOrderAreTheSameWithAndWithoutTopology(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := apptest.OpenTwoWays(t)
		n := rapid.IntRange(1, 7).Draw(t, "items")
		key := rapid.Custom(func(t *rapid.T) string { return fmt.Sprint("i", rapid.IntRange(0, n-1).Draw(t, "item")) })
		ops := []store.Op{w.Site("hub"), w.Site("branch")}
		for i := range n {
			ops = append(ops, w.Item(fmt.Sprint("i", i), i))
		}
		ops = append(ops, w.Edge(domain.RelPartOf, "branch", "hub"))
		for range rapid.IntRange(0, 3).Draw(t, "installations") {
			ops = append(ops, w.Edge(domain.RelInstalledAt, key.Draw(t, "installed"), rapid.SampledFrom([]string{"hub", "branch"}).Draw(t, "at")))
		}
		for range rapid.IntRange(0, 14).Draw(t, "dependencies") {
			from, to := key.Draw(t, "from"), key.Draw(t, "to")
			if from != to {
				ops = append(ops, w.Dependency(from, to, apptest.DrawDependency(t)))
			}
		}
		w.Commit(t, ops...)
		ctx := w.Over.WithLoads(context.Background())
		in := apptest.DrawImpactInput(t, key)
		over, err := apptest.Tell(ctx, w.Over, in)
		beneath, err2 := apptest.Tell(ctx, w.Beneath, in)
		if err != nil || err2 != nil || over != beneath {
			t.Fatalf("over the topology: %v\n%s\nwithout: %v\n%s", err, over, err2, beneath)
		}
		from, to := key.Draw(t, "path from"), key.Draw(t, "path to")
		if p, q := tellPath(t, w.Over, from, to), tellPath(t, w.Beneath, from, to); p != q {
			t.Fatalf("path over the topology %s, without %s", p, q)
		}
		listed := rapid.SliceOfN(key, 0, 4).Draw(t, "listed")
		if p, q := tellOrder(t, w.Over, listed), tellOrder(t, w.Beneath, listed); p != q {
			t.Fatalf("order over the topology %s, without %s", p, q)
		}
	})
}

// DrawDependency draws what a dependency says.
// DrawImpactInput draws a question for what an impact would be.
func tellPath(t *rapid.T, a *app.App, from, to string) string {
	ctx := context.Background()
	p, err := a.Impact.DependencyPath(ctx, *apptest.ByKey(from), *apptest.ByKey(to), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p == nil {
		return "none"
	}
	told := fmt.Sprint(p.Length)
	for _, l := range p.Chain {
		from, _ := l.From(ctx)
		to, _ := l.To(ctx)
		told += fmt.Sprint(" ", from.Key, l.Kind, to.Key)
	}
	return told
}

func tellOrder(t *rapid.T, a *app.App, keys []string) (told string) {
	o, err := a.Impact.InstallationOrder(context.Background(), apptest.ByKeys(keys...), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range o.Steps {
		told += fmt.Sprint(s.Ordinal, s.Cycle)
		list, err := s.Items(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range list {
			told += " " + item.Key
		}
	}
	return told
}

// estateOfThree is a shop on an app on a database, installed in Paris.
func estateOfThree(t *testing.T) *apptest.TwoWays {
	w := apptest.OpenTwoWays(t)
	uses := domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}
	w.Commit(t, w.Site("emea"), w.Site("paris"), w.Item("shop", 5), w.Item("app", 2), w.Item("db", 0),
		w.Edge(domain.RelPartOf, "paris", "emea"), w.Edge(domain.RelInstalledAt, "db", "paris"), w.Edge(domain.RelInstalledAt, "shop", "paris"),
		w.Dependency("shop", "app", uses), w.Dependency("app", "db", uses))
	return w
}

func hitKeys(t *testing.T, a *app.App, in domain.ImpactInput) (keys []string) {
	t.Helper()
	r, err := a.Impact.Impact(context.Background(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	page, err := r.Hits(context.Background(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range page.Nodes {
		item, err := h.Item(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, item.Key)
	}
	return keys
}

// I1: a site stands for what is installed there and at its parts.
func TestASiteStandsForWhatIsInstalledInItsRegion(t *testing.T) {
	w := estateOfThree(t)
	in := domain.ImpactInput{Sources: domain.ImpactSourcesInput{Sites: apptest.ByKeys("emea")}}
	if got := hitKeys(t, w.Over, in); !slices.Equal(got, []string{"app"}) {
		t.Errorf("hit %v", got)
	}
}

// I1: what is assumed holds for the question and is not stored.
func TestWhatIsAssumedIsNotStored(t *testing.T) {
	w := estateOfThree(t)
	in := domain.ImpactInput{
		Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("new")},
		WhatIf: &domain.WhatIfInput{
			Items:              []*domain.HypotheticalItemInput{{Key: "new"}},
			AddDependencies:    []*domain.HypotheticalDependencyInput{{From: *apptest.ByKey("db"), To: *apptest.ByKey("new")}},
			RemoveDependencies: []*domain.DependencySelectorInput{{From: *apptest.ByKey("shop"), To: *apptest.ByKey("app")}},
		},
	}
	for about, a := range map[string]*app.App{"over": w.Over, "beneath": w.Beneath} {
		if got := hitKeys(t, a, in); !slices.Equal(got, []string{"db", "app"}) {
			t.Errorf("%s: hit %v", about, got)
		}
		in := domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("db")}}
		if got := hitKeys(t, a, in); !slices.Equal(got, []string{"app", "shop"}) {
			t.Errorf("%s: afterwards hit %v", about, got)
		}
	}
}

func TestAllThatIsWrongWithAQuestionIsTold(t *testing.T) {
	w := estateOfThree(t)
	zero, west := 0, domain.ImpactDirection("WEST")
	for about, c := range map[string]struct {
		in   domain.ImpactInput
		want []string
	}{
		"no source": {domain.ImpactInput{}, []string{"INVALID input.sources"}},
		"several": {domain.ImpactInput{
			Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("db", "nobody"), Releases: apptest.ByKeys("REL-1")}, MaxDepth: &zero, Direction: &west,
			StopAt: []*domain.Ref{{}},
		}, []string{"INVALID input.maxDepth", "INVALID input.direction", "INVALID input.stopAt.0", "NOT_FOUND input.sources.items.1", "NOT_FOUND input.sources.releases.0"}},
		"what if": {domain.ImpactInput{
			Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("db")},
			WhatIf:  &domain.WhatIfInput{Items: []*domain.HypotheticalItemInput{{Key: "shop"}}},
		}, []string{"CONFLICT input.whatIf.items.0.key"}},
		"what is not there": {domain.ImpactInput{
			Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("db")},
			WhatIf:  &domain.WhatIfInput{RemoveDependencies: []*domain.DependencySelectorInput{{From: *apptest.ByKey("shop"), To: *apptest.ByKey("db")}}},
		}, []string{"NOT_FOUND input.whatIf.removeDependencies.0"}},
	} {
		_, err := w.Over.Impact.Impact(context.Background(), c.in, nil)
		var got []string
		for _, e := range apptest.DomainErrors(err) {
			got = append(got, fmt.Sprint(e.Code, " ", e.Field))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", about, got, c.want)
		}
	}
}

// DomainErrors lists the errors of the domain that an error is made of.
func TestPagesOfHitsFollowOneAnother(t *testing.T) {
	w := estateOfThree(t)
	r, err := w.Over.Impact.Impact(context.Background(), domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("db")}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	one := 1
	first, err := r.Hits(context.Background(), &one, nil)
	if err != nil || len(first.Nodes) != 1 || !first.HasNext || first.HasPrevious || first.TotalCount != 2 {
		t.Fatalf("first page %+v, %v", first, err)
	}
	second, err := r.Hits(context.Background(), &one, apptest.Some(first.Nodes[0].Cursor()))
	if err != nil || len(second.Nodes) != 1 || second.HasNext || !second.HasPrevious {
		t.Fatalf("second page %+v, %v", second, err)
	}
	bad := "?"
	if _, err := r.Hits(context.Background(), &one, &bad); len(apptest.DomainErrors(err)) != 1 {
		t.Errorf("a bad cursor gives %v", err)
	}
}
