package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

// The minutes lost are those in which any of the outages was on, counted one by one.
func TestMinutesLostAreThoseOfAnyOutage_D11(t *testing.T) {
	begins := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		lost := map[int]bool{}
		var times []domain.TimeRange
		for range rapid.IntRange(0, 6).Draw(t, "outages") {
			from := rapid.IntRange(0, 60).Draw(t, "from")
			to := from + rapid.IntRange(0, 20).Draw(t, "length")
			times = append(times, domain.TimeRange{From: begins.Add(time.Duration(from) * time.Minute), To: begins.Add(time.Duration(to) * time.Minute)})
			for minute := from; minute < to; minute++ {
				lost[minute] = true
			}
		}
		require.Equal(t, len(lost), domain.MinutesLost(times))
	})
	require.Equal(t, 1, domain.MinutesLost([]domain.TimeRange{{From: begins, To: begins.Add(time.Second)}}), "a minute that was begun counts")
}
