package quality_test

import (
	"fmt"
	"testing"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/quality"
)

// I5: what the dependencies of a group say of its minimum, where they differ.
func TestGroupsWhoseMinimumsDifferAreToldWithTheStrictest_I5(t *testing.T) {
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	nodes := map[string]quality.Node{}
	for _, key := range []string{"app", "api", "db-1", "db-2", "db-3"} {
		nodes[key] = b.AddNode(key, key, domain.NewFacts(domain.KindConfigurationItem, domain.Application, domain.Live, domain.ItemLive, 0, 0))
	}
	join := func(from, to, group string, minimum, percent int32) {
		b.AddArc(nodes[from], nodes[to], domain.Link{Rel: domain.RelDependsOn, Kind: domain.Uses, Impact: domain.ImpactFull, Group: group, Minimum: minimum, MinimumPercent: percent})
	}
	join("app", "db-1", "db", 1, 0)
	join("app", "db-2", "db", 0, 50)
	join("app", "db-3", "db", 0, 0)
	join("app", "db-1", "", 7, 0)      // in no group
	join("app", "db-2", "quiet", 2, 0) // alone
	join("app", "db-3", "quiet", 0, 0) // says nothing
	join("api", "db-1", "store", 2, 0)
	join("api", "db-2", "store", 1, 0)
	got, err := quality.UnevenGroups(t.Context(), b.Graph(1))
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, g := range got {
		told = append(told, fmt.Sprint(g.Name, g.Minimums, g.Percents, g.Members, g.Counts))
	}
	if want := "[store[1 2] [] 2 2 db[1] [50] 3 2]"; fmt.Sprint(told) != want {
		t.Errorf("got %v, want %s", told, want)
	}
}
