package release_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/release"
)

func stands(item, site, v string) release.Standing {
	return release.Standing{Item: item, Site: site, Version: v}
}

func TestTheMatrixShowsWhatEachSiteHas_R18(t *testing.T) {
	standing := []release.Standing{
		stands("calc", "par", "1.1.0"), stands("ui", "par", "1.0.0"), {Item: "calc", Site: "nyc", Version: "1.1.0", Active: "1.0.0"}, stands("ui", "nyc", "1.0.0"), stands("other", "lyo", "1.0.0"), stands("ui", "osl", "9.0.0"),
	}
	deployed := []release.Arrived{
		{Release: "R1", Site: "par", At: begin, Contents: []release.Content{modify("calc", "", "1.0.0"), modify("ui", "", "1.0.0")}},
		{Release: "R2", Site: "par", At: begin.AddDate(0, 0, 1), Contents: []release.Content{modify("calc", "1.0.0", "1.1.0+b"), modify("other", "1", "2")}},
		{Release: "R3", Site: "par", At: begin.AddDate(0, 0, 2), Contents: []release.Content{{Item: "ui", Action: release.Remove}}},
		{Release: "R1", Site: "nyc", At: begin, Contents: []release.Content{modify("calc", "", "1.0.0"), {Item: "old", Action: release.Remove}}},
		{Release: "R2", Site: "nyc", At: begin.AddDate(0, 0, 1), Contents: []release.Content{modify("calc", "1.0.0", "1.1.0")}},
		{Release: "R9", Site: "osl", At: begin, Contents: []release.Content{modify("other", "1", "2")}},
	}
	require.Equal(t, []release.MatrixRow{
		{Site: "nyc", Versions: map[string]string{"calc": "1.0.0", "ui": "1.0.0"}, Release: "R1"},
		{Site: "osl", Versions: map[string]string{"ui": "9.0.0"}},
		{Site: "par", Versions: map[string]string{"calc": "1.1.0", "ui": "1.0.0"}, Release: "R2"},
	}, must(release.Matrix(t.Context(), []string{"calc", "ui", "old"}, standing, deployed, semver)))
}

func TestAReleaseSaysHowManyVariantsItMakes_R18(t *testing.T) {
	standing := []release.Standing{stands("a", "par", "1.0"), stands("a", "nyc", "v1.0"), stands("a", "lyo", "2.0")}
	change := []release.Content{modify("a", "1.0", "3.0"), modify("elsewhere", "1", "2")}
	all := []string{"par", "nyc", "lyo"}
	for _, c := range []struct {
		about    string
		contents []release.Content
		sites    []string
		bigBang  bool
		want     release.Spread
	}{
		{"everywhere", change, all, false, release.Spread{Now: 2, During: 3, After: 1}},
		{"everywhere at once", change, all, true, release.Spread{Now: 2, During: 2, After: 1}},
		{"at some sites", change, []string{"par"}, false, release.Spread{Now: 2, During: 3, After: 3}},
		{"to a version that is there", []release.Content{modify("a", "1.0", "2.0")}, []string{"par", "nyc"}, false, release.Spread{Now: 2, During: 2, After: 1}},
		{"to a new site", change, []string{"osl"}, false, release.Spread{Now: 2, During: 3, After: 3}},
		{"taken away", []release.Content{{Item: "a", Action: release.Remove}}, all, false, release.Spread{Now: 2, During: 2}},
	} {
		require.Equal(t, c.want, must(release.Variants(t.Context(), []string{"a"}, standing, c.contents, c.sites, c.bigBang, natural)), c.about)
	}
	pay := release.Unit{Key: "pay"}
	require.Equal(t, []string{"VARIANTS pay: fewer variants of pay: 2 now, 3 during the roll-out and 1 after it, the policy allows 2"}, told(release.TooManyVariants(pay, release.Spread{Now: 2, During: 3, After: 1}, 2)))
	require.Empty(t, release.TooManyVariants(pay, release.Spread{Now: 2, During: 3, After: 1}, 3))
	require.Empty(t, release.TooManyVariants(pay, release.Spread{Now: 4, During: 4, After: 3}, 2), "it raises nothing")
}

// TestVariantsAreDistinctRows compares with rows written out site by site, and
// holds what goes on during a roll-out in any order to what was foretold.
func TestVariantsAreDistinctRows_R18(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.IntRange(1, 3)
		sites := []string{"s0", "s1", "s2", "s3"}
		state := map[string][2]int{}
		var standing []release.Standing
		for _, s := range sites {
			row := [2]int{v.Draw(t, "a"), v.Draw(t, "b")}
			state[s] = row
			standing = append(standing, stands("a", s, fmt.Sprint(row[0])), stands("b", s, fmt.Sprint(row[1])))
		}
		to := v.Draw(t, "to")
		chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(sites), 0, 4, rapid.ID).Draw(t, "sites")
		got := must(release.Variants(context.Background(), []string{"a", "b"}, standing, []release.Content{modify("a", "", fmt.Sprint(to))}, chosen, false, natural))
		distinct := func() int {
			rows := map[[2]int]bool{}
			for _, row := range state {
				rows[row] = true
			}
			return len(rows)
		}
		require.Equal(t, distinct(), got.Now)
		for _, s := range chosen {
			state[s] = [2]int{to, state[s][1]}
			require.LessOrEqual(t, distinct(), got.During)
		}
		require.Equal(t, distinct(), got.After)
	})
}
