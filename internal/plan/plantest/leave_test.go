package plantest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/graphgen"
	"releasegraph/internal/plan/concern"
	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/plan/cycle"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/plan/match"
	"releasegraph/internal/plan/order"
	"releasegraph/internal/plan/path"
	"releasegraph/internal/plan/plantest"
	"releasegraph/internal/plan/quality"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/plan/tell"
	"releasegraph/internal/plan/version"
)

// watched is a context that counts how often it is looked at, and ends at one of
// these looks.
type watched struct {
	context.Context
	looks, end int
}

func (w *watched) Err() error {
	if w.looks++; w.end > 0 && w.looks >= w.end {
		return context.Canceled
	}
	return nil
}

// search is something of the planner, and how many steps it takes at least.
type search struct {
	steps int
	run   func(context.Context) error
}

const items = 40_000

// searches are all that go through as much as the estate or the plan holds.
func searches(tb testing.TB) map[string]search {
	e, err := graphgen.Generate(graphgen.Spec{Seed: 1, Items: items, Reach: items / 2})
	if err != nil {
		tb.Fatal(err)
	}
	g := e.Graph()
	source, ok := g.Lookup(e.ID(e.Source()))
	if !ok {
		tb.Fatal("the source is missing")
	}
	everyone := make([]adjacency.Node, g.Len())
	asked, told := make([]concern.Item, g.Len()), make([]tell.Hit, g.Len())
	for i := range everyone {
		everyone[i] = adjacency.Node(i)
		asked[i], told[i] = concern.Item{Node: adjacency.Node(i)}, tell.Hit{Node: adjacency.Node(i)}
	}
	found := plantest.Done(impact.Analyse(tb.Context(), g, impact.Query{Sources: []impact.Node{source}}))
	two := plantest.Done(impact.Analyse(tb.Context(), g, impact.Query{Sources: everyone[len(everyone)-2:], Dependencies: true}))
	hits, _, err := two.Page(tb.Context(), impact.Place{}, 64)
	if err != nil {
		tb.Fatal(err)
	}
	line := domain.Link{Rel: domain.RelDependsOn, Kind: domain.Uses, Impact: domain.ImpactFull}
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	for i := range items {
		n := b.AddNode(fmt.Sprint(i), fmt.Sprint("k", i), domain.NewFacts(domain.KindConfigurationItem, domain.Service, "", "", 0, 0))
		if i > 0 {
			b.AddArc(n-1, n, line)
		}
	}
	chain := b.Graph(1)
	works := manyWorks(g.Len())
	plan := conflict.New(g, works)
	plan.Use(plantest.Done(conflict.NewLayers(tb.Context(), g)))
	window := conflict.Window{Scope: conflict.Scope{Services: everyone[len(everyone)-200:]}}
	licence := &domain.Licence{Record: domain.Record{Key: "l"}, Metric: domain.PerSite}
	natural := plantest.Done(version.Scheme{Kind: version.Natural}.Reader())
	candidates := make([]match.Candidate, 5_000)
	words := []string{"slow", "red", "down", "wrong"}
	for i := range candidates {
		candidates[i] = match.Candidate{ID: fmt.Sprint(i), Key: fmt.Sprint(i), Words: words}
	}
	return map[string]search{
		"impact.Analyse": {items, func(ctx context.Context) error {
			_, err := impact.Analyse(ctx, g, impact.Query{Sources: []impact.Node{source}})
			return err
		}},
		"impact.Analyse of what may be told": {items / 2, func(ctx context.Context) error {
			_, err := impact.Analyse(ctx, g, impact.Query{Sources: []impact.Node{source}, Sees: func(impact.Node) bool { return true }})
			return err
		}},
		"impact.Summary":    {found.Len(), func(ctx context.Context) error { _, err := found.Summary(ctx); return err }},
		"impact.Page":       {found.Len(), func(ctx context.Context) error { _, _, err := found.Page(ctx, impact.Place{}, 0); return err }},
		"impact.Cycles":     {found.Len(), func(ctx context.Context) error { _, err := found.Cycles(ctx); return err }},
		"impact.Draw":       {found.Len() / 8, func(ctx context.Context) error { _, err := found.Draw(ctx, items); return err }},
		"impact.RootCauses": {two.Len() / 2, func(ctx context.Context) error { _, err := two.RootCauses(ctx, hits); return err }},
		"cycle.Components": {items, func(ctx context.Context) error {
			_, err := cycle.Components(ctx, items, func(v int32, i int) (int32, bool) { return v + 1, i == 0 && v+1 < items })
			return err
		}},
		"quality.Cycles": {items, func(ctx context.Context) error { _, err := quality.Cycles(ctx, g); return err }},
		"order.Steps":    {items, func(ctx context.Context) error { _, err := order.Steps(ctx, g, everyone); return err }},
		"path.Find": {items, func(ctx context.Context) error {
			_, _, err := path.Find(ctx, chain, 0, items-1)
			return err
		}},
		"concern.About": {items, func(ctx context.Context) error {
			_, err := concern.About(ctx, g, asked, domain.RelDependsOn, func(string) bool { return true })
			return err
		}},
		"tell.Whom": {items, func(ctx context.Context) error { _, err := tell.Whom(ctx, g, told); return err }},
		"match.Rank": {len(candidates), func(ctx context.Context) error {
			_, err := match.Rank(ctx, match.Sought{Words: words}, candidates)
			return err
		}},
		"conflict.NewLayers": {items, func(ctx context.Context) error { _, err := conflict.NewLayers(ctx, g); return err }},
		"conflict.Needs":     {items, func(ctx context.Context) error { _, err := conflict.Needs(ctx, chain, everyone[:1]); return err }},
		"conflict.NewWindows": {items / 4, func(ctx context.Context) error {
			_, err := conflict.NewWindows(ctx, g, []conflict.Window{window})
			return err
		}},
		"conflict.Find": {len(works) * len(works) / 2, func(ctx context.Context) error {
			_, err := plan.Find(ctx, conflict.Query{})
			return err
		}},
		"conflict.Find of one": {items, func(ctx context.Context) error {
			_, err := plan.Find(ctx, conflict.Query{Of: works[0].Key})
			return err
		}},
		"conflict.Find without an order": {items, func(ctx context.Context) error {
			_, err := conflict.New(chain, works[:2]).Find(ctx, conflict.Query{})
			return err
		}},
		"order.Heights": {items, func(ctx context.Context) error { _, err := order.Heights(ctx, g, everyone); return err }},
		"release.Close": {items, func(ctx context.Context) error {
			_, err := release.Close(ctx, oneUnit(items), release.Full, []release.Content{{Item: "0"}})
			return err
		}},
		"release.Close of a delta": {items, func(ctx context.Context) error {
			_, err := release.Close(ctx, oneUnit(items), release.Delta, []release.Content{{Item: "0"}})
			return err
		}},
		"release.Leaves": {items, func(ctx context.Context) error {
			parts := make([]string, items)
			for i := range parts {
				parts[i] = fmt.Sprint(i)
			}
			_, err := release.Leaves(ctx, map[string][]string{"P": parts}, "P")
			return err
		}},
		"release.Merge": {200 * 200, func(ctx context.Context) error {
			_, err := release.Merge(ctx, manyLeaves(200), nil, natural)
			return err
		}},
		"release.BackOut": {2 * items, func(ctx context.Context) error {
			undone, needs := lineOfUndone(items)
			_, err := release.BackOut(ctx, undone, needs, natural)
			return err
		}},
		"release.Supersedes": {items, func(ctx context.Context) error {
			_, err := release.Supersedes(ctx, release.Live{Release: "R", Type: release.Major, LiveAt: time.Unix(1, 0)}, make([]release.Live, items), natural, natural)
			return err
		}},
		"release.Matrix": {items, func(ctx context.Context) error {
			_, err := release.Matrix(ctx, []string{"x"}, make([]release.Standing, items), nil, natural)
			return err
		}},
		"release.Variants": {items, func(ctx context.Context) error {
			_, err := release.Variants(ctx, []string{"x"}, nil, nil, make([]string, items), false, natural)
			return err
		}},
		"library.IllegalUse": {items, func(ctx context.Context) error {
			_, err := licensed(licence).IllegalUse(ctx, "l", make([]library.Installation, items), time.Time{})
			return err
		}},
		"library.Use": {items, func(ctx context.Context) error {
			seats := licensed(licence)
			for i := range items {
				seats.Put(library.Installation{Item: "x", Site: fmt.Sprint(i)})
			}
			_, err := seats.Use(ctx, "l", time.Time{})
			return err
		}},
		"impact.Within": {g.Len() - items, func(ctx context.Context) error { _, err := impact.Within(ctx, g, everyone); return err }},
		"impact.InstalledAt": {items / 2, func(ctx context.Context) error {
			_, err := impact.InstalledAt(ctx, g, everyone)
			return err
		}},
	}
}

