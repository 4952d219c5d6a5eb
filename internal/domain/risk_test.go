package domain_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

func TestTheRiskIsTheSumOfItsParts(t *testing.T) {
	risk, score, parts := domain.AssessRisk(domain.RiskFacts{
		Type: domain.NormalChange, BackOutKind: some(domain.BackOutPartial), Downtime: 2 * time.Hour, Criticality: 5, Full: 6, Degraded: 6, Users: 999, InFlight: 1,
	})
	var told []string
	for _, p := range parts {
		told = append(told, p.String())
	}
	require.Equal(t, []string{
		"CRITICALITY: 20 of 20, the most critical item that it affects or hits is of criticality 5",
		"BREADTH: 5 of 20, 6 hit FULL and 6 DEGRADED",
		"USERS: 6 of 10, 999 users of what is hit",
		"BACK_OUT: 10 of 20, it can be undone in part",
		"DOWNTIME: 6 of 10, a downtime of at most four hours",
		"IN_FLIGHT: 5 of 10, 1 other requests touch the same items in the same time",
		"HASTE: 0 of 10, it is no emergency",
	}, told)
	require.Equal(t, 52, score)
	require.Equal(t, domain.RiskHigh, risk)
}

func TestMoreHarmIsNeverLessRisk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(0, 1_000_000)
		f := domain.RiskFacts{
			Type: domain.NormalChange, BackOutKind: some(rapid.SampledFrom(domain.BackOutKinds).Draw(t, "back-out")),
			Downtime: time.Duration(rapid.IntRange(0, 20).Draw(t, "hours")) * time.Hour, Criticality: rapid.IntRange(0, 5).Draw(t, "criticality"),
			Full: count.Draw(t, "full"), Degraded: count.Draw(t, "degraded"), Users: count.Draw(t, "users"), InFlight: rapid.IntRange(0, 5).Draw(t, "in flight"),
		}
		_, before, parts := domain.AssessRisk(f)
		most := 0
		for _, p := range parts {
			require.LessOrEqual(t, p.Points, p.Most)
			most += p.Most
		}
		require.Equal(t, 100, most)
		worse := f
		worse.Full, worse.Users, worse.InFlight, worse.BackOutKind, worse.Type = f.Full+1000, f.Users+1000, f.InFlight+1, some(domain.BackOutNone), domain.EmergencyChange
		_, after, _ := domain.AssessRisk(worse)
		require.GreaterOrEqual(t, after, before)
	})
}

// What is kept of a risk reads as what it was reckoned from.
func TestThePartsOfARiskAreReadAsTheyWereKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, score, parts := domain.AssessRisk(domain.RiskFacts{
			Type:        rapid.SampledFrom(domain.ChangeRequestTypes).Draw(t, "type"),
			Criticality: rapid.IntRange(0, 5).Draw(t, "criticality"), Full: rapid.IntRange(0, 9999).Draw(t, "full"),
			Users: rapid.IntRange(0, 1_000_000).Draw(t, "users"), InFlight: rapid.IntRange(0, 9).Draw(t, "in flight"),
			Downtime: time.Duration(rapid.IntRange(0, 9).Draw(t, "hours")) * time.Hour,
		})
		as := &domain.Assessment{}
		sum := 0
		for _, p := range parts {
			as.RiskParts = append(as.RiskParts, p.String())
			sum += p.Points
		}
		if read := as.Parts(); !slices.Equal(read, parts) || sum != score {
			t.Fatalf("%v was read as %v", parts, read)
		}
	})
	for _, words := range []string{"", "much", "CRITICALITY: many of 20, so", "LUCK: 1 of 2, so"} {
		if p := domain.ReadRiskPart(words); p != (domain.RiskPart{Name: domain.RiskOther, Why: words}) {
			t.Errorf("%q was read as %v", words, p)
		}
	}
}
