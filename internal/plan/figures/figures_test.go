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
	due, late := day(5), day(6)
	f := figures.Of(figures.Period{
		During: domain.TimeRange{From: day(0), To: day(10)},
		Releases: []figures.Release{
			{Type: domain.MajorRelease, LiveAt: day(5), PublishedTo: &due, Asked: []time.Time{day(1), day(3)}, Added: 1, Changed: 2},
			{Type: domain.EmergencyRelease, LiveAt: late, PublishedTo: &due, Asked: []time.Time{day(-4)}, Removed: 1},
		},
		Deployments: []figures.Deployment{
			{Status: domain.DeploymentClosed, Ended: day(5), PlannedTo: &due, Sites: 3, Reached: 3},
			{Status: domain.DeploymentVerifying, Ended: late, PlannedTo: &due, Sites: 1, Reached: 1, Troubled: true},
			{Status: domain.DeploymentBackedOut, Ended: day(7), Sites: 2},
			{Status: domain.DeploymentAborted, Ended: day(8), Sites: 2, Reached: 2},
		},
		Restored: []time.Duration{time.Hour, 3 * time.Hour},
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
