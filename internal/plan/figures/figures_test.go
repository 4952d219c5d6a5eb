package figures_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/figures"
)

var begins = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)

func day(n int) time.Time { return begins.AddDate(0, 0, n) }

// The figures of a period are counted by hand here: ten days, two releases, four
// deployments.
func TestTheFiguresOfAPeriod_M1(t *testing.T) {
	due, late, hour, three := day(5), day(6), time.Hour, 3*time.Hour
	f := figures.Of(figures.Period{
		During: domain.TimeRange{From: day(0), To: day(10)},
		Releases: []figures.Release{
			{Type: domain.MajorRelease, LiveAt: day(5), PublishedTo: &due, Asked: []figures.Request{{"A", day(1)}, {"B", day(3)}}, Added: 1, Changed: 2},
			{Type: domain.EmergencyRelease, LiveAt: late, PublishedTo: &due, Asked: []figures.Request{{"C", day(-4)}}, Removed: 1},
		},
		Deployments: []figures.Deployment{
			{Status: domain.DeploymentClosed, Ended: day(5), PlannedTo: &due, Sites: 3, Reached: 3},
			{Status: domain.DeploymentVerifying, Ended: late, PlannedTo: &due, Sites: 1, Reached: 1, Troubled: true},
			{Status: domain.DeploymentBackedOut, Ended: day(7), Sites: 2},
			{Status: domain.DeploymentAborted, Ended: day(8), Sites: 2, Reached: 2},
		},
		Problems: []figures.Problem{{Key: "P", Restored: &hour}, {Key: "Q", Restored: &three}, {Key: "S"}},
	})
	require.Equal(t, []figures.TypeCount{{domain.MajorRelease, 1}, {domain.MinorRelease, 0}, {domain.EmergencyRelease, 1}}, f.Releases)
	require.Equal(t, []int{1, 1, 1, 2, 1}, []int{f.ReleasesInTime, f.ReleasesLate, f.Added, f.Changed, f.Removed})
	require.Equal(t, []int{4, 1, 1, 1, 1}, []int{f.Deployments, f.InTime, f.Late, f.Aborted, f.BackedOut})
	require.InDelta(t, 0.5, *f.Emergency, 1e-9)
	require.InDelta(t, 0.2, *f.Frequency, 1e-9)
	require.InDelta(t, 0.75, *f.FailureRate, 1e-9)
	require.InDelta(t, 0.75, *f.Reached, 1e-9)
	require.Equal(t, 96*time.Hour, *f.LeadTime.P50)
	require.Equal(t, 240*time.Hour, *f.LeadTime.P90)
	require.Equal(t, time.Hour, *f.Restore.P50)
	require.Equal(t, 3*time.Hour, *f.Restore.P90)
}

// Of nothing there is no share.
func TestThereIsNoShareOfNothing_M1(t *testing.T) {
	f := figures.Of(figures.Period{During: domain.TimeRange{From: day(0), To: day(1)}})
	require.Nil(t, f.Emergency)
	require.Nil(t, f.FailureRate)
	require.Nil(t, f.Reached)
	require.Nil(t, f.LeadTime.P50)
	require.Zero(t, *f.Frequency)
}

// Each figure has a row, with the records that it is counted from.
func TestEachFigureOpensToItsRecords_M1(t *testing.T) {
	due, in, over, hour := day(5), true, false, time.Hour
	got := map[string]figures.Row{}
	for _, row := range figures.Rows(figures.Period{
		During: domain.TimeRange{From: day(0), To: day(10)},
		Releases: []figures.Release{
			{Key: "R", Type: domain.MajorRelease, LiveAt: day(5), PublishedTo: &due, InBudget: &in, Asked: []figures.Request{{"A", day(1)}, {"B", day(3)}}, Changed: 2},
			{Key: "E", Type: domain.EmergencyRelease, LiveAt: day(6), PublishedTo: &due, InBudget: &over},
		},
		Deployments: []figures.Deployment{
			{Key: "D", Status: domain.DeploymentClosed, Ended: day(5), PlannedTo: &due, Sites: 3, Reached: 3, LostMinutes: 7, Outages: []string{"O"}},
			{Key: "B", Status: domain.DeploymentBackedOut, Ended: day(7), Sites: 1, Troubled: true, MissedFault: true},
		},
		Problems: []figures.Problem{{Key: "P", Category: "missing file", Restored: &hour}, {Key: "Q"}},
		Over:     []string{"late"},
	}) {
		got[row.Figure+" "+row.Of] = row
	}
	for of, want := range map[string]struct {
		value   float64
		records []string
	}{
		"releases MAJOR": {1, []string{"R"}}, "releasesInTime ": {1, []string{"R"}}, "releasesLate ": {1, []string{"E"}}, "releasesInBudget ": {1, []string{"R"}},
		"releasesOverBudget ": {1, []string{"E"}}, "emergencyShare ": {0.5, []string{"E"}}, "itemsChanged R": {2, []string{"R"}}, "leadTime p50": {2 * 24 * 3600, []string{"B"}},
		"leadTime p95": {4 * 24 * 3600, []string{"B", "A"}}, "deployments ": {2, []string{"D", "B"}}, "deploymentsInTime ": {1, []string{"D"}}, "deploymentsOver ": {1, []string{"late"}},
		"backedOutByMissedFault ": {1, []string{"B"}}, "deploymentFrequency ": {0.1, []string{"D"}}, "changeFailureRate ": {0.5, []string{"B"}}, "sitesReached ": {0.75, []string{"D", "B"}},
		"problemsCaused missing file": {1, []string{"P"}}, "problemsCaused ": {1, []string{"Q"}}, "timeToRestore p90": {3600, []string{"P"}}, "minutesLost D": {7, []string{"O"}},
	} {
		var keys []string
		for _, ref := range got[of].Records {
			keys = append(keys, ref.Key)
		}
		require.Equal(t, want.records, keys, of)
		require.InDelta(t, want.value, *got[of].Value, 1e-9, of)
	}
}