// licensed are the seats of a licence that covers the item x.
func licensed(l *domain.Licence) *library.Seats {
	seats := library.NewSeats()
	seats.PutLicence(l)
	seats.License("x", l.Key)
	return seats
}

// oneUnit groups so many items, all of them.
type oneUnit int

func (u oneUnit) UnitsOf(_ context.Context, asked []string) (map[string][]string, error) {
	of := map[string][]string{}
	for _, item := range asked {
		of[item] = []string{"unit"}
	}
	return of, nil
}

func (u oneUnit) ItemsOf(context.Context, []string) (map[string][]release.Member, error) {
	members := make([]release.Member, u)
	for i := range members {
		members[i].Item = fmt.Sprint(i)
	}
	return map[string][]release.Member{"unit": members}, nil
}

// manyLeaves bring one item each to a version of its own.
func manyLeaves(n int) []release.Leaf {
	leaves := make([]release.Leaf, n)
	for i := range leaves {
		leaves[i] = release.Leaf{Release: fmt.Sprint(i), Contents: []release.Content{{Item: "x", Action: release.Modify, From: "1", To: fmt.Sprint(i)}}}
	}
	return leaves
}

// lineOfUndone are items of which each needs the one before, and the first cannot
// be undone.
func lineOfUndone(n int) (undone []release.Undone, needs []release.Dependency) {
	for i := range n {
		u := release.Undone{Content: release.Content{Item: fmt.Sprint(i)}}
		if i == 0 {
			u.Requests = []release.UndoneRequest{{Key: "C", Kind: domain.BackOutNone}}
		} else {
			needs = append(needs, release.Dependency{From: fmt.Sprint(i), To: fmt.Sprint(i - 1)})
		}
		undone = append(undone, u)
	}
	return undone, needs
}

