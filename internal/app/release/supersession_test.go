package release_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
)

// went is a release that went live, of some items.
func went(key, number, kind, category string, day int, items ...string) []string {
	lines := []string{fmt.Sprintf(`{"node":"Release","key":%q,"name":%q,"releaseVersion":%q,"type":%q,"category":%q,"status":"CLOSED","liveAt":"2026-01-%02dT00:00:00Z"}`,
		key, key, number, kind, category, day)}
	for _, item := range items {
		lines = append(lines, fmt.Sprintf(`{"edge":"CHANGES","from":"Release:%s","to":"ConfigurationItem:%s","action":"MODIFY","toVersion":%q}`, key, item, number))
	}
	return lines
}

// history is the releases of pay in the order in which they went live.
func history() (lines []string) {
	for i, r := range []struct{ key, number, kind, item string }{
		{"M1", "1.0.0", "MAJOR", "pay-calc"}, {"N14", "1.4.0", "MINOR", "pay-calc"}, {"M2", "2.0.0", "MAJOR", "pay-calc"},
		{"E21", "2.0.1", "EMERGENCY", "pay-calc"}, {"N21", "2.1.0", "MINOR", "pay-calc"}, {"E22", "2.1.1", "EMERGENCY", "pay-calc"},
		{"E14", "1.4.1", "EMERGENCY", "pay-calc"}, {"E23", "2.1.2", "EMERGENCY", "pay-ui"},
	} {
		lines = append(lines, went(r.key, r.number, r.kind, "DELTA", i+1, r.item)...)
	}
	return lines
}

func TestAReleaseTellsWhosePlaceItTakes_R1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(append(paying, history()...)...)
		superseding := func(key, number, kind, category string) (list []string) {
			f.Create(domain.KindRelease, key, apptest.Values{"releaseVersion": number, "type": kind, "category": category})
			f.Connect(domain.RelChanges, key, "pay-calc", apptest.Values{"action": "MODIFY", "toVersion": number})
			found, err := f.Releases.Superseding(f.Ctx, f.Release(key))
			require.NoError(t, err)
			for _, one := range found {
				require.Equal(t, []string{"pay"}, one.Units)
				list = append(list, one.Release.Key)
			}
			return list
		}
		require.Equal(t, []string{"E22"}, superseding("N22", "2.2.0", "MINOR", "DELTA"),
			"E21 lies before N21, E14 below M2, and pay-ui of E23 is not in it")
		require.ElementsMatch(t, []string{"M1", "N14", "M2", "E21", "N21", "E22", "E14"}, superseding("M3", "3.0.0", "MAJOR", "DELTA"))
	})
}

func TestNumbersAreFreeAndRise_R3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(append(paying, history()[:6]...)...) // 1.0.0, 1.4.0, 2.0.0
		number := func(key, version, kind string) []string {
			f.Create(domain.KindRelease, key, apptest.Values{"releaseVersion": version, "type": kind, "category": "DELTA"})
			f.Connect(domain.RelChanges, key, "pay-calc", apptest.Values{"action": "MODIFY", "toVersion": version})
			var list []string
			for _, l := range f.Lacks(key, domain.StartBuild) {
				if len(l) > 7 && l[:7] == "NUMBER:" {
					list = append(list, l)
				}
			}
			return list
		}
		require.Empty(t, number("E", "1.4.1", "EMERGENCY"), "it rises on its line")
		require.Len(t, number("N", "1.9.0", "MINOR"), 1, "it falls below 2.0.0")
		require.Len(t, number("M", "1.9.1", "MAJOR"), 1)
		require.Len(t, number("T", "1.4.0+b1", "EMERGENCY"), 1, "build data makes no other number")
	})
}
