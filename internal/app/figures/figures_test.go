package figures_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
)

// The figures of a month are counted from what happened in it, and open to their records.
func TestTheFiguresOfAMonth_M1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(
			`{"node":"Site","key":"par","name":"Paris"}`, `{"node":"Site","key":"lyo","name":"Lyon"}`,
			`{"node":"ConfigurationItem","key":"pay","name":"pay","class":"PROGRAM"}`,
			`{"node":"Release","key":"R","name":"R","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"CLOSED","liveAt":"2026-01-10T00:00:00Z","publishedFrom":"2026-01-03T00:00:00Z","publishedTo":"2026-01-09T00:00:00Z","publishedBudget":"100","publishedCurrency":"EUR"}`,
			`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"}`,
			`{"node":"Deployment","key":"D","name":"D","status":"CLOSED","startedAt":"2026-01-03T00:00:00Z","verifyingAt":"2026-01-10T00:00:00Z","endedAt":"2026-01-24T00:00:00Z"}`,
			`{"edge":"DEPLOYS","from":"Deployment:D","to":"Release:R"}`,
			`{"node":"Wave","key":"D-1","name":"Pilot","ordinal":1,"status":"SUCCEEDED","windowFrom":"2026-01-03T20:00:00Z","windowTo":"2026-01-11T22:00:00Z"}`,
			`{"edge":"HAS_WAVE","from":"Deployment:D","to":"Wave:D-1"}`,
			`{"node":"SiteRollout","key":"D-par","name":"Paris","status":"VERIFIED","verifiedAt":"2026-01-10T00:00:00Z"}`,
			`{"node":"SiteRollout","key":"D-lyo","name":"Lyon","status":"FAILED"}`,
			`{"edge":"TARGETS","from":"Wave:D-1","to":"SiteRollout:D-par"}`, `{"edge":"TARGETS","from":"SiteRollout:D-par","to":"Site:par"}`,
			`{"edge":"TARGETS","from":"Wave:D-1","to":"SiteRollout:D-lyo"}`, `{"edge":"TARGETS","from":"SiteRollout:D-lyo","to":"Site:lyo"}`,
			`{"node":"Deployment","key":"E","name":"E","status":"BACKED_OUT","startedAt":"2026-01-20T00:00:00Z","endedAt":"2026-01-21T00:00:00Z"}`,
			`{"node":"Deployment","key":"earlier","name":"earlier","status":"ABORTED","startedAt":"2025-12-01T00:00:00Z","endedAt":"2025-12-02T00:00:00Z"}`,
			`{"node":"Deployment","key":"dropped","name":"dropped","status":"ABORTED","endedAt":"2026-01-02T00:00:00Z"}`,
			`{"node":"Deployment","key":"long","name":"long","status":"CLOSED","startedAt":"2026-01-03T00:00:00Z","verifyingAt":"2026-02-10T00:00:00Z","endedAt":"2026-02-24T00:00:00Z"}`,
			`{"node":"Wave","key":"long-1","name":"All","ordinal":1,"status":"SUCCEEDED","windowFrom":"2026-01-03T20:00:00Z","windowTo":"2026-01-11T22:00:00Z"}`, `{"edge":"HAS_WAVE","from":"Deployment:long","to":"Wave:long-1"}`,
			`{"node":"Task","key":"T","name":"T","kind":"OTHER","spentCost":"120","plannedCost":"50","currency":"EUR"}`, `{"edge":"PREPARES","from":"Task:T","to":"Release:R"}`,
			`{"node":"ConfigurationItem","key":"shop","name":"shop","class":"SERVICE"}`,
			`{"node":"Outage","key":"O","name":"O","startedAt":"2026-01-04T00:00:00Z","endedAt":"2026-01-04T00:30:00Z","recordedBy":"ann","recordedAt":"2026-01-05T00:00:00Z"}`,
			`{"edge":"LOST_BY","from":"Outage:O","to":"Deployment:D"}`, `{"edge":"LOST_SERVICE","from":"Outage:O","to":"ConfigurationItem:shop"}`,
			`{"node":"Problem","key":"P","name":"P","category":"wrong file version","openedAt":"2026-01-11T00:00:00Z"}`, `{"edge":"CAUSED_BY","from":"Problem:P","to":"Release:R"}`,
		)
		got, err := f.Figures.Of(f.WithLoads(f.Ctx), domain.TimeRange{From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)})
		require.NoError(t, err)
		require.Equal(t, []int{0, 1, 1, 2, 1, 0, 0, 1}, []int{
			got.ReleasesInTime(), got.ReleasesLate(), got.Items().Changed, got.Deployments(), got.DeploymentsInTime(), got.DeploymentsLate(), got.Aborted(), got.BackedOut(),
		})
		require.InDelta(t, 1.0/31, *got.DeploymentFrequency(), 1e-9)
		require.InDelta(t, 1.0, *got.ChangeFailureRate(), 1e-9, "one was taken back, the other's release caused a problem")
		require.InDelta(t, 0.5, *got.SitesReached(), 1e-9)
		require.Nil(t, got.TimeToRestore().P50, "the problem is open")
		require.Len(t, got.DeploymentsFailed, 2)
		require.Equal(t, "P", got.ProblemsCaused[0].Key)
		require.Equal(t, "R", got.ReleasesLive[0].Key)
		rows, err := got.Rows(f.Ctx)
		require.NoError(t, err)
		values := map[string]float64{}
		for _, row := range rows {
			if row.Value != nil {
				values[row.Figure+" "+optional.Or(row.Of, "")] = *row.Value
			}
			if row.Figure == "changeFailureRate" {
				require.Len(t, row.Records, 2)
			}
		}
		for of, want := range map[string]float64{
			"releasesInBudget ": 0, "releasesOverBudget ": 1, "deploymentsOver ": 1, "backedOutByMissedFault ": 0, "problemsCaused wrong file version": 1, "minutesLost D": 30, "minutesLost E": 0,
		} {
			require.InDelta(t, want, values[of], 1e-9, of)
		}
		now, err := got.Now(f.Ctx)
		require.NoError(t, err)
		require.Len(t, now, 7)
		_, err = f.Figures.Of(f.WithLoads(f.Ctx), domain.TimeRange{From: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
		apptest.Refused(t, err, domain.Invalid, "during.to")
	})
}
