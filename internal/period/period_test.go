package period_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/period"
)

func of(t testing.TB, text string) period.Period {
	t.Helper()
	p, err := period.Parse(text)
	require.NoError(t, err)
	return p
}

func TestAMonthIsClippedToItsEnd_R16(t *testing.T) {
	for _, c := range []struct{ from, period, to string }{
		{"2026-09-28T10:00:00Z", "P1M", "2026-10-28T10:00:00Z"},
		{"2026-01-31T10:00:00Z", "P1M", "2026-02-28T10:00:00Z"},
		{"2028-01-31T10:00:00Z", "P1M", "2028-02-29T10:00:00Z"},
		{"2028-02-29T10:00:00Z", "P1Y", "2029-02-28T10:00:00Z"},
		{"2026-10-31T10:00:00Z", "P4M", "2027-02-28T10:00:00Z"},
		{"2026-01-31T10:00:00Z", "P1M1D", "2026-03-01T10:00:00Z"},
		{"2026-01-01T10:00:00Z", "P2WT1H30M5S", "2026-01-15T11:30:05Z"},
		{"2026-12-31T10:00:00Z", "P0D", "2026-12-31T10:00:00Z"},
	} {
		from, err := time.Parse(time.RFC3339, c.from)
		require.NoError(t, err)
		require.Equal(t, c.to, of(t, c.period).After(from).Format(time.RFC3339), "%s + %s", c.from, c.period)
	}
}

func TestPeriodsAreComparedWheneverTheyBegin(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"P3Y", "P14D", true}, {"P14D", "P3Y", false}, {"P1M", "P28D", true}, {"P1M", "P29D", false}, {"P31D", "P1M", true}, {"P30D", "P1M", false},
		{"P12M", "P1Y", true}, {"P1Y", "P365D", true}, {"P365D", "P1Y", false}, {"P1D", "PT24H", true}, {"P4Y", "P1461D", false}, {"P0D", "P0D", true},
	} {
		require.Equal(t, c.want, of(t, c.a).AtLeast(of(t, c.b)), "%s at least %s", c.a, c.b)
	}
}

func TestWhatIsNoPeriodIsRefused(t *testing.T) {
	for _, text := range []string{"", "P", "PT", "P1", "1M", "P-1M", "P1MT", "P1.5M", "P1D1M"} {
		_, err := period.Parse(text)
		require.ErrorContains(t, err, "is no ISO 8601 duration", text)
	}
}

// TestAfterCountsMonths compares with counting day by day.
func TestAfterCountsMonths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := time.Date(2020, 1, 1, 3, 4, 5, 6, time.UTC).AddDate(0, 0, rapid.IntRange(0, 40_000).Draw(t, "day"))
		months := rapid.IntRange(0, 40).Draw(t, "months")
		got := period.Period{Months: months}.After(from)
		at, passed := from, 0 // passed counts the firsts of months
		for passed < months || at.AddDate(0, 0, 1).Month() == at.Month() && at.Day() < from.Day() {
			at = at.AddDate(0, 0, 1)
			if at.Day() == 1 {
				passed++
			}
		}
		if months == 0 {
			at = from
		}
		require.Equal(t, at, got)
	})
}

func FuzzPeriod(f *testing.F) {
	f.Add("P1Y2M3W4DT5H6M7S")
	f.Add("P0D")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := period.Parse(text)
		if err != nil {
			return
		}
		again, err := period.Parse(p.String())
		require.NoError(t, err, p.String())
		require.Equal(t, p, again)
		require.False(t, p.After(time.Unix(0, 0)).Before(time.Unix(0, 0)))
	})
}
