package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
)

// P7: hours of the week are those of the clocks at the site, also when they change.
func TestHoursOfTheWeekAreThoseOfTheClocks_P7(t *testing.T) {
	at := func(text string) time.Time {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			panic(err)
		}
		return t
	}
	// Friday 27 March to Tuesday 31 March 2026; Paris puts its clocks forward on Sunday.
	within := domain.TimeRange{From: at("2026-03-27T00:00:00Z"), To: at("2026-03-31T00:00:00Z")}
	for text, want := range map[string][]string{
		"Mo-Fr 08:00-18:00":             {"2026-03-27T07:00:00Z", "2026-03-27T17:00:00Z", "2026-03-30T06:00:00Z", "2026-03-30T16:00:00Z"},
		"mon-fri 8:00-12:00,13:00-14:0": nil,
		"Fr,Mo 08:00-09:00, 22:00-24:00": {
			"2026-03-27T07:00:00Z", "2026-03-27T08:00:00Z", "2026-03-27T21:00:00Z", "2026-03-27T23:00:00Z",
			"2026-03-30T06:00:00Z", "2026-03-30T07:00:00Z", "2026-03-30T20:00:00Z", "2026-03-30T22:00:00Z",
		},
		"Fr-Sa 22:00-02:00; Monday 10:00-11:00;": {
			"2026-03-27T21:00:00Z", "2026-03-28T01:00:00Z", "2026-03-28T21:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T08:00:00Z", "2026-03-30T09:00:00Z",
		},
		"24/7": {"2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z"},
	} {
		windows, err := calendar.ParseHours(text, "Europe/Paris")
		if want == nil {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		var got []string
		for _, r := range calendar.Open(windows, within) {
			got = append(got, r.From.Format(time.RFC3339), r.To.Format(time.RFC3339))
		}
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "always", "Mo-Fr", "Mo 25:00-26:00", "Mo 24:00-25:00", "Xx 08:00-09:00", "Mo 08:00", "Mo 08:00-09:60"} {
		_, err := calendar.ParseHours(text, "Europe/Paris")
		require.Error(t, err, text)
	}
}
