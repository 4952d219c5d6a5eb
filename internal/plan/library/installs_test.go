package library_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/library"
)

func TestAReleaseInstallsWhatItAddsWhereItGoes_P2(t *testing.T) {
	list := slices.Collect(library.Installs(
		[]library.Going{{Item: "app", At: []string{"par", "nyc"}}, {Item: "db", Adds: true, At: []string{"nyc", "lyo"}}},
		[]library.Going{{Item: "db", Adds: true, At: []string{"nyc", "lyo"}}, {Item: "web", At: []string{"par", "ber"}}},
		[]library.Going{{Item: "new", Adds: true}},
	))
	require.Equal(t, []library.Installation{{Item: "db", Site: "par"}, {Item: "db", Site: "ber"}}, list)
}

// TestInstallsAreAsAskedForEachItemAndSite asks for each item and site by itself.
func TestInstallsAreAsAskedForEachItemAndSite_P2(t *testing.T) {
	items, places := []string{"x", "y", "z"}, []string{"par", "nyc", "lyo"}
	rapid.Check(t, func(t *rapid.T) {
		at := map[string][]string{}
		for _, item := range items {
			at[item] = rapid.SliceOfDistinct(rapid.SampledFrom(places), rapid.ID[string]).Draw(t, item)
		}
		releases := make([][]library.Going, rapid.IntRange(0, 3).Draw(t, "releases"))
		for i := range releases {
			for _, item := range rapid.SliceOfDistinct(rapid.SampledFrom(items), rapid.ID[string]).Draw(t, "held") {
				releases[i] = append(releases[i], library.Going{Item: item, Adds: rapid.Bool().Draw(t, "adds"), At: at[item]})
			}
		}
		var want, got []string
		for _, item := range items {
			for _, site := range places {
				if !slices.Contains(at[item], site) && slices.ContainsFunc(releases, func(held []library.Going) bool {
					adds := slices.ContainsFunc(held, func(g library.Going) bool { return g.Item == item && g.Adds })
					goes := slices.ContainsFunc(held, func(g library.Going) bool { return slices.Contains(g.At, site) })
					return adds && goes
				}) {
					want = append(want, item+" "+site)
				}
			}
		}
		for i := range library.Installs(releases...) {
			got = append(got, i.Item+" "+i.Site)
		}
		slices.Sort(want)
		slices.Sort(got)
		require.Equal(t, want, got)
	})
}
