package release_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
)

func numbered(key, number string, kind release.Type, status release.Status) release.Numbered {
	return release.Numbered{Release: key, Number: number, Type: kind, Status: status, Units: units("pay")}
}

// TestNumbersRise is example 12.
func TestNumbersRise_R3(t *testing.T) {
	live := []release.Numbered{
		numbered("M1", "1.0.0", release.Major, release.Closed), numbered("N14", "1.4.0", release.Minor, release.Verifying), numbered("M2", "2.0.0", release.Major, release.Deploying),
		numbered("X", "1.1.0+b1", release.Minor, release.Cancelled),
	}
	asks := func(number string, kind release.Type, parallel bool) []string {
		return told(release.Number(numbered("R", number, kind, release.Planned), live, semver, parallel))
	}
	require.Empty(t, asks("1.4.1", release.Emergency, false), "it rises on its line")
	falls := []string{"NUMBER M2: a number that rises: 1.9.0 of pay is below 2.0.0 of M2"}
	require.Equal(t, falls, asks("1.9.0", release.Minor, false))
	require.Empty(t, asks("1.9.0", release.Minor, true), "lines may go on in parallel")
	require.Equal(t, falls, asks("1.9.0", release.Major, true), "a MAJOR is above all, always")
	require.Equal(t, []string{"NUMBER X: a free number: 1.1.0 of pay is taken by 1.1.0+b1 of X (CANCELLED)"}, asks("1.1.0", release.Minor, true))
	require.Equal(t, []string{"NUMBER M2: a number that rises: 2.0.0-rc of pay is below 2.0.0 of M2"}, asks("2.0.0-rc", release.Minor, true))
	require.Contains(t, asks("2.1", release.Minor, false)[0], "a number that can be read")
}

func TestANumberIsFreeAmongReleasesOfItsUnitsAlone_R3(t *testing.T) {
	other := numbered("O", "1.0.0", release.Minor, release.Planned)
	own := numbered("R", "1.0.0", release.Minor, release.Planned)
	require.Len(t, release.Taken(own, []release.Numbered{other, own}, semver), 1)
	other.Units = []release.Unit{{Key: "pay", Own: true}}
	require.Empty(t, release.Taken(own, []release.Numbered{other}, semver), "an item without unit is another unit than one of its name")
}

func TestAPackagesNumberIsFreeAmongPackages_R3(t *testing.T) {
	packages := []release.Numbered{numbered("P9", "2026.09", release.Minor, release.Closed)}
	require.Empty(t, release.PackageNumber(numbered("P", "2026.10", release.Minor, release.Planned), packages))
	require.Equal(t, []string{"NUMBER P9: a free number: 2026.9 is taken by the package P9 (CLOSED)"},
		told(release.PackageNumber(numbered("P", "2026.9", release.Minor, release.Planned), packages)))
	require.Len(t, release.PackageNumber(numbered("P", "-", release.Minor, release.Planned), nil), 1)
}

func TestItemsNeverFall_R3(t *testing.T) {
	require.Equal(t, []string{
		"ITEM_VERSIONS a: a version that rises: a falls from 1.10 to 1.9",
		`ITEM_VERSIONS b: a version of b that can be read: "?" is no version: it has neither a letter nor a digit before any +`,
		"ITEM_VERSIONS d: the version to which d goes",
	}, told(release.ItemVersions([]release.Content{
		modify("a", "1.10", "1.9"), modify("b", "1", "?"), modify("c", "1.9", "1.10"), modify("d", "1", ""),
		{Item: "e", Action: release.Remove, From: "1"}, {Item: "f", Action: release.Add, To: "1"}, modify("g", "1.0", "1-0"),
	}, natural)))
}

func TestASiteIsOfferedWhatRisesThere_R3(t *testing.T) {
	for _, c := range []struct {
		brings, stands string
		want           release.Placement
	}{
		{"1.4.1", "1.4.0", release.Rises}, {"1.4.1", "", release.Rises}, {"1.4.1", "1.4.1+b", release.Skipped}, {"1.4.1", "2.0.0", release.Falls},
		{"1.4.1", "old", release.NotComparable}, {"old", "old", release.Skipped},
	} {
		require.Equal(t, c.want, release.Place(c.brings, c.stands, semver), "%s over %s", c.brings, c.stands)
	}
}

// TestRisingIsAsTheRuleIsWorded compares with numbers of one digit a place.
func TestRisingIsAsTheRuleIsWorded_R3(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(key string) (release.Numbered, [3]int) {
			var n [3]int
			for i := range n {
				n[i] = rapid.IntRange(0, 2).Draw(t, key)
			}
			r := numbered(key, fmt.Sprintf("%d.%d.%d", n[0], n[1], n[2]), rapid.SampledFrom(domain.ReleaseTypes).Draw(t, "type"),
				rapid.SampledFrom([]release.Status{release.Planned, release.Deploying, release.Verifying, release.Closed, release.BackedOut, release.Cancelled}).Draw(t, "status"))
			if rapid.Bool().Draw(t, "elsewhere") {
				r.Units = units("ui", "web")
			}
			return r, n
		}
		r, own := draw("R")
		parallel := rapid.Bool().Draw(t, "parallel")
		var others []release.Numbered
		less := func(a, b [3]int) bool { return a[0]*100+a[1]*10+a[2] < b[0]*100+b[1]*10+b[2] }
		free, rises := true, true
		var online, above, all bool
		online, above, all = false, true, true
		for i := range rapid.IntRange(0, 5).Draw(t, "others") {
			o, n := draw(fmt.Sprint("O", i))
			others = append(others, o)
			if o.Units[0] != r.Units[0] {
				continue
			}
			free = free && n != own
			if o.Status != release.Deploying && o.Status != release.Verifying && o.Status != release.Closed {
				continue
			}
			if n[0] == own[0] && n[1] == own[1] {
				online = true
				above = above && less(n, own)
			}
			all = all && less(n, own)
		}
		switch {
		case r.Type == release.Major:
			rises = all
		case online:
			rises = above
		case !parallel:
			rises = all
		}
		got := release.Number(r, others, semver, parallel)
		require.Equal(t, free && rises, len(got) == 0, "%v among %v: %v", r, others, told(got))
	})
}
