package impact_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/plantest"
)

// I2, I5: what an item needs, and who is hurt by it, say the same: a need is as
// strong as the loss of it alone hurts the item, and is none where that does not.
func TestANeedIsAsStrongAsItsLossAloneHurts_I5(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, q := drawEstate(t)
		q.dependencies, q.ignore, q.excluded, q.environment = true, false, nil, ""
		q.sources = q.sources[:1]
		source := q.sources[0]
		needs := map[string]domain.Strength{}
		r := e.ask(q)
		hits, _ := page(r, impact.Place{}, 0)
		for _, h := range hits {
			needs[h.Key] = h.Strength
		}
		redundant := 0
		for need := range e.items {
			if need == source {
				continue
			}
			back := q
			back.dependencies, back.sources = false, []string{need}
			var hurt domain.Strength
			hits, _ := page(e.ask(back), impact.Place{}, 0)
			for _, h := range hits {
				if h.Key == source {
					hurt = h.Strength
				}
			}
			if needs[need] != hurt {
				t.Fatalf("%s needs %s: %q; when %s is lost it is hurt: %q", source, need, needs[need], need, hurt)
			}
			plain := q
			plain.ignore = true
			hits, _ = page(e.ask(plain), impact.Place{}, 0)
			for _, h := range hits {
				if h.Key == need && hurt == "" {
					redundant++
				}
			}
		}
		if r.Redundant() != redundant || plantest.Done(r.Summary(t.Context())).Redundant != redundant {
			t.Fatalf("%d needs are told to be redundant, want %d", r.Redundant(), redundant)
		}
	})
}

// I5: by hand, as the documentation tells it.
func TestAStandInMakesANeedLessStrong_I5(t *testing.T) {
	group := domain.Link{Rel: domain.RelDependsOn, Kind: domain.Uses, Impact: domain.ImpactFull, Group: "db", Minimum: 1}
	weak := group
	weak.Group, weak.Impact = "cache", domain.ImpactDegraded
	plain := domain.Link{Rel: domain.RelDependsOn, Kind: domain.HostedOn, Impact: domain.ImpactFull}
	e := newEstate(nil, []edge{
		{"app", "db-1", group}, {"app", "db-2", group}, {"app", "cache-1", weak}, {"app", "cache-2", weak},
		{"db-1", "host-1", plain}, {"db-2", "host-2", plain}, {"host-1", "power", plain}, {"host-2", "power", plain}, {"cache-1", "power", plain},
	}, nil)
	got := told(e.ask(question{sources: []string{"app"}, dependencies: true}))
	want := []string{"1 db-1 DEGRADED", "1 db-2 DEGRADED", "2 host-1 DEGRADED", "2 host-2 DEGRADED", "2 power FULL"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// I8: more needs than can be weighed are refused with what to ask instead, and
// nothing goes on when nobody waits.
func TestNeedsThatAreTooManyToWeighAreRefused_I5(t *testing.T) {
	const many = 60_000
	group := domain.Link{Rel: domain.RelDependsOn, Kind: domain.Uses, Impact: domain.ImpactFull, Group: "g", Minimum: 1}
	edges := make([]edge, 0, 2*many)
	for i := range many {
		for _, step := range []int{1, 2} {
			edges = append(edges, edge{fmt.Sprint(i), fmt.Sprint(i + step), group})
		}
	}
	e := newEstate(nil, edges, nil)
	q := impact.Query{Sources: e.nodes("0"), Dependencies: true}
	var refused *domain.Error
	if _, err := impact.Analyse(t.Context(), e.graph, q); !errors.As(err, &refused) || refused.Code != domain.Limit {
		t.Errorf("got %v, want a limit", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	q.Sources = e.nodes(fmt.Sprint(many - 300))
	if _, err := impact.Analyse(ended, e.graph, q); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
}
