package release_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/release"
	"releasegraph/internal/plan/version"
)

func readerOf(t testing.TB, kind version.Kind) *version.Reader {
	t.Helper()
	r, err := version.Scheme{Kind: kind}.Reader()
	require.NoError(t, err)
	return r
}

// Example 12, as history.
func TestAHistoryOfReleasesIsHeldToRisingNumbers_R3(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	list := []release.Lived{
		{Release: "M1", Number: "1.0.0", Type: release.Major, At: at}, {Release: "N14", Number: "1.4.0", Type: release.Minor, At: at, Order: 1},
		{Release: "M2", Number: "2.0.0", Type: release.Major, At: at.Add(1)}, {Release: "E14", Number: "1.4.1", Type: release.Emergency, At: at.Add(2)},
		{Release: "N19", Number: "1.9.0", Type: release.Minor, At: at.Add(3)}, {Release: "M19", Number: "1.9.1", Type: release.Major, At: at.Add(4)},
		{Release: "X", Number: "one", Type: release.Minor, At: at.Add(5)}, {Release: "E15", Number: "1.4.1+b", Type: release.Emergency, At: at.Add(6)},
	}
	tell := func(parallel bool) (told []string) {
		slices.Reverse(list)
		for _, f := range release.Fallen(release.Unit{Key: "pay"}, list, readerOf(t, version.Semver), parallel) {
			text := fmt.Sprint(f.Release, " ", f.Than, ": ", f.Why)
			if f.Than == "" {
				text = f.Release
			}
			told = append(told, text)
		}
		return told
	}
	require.Equal(t, []string{"N19 M2: 1.9.0 is below 2.0.0", "M19 M2: 1.9.1 is below 2.0.0", "X", "E15 E14: 1.4.1+b is the number of both"}, tell(false))
	require.Equal(t, []string{"M19 M2: 1.9.1 is below 2.0.0", "X", "E15 E14: 1.4.1+b is the number of both"}, tell(true))
}

// TestFallsAreAsComparingEachWithAllBefore compares each release with each that
// was live before it.
func TestFallsAreAsComparingEachWithAllBefore_R3(t *testing.T) {
	numbers := readerOf(t, version.Semver)
	rapid.Check(t, func(t *rapid.T) {
		var list []release.Lived
		for i := range rapid.IntRange(0, 8).Draw(t, "releases") {
			list = append(list, release.Lived{
				Release: fmt.Sprint("R", i), Order: i, Type: rapid.SampledFrom([]release.Type{release.Major, release.Minor, release.Emergency}).Draw(t, "type"),
				Number: rapid.SampledFrom([]string{"1.0.0", "1.0.1", "1.1.0", "2.0.0", "2.0.1", "none"}).Draw(t, "number"),
			})
		}
		parallel := rapid.Bool().Draw(t, "parallel")
		var want, got []string
		for i, r := range list {
			v, err := numbers.Read(r.Number)
			bad := err != nil
			newLine := true
			for _, q := range list[:i] {
				w, err := numbers.Read(q.Number)
				newLine = newLine && (err != nil || w.Line() != v.Line())
			}
			for _, q := range list[:i] {
				w, err := numbers.Read(q.Number)
				if bad || err != nil || v.Compare(w) > 0 {
					continue
				}
				bad = r.Type == release.Major || w.Line() == v.Line() || newLine && !parallel
			}
			if bad {
				want = append(want, r.Release)
			}
		}
		for _, f := range release.Fallen(release.Unit{Key: "u"}, list, numbers, parallel) {
			got = append(got, f.Release)
		}
		require.Equal(t, want, got)
	})
}
