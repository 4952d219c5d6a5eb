package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/importer"
)

// R3: a run tells at its end which numbers do not rise, wherever it goes to.
func TestARunTellsWhichNumbersDoNotRise_R3(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		text := `{"node":"ConfigurationItem","key":"calc","name":"c","class":"PROGRAM"}
{"node":"Release","key":"A","name":"A","releaseVersion":"2.0.0","type":"MINOR","category":"DELTA","status":"CLOSED","liveAt":"2026-01-01T00:00:00Z"}
{"node":"Release","key":"B","name":"B","releaseVersion":"1.0.0","type":"MINOR","category":"DELTA","status":"CLOSED","liveAt":"2026-01-02T00:00:00Z"}
{"edge":"CHANGES","from":"Release:A","to":"ConfigurationItem:calc","action":"MODIFY","toVersion":"2.0.0"}
{"edge":"CHANGES","from":"Release:B","to":"ConfigurationItem:calc","action":"MODIFY","toVersion":"1.0.0"}
`
		foreseen := p.run(t, text, importer.Options{DryRun: true})
		s := p.run(t, text, importer.Options{})
		require.Equal(t, s.Falls, foreseen.Falls, "a dry run tells the same")
		if len(s.Falls) != 1 || s.Falls[0].Release != "B" || s.Falls[0].Unit != "calc" || *s.Falls[0].Than != "A" {
			t.Errorf("told %v, want B after A", s.Falls)
		}
		if s := p.run(t, text, importer.Options{}); len(s.Falls) > 0 {
			t.Errorf("what changed nothing tells %v", s.Falls)
		}
	})
}

// What a dry run tells of numbers is what the run tells: of releases that are there
// and of those that come, in whatever batches, units and order (R3).
func TestADryRunTellsOfNumbersWhatTheRunTells_R3(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, strings.Join([]string{
			`{"node":"ConfigurationItem","key":"kept","name":"k","class":"PROGRAM"}`, `{"node":"ReleaseUnit","key":"old","name":"o"}`,
			`{"edge":"GROUPS","from":"ReleaseUnit:old","to":"ConfigurationItem:kept"}`,
			wentLive("there", "3.0.0", "2026-03-01"), changing("there", "kept", "3.0.0"),
			`{"node":"ReleasePolicy","key":"words","name":"w"}`,
		}, "\n"), importer.Options{})
		var lines []string
		for unit := range 30 {
			u, item := fmt.Sprint("unit-", unit), fmt.Sprint("item-", unit)
			lines = append(lines, `{"edge":"GROUPS","from":"ReleaseUnit:`+u+`","to":"ConfigurationItem:`+item+`"}`,
				`{"node":"ReleaseUnit","key":"`+u+`","name":"`+u+`"}`, `{"node":"ConfigurationItem","key":"`+item+`","name":"i","class":"PROGRAM"}`)
			for n := range 4 {
				number := fmt.Sprintf("%d.%d.0", 1+(unit*n)%3, n)
				lines = append(lines, wentLive(fmt.Sprint(u, "/", n), number, fmt.Sprintf("2026-01-%02d", 1+n)), changing(fmt.Sprint(u, "/", n), item, number))
			}
		}
		lines = append(lines, wentLive("falling", "2.0.0", "2026-03-02"), changing("falling", "kept", "2.0.0"),
			`{"edge":"FOLLOWS","from":"Release:unit-1/3","to":"ReleasePolicy:dated"}`,
			`{"node":"ReleasePolicy","key":"dated","name":"d","numbering":{"scheme":"NATURAL"}}`)
		text := strings.Join(lines, "\n")
		foreseen := p.run(t, text, importer.Options{DryRun: true})
		told := p.run(t, text, importer.Options{})
		require.Greater(t, len(told.Falls), 10)
		require.ElementsMatch(t, told.Falls, foreseen.Falls)
		require.Zero(t, foreseen.FallsUnseen)
	})
}

func wentLive(k, number, day string) string {
	return `{"node":"Release","key":"` + k + `","name":"` + k + `","releaseVersion":"` + number + `","type":"MINOR","category":"DELTA","status":"CLOSED","liveAt":"` + day + `T00:00:00Z","businessNeed":"` + strings.Repeat("why ", 2_000) + `"}`
}

// What does not fit into one request, of one unit, is counted, not guessed.
func TestADryRunCountsTheNumbersAtWhichItDoesNotLook_R3(t *testing.T) {
	a, _ := newApp(t)
	lines := []string{`{"node":"ConfigurationItem","key":"kept","name":"k","class":"PROGRAM"}`}
	for n := range 100 {
		number := fmt.Sprintf("%d.0.0", 200-n)
		lines = append(lines, wentLive(number, number, "2026-03-01"), changing(number, "kept", number))
	}
	sum := place{App: a, to: importer.Remote(serve(t, a), nil, nil)}.run(t, strings.Join(lines, "\n"), importer.Options{DryRun: true})
	require.Empty(t, sum.Falls)
	require.Equal(t, len(lines), sum.FallsUnseen)
}

func changing(k, item, number string) string {
	return `{"edge":"CHANGES","from":"Release:` + k + `","to":"ConfigurationItem:` + item + `","action":"MODIFY","toVersion":"` + number + `"}`
}
