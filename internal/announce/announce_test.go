package announce_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/announce"
	"releasegraph/internal/domain"
	"releasegraph/internal/locale"
	"releasegraph/internal/plan/announcement"
	"releasegraph/internal/plan/release"
)

func told() announcement.Told {
	from, to := time.Date(2027, 3, 10, 0, 15, 0, 0, time.UTC), time.Date(2027, 3, 12, 0, 0, 0, 0, time.UTC)
	return announcement.Told{
		Name: "Payments", Version: "1.1.0", Need: "faster\r\nBcc: x", From: &from, To: &to,
		Notes: release.Notes{
			Changes: []release.NotedChange{{Name: "Refunds"}, {Name: "New receipts"}},
			Errors:  []release.NotedError{{Name: "Slow start", Workaround: "wait"}},
		},
	}
}

// Dates and plurals are those of the language, times those of the recipients' clocks
// (R14).
func TestALetterSpeaksTheLanguageAndTheClocksOfItsAudience_R14(t *testing.T) {
	w := announce.NewWriter()
	for wanted, want := range map[string][]string{
		"fr-CA": {"Payments 1.1.0 à Lyon : 10 mars 2027", "    du mercredi 10 mars 2027 01:15 CET au vendredi 12 mars 2027 01:00 CET", "Ce qui change : 2 choses", "d'ici là : wait"},
		"de":    {"Payments 1.1.0 in Lyon: 10. März 2027", "    Mittwoch, 10. März 2027 01:15 CET bis Freitag, 12. März 2027 01:00 CET", "Was sich ändert: 2 Dinge", "bis dahin: wait"},
		"ja":    {"Payments 1.1.0 at Lyon: 10 March 2027", "    Wednesday, 10 March 2027 01:15 CET to Friday, 12 March 2027 01:00 CET", "What is known not to work yet: one thing", "  - faster Bcc: x"},
	} {
		subject, text, err := w.Write(announcement.Letter{Told: told(), Audience: domain.ToSite, Occasion: domain.OnPlan, Language: wanted, Place: "Lyon", Zones: []string{"Europe/Paris"}})
		require.NoError(t, err)
		require.Equal(t, want[0], subject)
		for _, line := range want[1:] {
			require.Contains(t, text, line, wanted)
		}
		require.NoError(t, domain.CheckSubject(subject))
	}
	require.Equal(t, "fr", w.Nearest("fr-CA"))
	require.Equal(t, "en", w.Nearest("ja"))
	require.Equal(t, "en", w.Nearest(""))
}

func TestALetterTellsEachClockAndWhatHasBecomeOfThePlan_R14(t *testing.T) {
	w := announce.NewWriter()
	l := announcement.Letter{Told: told(), Audience: domain.ToSupport, Occasion: domain.OnChange, Language: "en", Zones: []string{"America/New_York", "Asia/Tokyo"}}
	subject, text, err := w.Write(l)
	require.NoError(t, err)
	require.Equal(t, "Changed: Payments 1.1.0: 9 March 2027", subject)
	require.Contains(t, text, "Tuesday, 9 March 2027 19:15 EST to Thursday, 11 March 2027 19:00 EST\n    Wednesday, 10 March 2027 09:15 JST")
	l.From, l.To = nil, nil
	_, text, err = w.Write(l)
	require.NoError(t, err)
	require.Contains(t, text, "its dates are not fixed any more")
	l.Occasion = domain.OnCancellation
	subject, text, err = w.Write(l)
	require.NoError(t, err)
	require.Equal(t, "Cancelled: Payments 1.1.0", subject)
	require.NotContains(t, text, "Refunds")
}

// Each language has each message.
func TestTheCataloguesSayTheSame_R14(t *testing.T) {
	keys := func(tag string) []string {
		text, err := os.ReadFile("messages/active." + tag + ".json")
		require.NoError(t, err)
		var messages map[string]any
		require.NoError(t, json.Unmarshal(text, &messages))
		var list []string
		for key := range messages {
			list = append(list, key)
		}
		return list
	}
	for _, tag := range locale.Languages {
		require.ElementsMatch(t, keys("en"), keys(tag.String()), tag)
	}
	require.False(t, strings.Contains(announce.NewWriter().Nearest("de-CH"), "CH"))
}
