package sheet_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/locale"
	"releasegraph/internal/plan/actionplan"
	"releasegraph/internal/sheet"
)

// Each language has all messages, so that none is told in another one.
func TestEveryLanguageHasAllMessages_P12(t *testing.T) {
	var first map[string]string
	for _, tag := range locale.Languages {
		text, err := os.ReadFile("messages/active." + tag.String() + ".json")
		require.NoError(t, err)
		var messages map[string]string
		require.NoError(t, json.Unmarshal(text, &messages))
		if first == nil {
			first = messages
		}
		require.Len(t, messages, len(first), tag)
		for id := range first {
			require.NotEmpty(t, messages[id], "%s %s", tag, id)
		}
	}
}

// What has no hour, and no way back, says so.
func TestASheetSaysWhatIsNotKnown_P12(t *testing.T) {
	w := sheet.NewWriter()
	s := &actionplan.Sheet{Language: "de", Release: "Kassen 2", Site: "Köln", Zone: time.UTC, Activation: domain.AtInstall, Lines: []actionplan.Line{{Step: actionplan.Step{Kind: actionplan.Verify, Item: -1}}}}
	text, err := w.Markdown(s)
	require.NoError(t, err)
	require.Contains(t, text, "# Kassen 2 in Köln\n\nDer Termin steht noch nicht fest.\n")
	require.Contains(t, text, "| 1 |  |  | Prüfen, ob alles funktioniert, mit jemandem, der damit arbeitet | der Standort | ☐ |\n")
	require.Contains(t, text, "Nichts lässt sich rückgängig machen")
	begins, takes := time.Date(2027, 1, 2, 3, 4, 0, 0, time.UTC), 65*time.Minute
	s.Window, s.Offer = domain.TimeRange{From: begins, To: begins.Add(24 * time.Hour)}, true
	s.Lines[0].Begins, s.Lines[0].Takes = &begins, &takes
	text, err = w.Markdown(s)
	require.NoError(t, err)
	require.Contains(t, text, "Sie wählen, wann, bis Sonntag, 3. Januar 2027 03:04 UTC.")
	require.Contains(t, text, "| 1 | 03:04 UTC | 1 h 5 min |")
}
