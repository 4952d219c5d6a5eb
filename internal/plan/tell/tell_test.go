package tell_test

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
	"releasegraph/internal/plan/rank"
	"releasegraph/internal/plan/tell"
)

type tie struct {
	item, party int
	rel         string
}

// I7: whom to tell is what a slow count of all ties says, in the order promised.
func TestPartiesAreToldOfEveryHitThatConcernsThem_I7(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rels := append(slices.Clone(domain.PartyRelationships), domain.RelDependsOn, domain.RelInstalledAt)
		ties := rapid.SliceOfDistinct(rapid.Custom(func(t *rapid.T) tie {
			return tie{rapid.IntRange(0, 5).Draw(t, "item"), rapid.IntRange(0, 3).Draw(t, "party"), rapid.SampledFrom(rels).Draw(t, "rel")}
		}), rapid.ID).Draw(t, "ties")
		full := rapid.SliceOfN(rapid.Bool(), 6, 6).Draw(t, "full")

		b := adjacency.NewBuilder[domain.Facts, domain.Link]()
		var hits []tell.Hit
		for i := range 6 {
			strength := domain.StrengthDegraded
			if full[i] {
				strength = domain.StrengthFull
			}
			hits = append(hits, tell.Hit{Node: b.AddNode(fmt.Sprint("i", i), fmt.Sprint("i", i), domain.Facts{}), Strength: strength})
		}
		parties := make([]tell.Node, 4)
		for i := range parties {
			parties[i] = b.AddNode(fmt.Sprint("p", i), fmt.Sprint("p", i), domain.Facts{})
		}
		for _, one := range ties {
			b.AddArc(hits[one.item].Node, parties[one.party], domain.Link{Rel: one.rel})
		}
		hits[5].Node = -1 // an item that the graph does not hold concerns nobody

		var got []string
		list := plantest.Done(tell.Whom(context.Background(), b.Graph(1), hits))
		for _, p := range list {
			got = append(got, fmt.Sprint(p.Key, p.Hits, p.Full, p.Reasons))
		}
		if want := slowly(ties, full); !slices.Equal(got, want) {
			t.Fatalf("told %v, want %v", got, want)
		}
		for i, p := range list {
			if rest := rank.After(list, p.Place()); len(rest) != len(list)-i-1 {
				t.Fatalf("after %v come %d", p.Place(), len(rest))
			}
		}
	})
}

func slowly(ties []tie, full []bool) []string {
	type party struct {
		key        string
		hits, full int
		reasons    []tell.Reason
	}
	var list []party
	for p := range 4 {
		one := party{key: fmt.Sprint("p", p)}
		for _, why := range domain.WhysTold {
			var of []int
			for i := range 5 {
				if slices.ContainsFunc(ties, func(t tie) bool {
					w, ok := domain.WhyToldBy(t.rel)
					return ok && w == why && t.item == i && t.party == p
				}) {
					of = append(of, i)
				}
			}
			if len(of) > 0 {
				one.reasons = append(one.reasons, tell.Reason{Why: why, Hits: of})
			}
		}
		for i := range 5 {
			if slices.ContainsFunc(one.reasons, func(r tell.Reason) bool { return slices.Contains(r.Hits, i) }) {
				one.hits++
				if full[i] {
					one.full++
				}
			}
		}
		if one.hits > 0 {
			list = append(list, one)
		}
	}
	slices.SortStableFunc(list, func(a, b party) int { return cmp.Compare(b.hits, a.hits) })
	var told []string
	for _, p := range list {
		told = append(told, fmt.Sprint(p.key, p.hits, p.full, p.reasons))
	}
	return told
}
