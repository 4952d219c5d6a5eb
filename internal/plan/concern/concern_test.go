package concern_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/concern"
	"releasegraph/internal/plan/plantest"
	"releasegraph/internal/plan/rank"
)

type tie struct {
	problem, item int
	rel           string
}

func open(status string) bool { return status == "OPEN" || status == "DIAGNOSED" }

// I7: what concerns the items is what a slow count of all ties says, in the
// order promised.
func TestEveryProblemThatCountsIsFoundOnceForEachItem_I7(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ties := rapid.SliceOfDistinct(rapid.Custom(func(t *rapid.T) tie {
			return tie{
				rapid.IntRange(0, 3).Draw(t, "problem"), rapid.IntRange(0, 5).Draw(t, "item"),
				rapid.SampledFrom([]string{domain.RelConcerns, domain.RelPresentIn, domain.RelDependsOn}).Draw(t, "rel"),
			}
		}), rapid.ID).Draw(t, "ties")
		status := rapid.SliceOfN(rapid.SampledFrom(domain.ProblemStatuses), 4, 4).Draw(t, "status")
		full := rapid.SliceOfN(rapid.Bool(), 6, 6).Draw(t, "full")

		b := adjacency.NewBuilder[domain.Facts, domain.Link]()
		var items []concern.Item
		for i := range 6 {
			strength := domain.StrengthDegraded
			if full[i] {
				strength = domain.StrengthFull
			}
			items = append(items, concern.Item{Node: b.AddNode(fmt.Sprint("i", i), fmt.Sprint("i", i), domain.Facts{}), Strength: strength})
		}
		problems := make([]concern.Node, 4)
		for i := range problems {
			problems[i] = b.AddNode(fmt.Sprint("p", i), fmt.Sprint("p", i), domain.NewFacts(domain.KindProblem, "", "", status[i], 0, 0))
		}
		for _, one := range ties {
			b.AddArc(problems[one.problem], items[one.item].Node, domain.Link{Rel: one.rel})
		}
		items[5].Node = -1 // an item that the graph does not hold concerns nobody

		list := plantest.Done(concern.About(context.Background(), b.Graph(1), items, domain.RelConcerns, open))
		var got []string
		for _, s := range list {
			got = append(got, fmt.Sprint(s.Key, s.Full, s.Items))
		}
		if want := slowly(ties, status, full); !slices.Equal(got, want) {
			t.Fatalf("found %v, want %v", got, want)
		}
		for i, s := range list {
			if rest := rank.After(list, s.Place()); len(rest) != len(list)-i-1 {
				t.Fatalf("after %v come %d", s.Place(), len(rest))
			}
		}
	})
}

func slowly(ties []tie, status []domain.ProblemStatus, full []bool) []string {
	type subject struct {
		key   string
		full  int
		items []int
	}
	var list []subject
	for p := range 4 {
		one := subject{key: fmt.Sprint("p", p)}
		for i := range 5 {
			if slices.Contains(ties, tie{p, i, domain.RelConcerns}) {
				one.items = append(one.items, i)
				if full[i] {
					one.full++
				}
			}
		}
		if len(one.items) > 0 && open(string(status[p])) {
			list = append(list, one)
		}
	}
	slices.SortStableFunc(list, func(a, b subject) int { return cmp.Compare(len(b.items), len(a.items)) })
	var found []string
	for _, s := range list {
		found = append(found, fmt.Sprint(s.key, s.full, s.items))
	}
	return found
}

func TestWhatIsLinkedTwiceIsCountedOnce_I7(t *testing.T) {
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	item := b.AddNode("i", "i", domain.Facts{})
	problem := b.AddNode("p", "p", domain.NewFacts(domain.KindProblem, "", "", domain.ProblemOpen, 0, 0))
	b.AddArc(problem, item, domain.Link{Rel: domain.RelConcerns})
	list := plantest.Done(concern.About(context.Background(), b.Graph(1), []concern.Item{{Node: item}, {Node: -1}}, domain.RelConcerns, open))
	if len(list) != 1 || !slices.Equal(list[0].Items, []int{0}) {
		t.Fatalf("found %+v", list)
	}
	if none := plantest.Done(concern.About(context.Background(), b.Graph(1), []concern.Item{{Node: item}}, domain.RelPresentIn, open)); none != nil {
		t.Fatalf("found %+v by a relationship that nobody has", none)
	}
}
