package rising_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
)

// line writes a line of an import.
func line(kind, k, more string) string {
	return `{"node":"` + kind + `","key":"` + k + `","name":"` + k + `"` + more + `}`
}

func edge(rel, from, to, more string) string {
	return `{"edge":"` + rel + `","from":"` + from + `","to":"` + to + `"` + more + `}`
}

// live brings a release of an item that went live on a day of October 2026.
func live(k, version, kind, status, item string, day int) []string {
	at := fmt.Sprintf(`"2026-10-%02dT12:00:00Z"`, day)
	return []string{
		line("Release", k, `,"releaseVersion":"`+version+`","type":"`+kind+`","category":"DELTA","status":"`+status+`","liveAt":`+at),
		edge("CHANGES", "Release:"+k, "ConfigurationItem:"+item, `,"action":"MODIFY","toVersion":"`+version+`"`),
	}
}

// paying is a unit of two programs.
var paying = []string{
	line("ConfigurationItem", "pay-calc", `,"class":"PROGRAM"`), line("ConfigurationItem", "pay-ui", `,"class":"PROGRAM"`), line("ReleaseUnit", "pay", ""),
	edge("GROUPS", "ReleaseUnit:pay", "ConfigurationItem:pay-calc", ""), edge("GROUPS", "ReleaseUnit:pay", "ConfigurationItem:pay-ui", ""),
}

// History is imported as it was, and the import tells whose numbers do not rise:
// also of releases that were there before.
func TestAnImportTellsWhichNumbersDoNotRise_R3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		bring := func(lines ...string) (told []string) {
			got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: lines, Overwrite: true}, nil)
			require.NoError(t, err)
			require.Empty(t, got.Wrong)
			for _, f := range got.Falls {
				than := "nothing"
				if f.Than != nil {
					than = *f.Than
				}
				told = append(told, fmt.Sprint(f.Unit, ": ", f.Release, " after ", than, ", ", f.Why))
			}
			return told
		}
		require.Empty(t, bring(paying...))
		require.Empty(t, bring(live("A", "1.1.0", "MINOR", "CLOSED", "pay-calc", 1)...))
		require.Empty(t, bring(live("C", "1.3.0", "MINOR", "VERIFYING", "pay-ui", 9)...))
		require.Equal(t, []string{"pay: C after B, 1.3.0 is below 1.4.0"}, bring(live("B", "1.4.0", "MINOR", "CLOSED", "pay-calc", 5)...), "whatever of the unit each changes")
		require.Len(t, bring(live("D", "one", "MINOR", "CLOSED", "pay-ui", 11)...), 2)
		require.Empty(t, bring(`{"node":"Site","key":"par","name":"Paris"}`), "what touches no release tells of none")
		require.Len(t, bring(`{"node":"Release","key":"D","releaseVersion":"1.4.0"}`), 2)
		require.Empty(t, bring(`{"node":"Release","key":"C","releaseVersion":"1.5.0"}`, `{"node":"Release","key":"D","releaseVersion":"1.5.1"}`))

		// Without a time releases went live as they come.
		one := func(k, number string) []string {
			return []string{
				line("Release", k, `,"releaseVersion":"`+number+`","type":"MINOR","category":"FULL","status":"CLOSED"`),
				edge("CHANGES", "Release:"+k, "ConfigurationItem:alone", `,"action":"MODIFY","toVersion":"`+number+`"`),
			}
		}
		lines := append(one("X", "2.0.0"), one("Z", "1.0.0")...)
		require.Equal(t, []string{"alone: Z after X, 1.0.0 is below 2.0.0"}, bring(append(lines, `{"node":"ConfigurationItem","key":"alone","name":"a","class":"PROGRAM"}`)...))
	})
}