// manyWorks all overlap, and touch one item each.
func manyWorks(nodes int) []conflict.Work {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	works := make([]conflict.Work, 600)
	for i := range works {
		from := noon.Add(time.Duration(i) * time.Minute)
		works[i] = conflict.Work{
			Key: fmt.Sprintf("RFC-%04d", i), When: domain.TimeRange{From: from, To: from.AddDate(1, 0, 0)},
			Items: []conflict.Node{conflict.Node((i * 53) % min(nodes, items))},
		}
	}
	return works
}

// Each search looks at its context as often as its steps want it, and stops at
// the first look at one that has ended.
func TestEverySearchStopsSoonAfterItsContextEnds(t *testing.T) {
	for name, s := range searches(t) {
		t.Run(name, func(t *testing.T) {
			whole := &watched{Context: t.Context()}
			if err := s.run(whole); err != nil {
				t.Fatal(err)
			}
			const between = 2_000 // steps at most: the count of them is not exact
			if least := s.steps / between; whole.looks < max(least, 1) {
				t.Fatalf("in %d steps it looked %d times", s.steps, whole.looks)
			}
			for _, end := range []int{1, whole.looks/2 + 1, whole.looks} {
				left := &watched{Context: t.Context(), end: end}
				if err := s.run(left); !errors.Is(err, context.Canceled) || left.looks > left.end {
					t.Fatalf("ended at look %d it went on to look %d and answered %v", left.end, left.looks, err)
				}
			}
		})
	}
}
