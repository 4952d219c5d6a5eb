package running_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Who watches does what is due when it is, and knows when that will be.
func TestAWatchKnowsWhenSomethingIsDue_D2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f, func(in *planning.Plan) { in.Soak = apptest.Some("PT24H") })
		w := running.NewWatch(f.Running)
		_, err := w.Look(f.WithLoads(f.Ctx))
		require.NoError(t, err)
		p.reports("c", domain.SiteVerified)
		_, err = w.Look(f.WithLoads(f.Ctx))
		require.NoError(t, err)
		f.Pass(time.Minute)
		next, err := w.Look(f.WithLoads(f.Ctx))
		require.NoError(t, err)
		require.WithinDuration(t, p.deployment().UpdatedAt.Add(24*time.Hour), next, time.Minute)
		require.Contains(t, p.stands(), "READY a:PENDING")
		f.Pass(26 * time.Hour)
		_, err = w.Look(f.WithLoads(f.Ctx))
		require.NoError(t, err)
		require.Contains(t, p.stands(), "RUNNING a:PENDING")
	})
}

// What two reports left undone, of which neither saw the other, is done as soon as it is
// in the log.
func TestAWatchDoesAtOnceWhatReportsLeft_D4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		w := running.NewWatch(f.Running)
		_, err := w.Look(f.WithLoads(f.Ctx))
		require.NoError(t, err)
		now := p.deployment().UpdatedAt
		_, err = f.Store.Commit(f.Ctx, store.Changeset{Actor: "site", At: now, Ops: []store.Op{
			store.UpdateNode{ID: store.ID(p.step("c").ID), Set: store.Props{"status": string(domain.SiteVerified), "statusSince": now}},
		}})
		require.NoError(t, err)
		require.Contains(t, p.stands(), "RUNNING c:VERIFIED")
		_, err = w.Look(f.WithLoads(f.Ctx))
		require.NoError(t, err)
		require.Contains(t, p.stands(), "SUCCEEDED c:VERIFIED | READY a:PENDING")
	})
}

// Deployments to which nothing happens are not read, however many there are, whatever else
// is committed.
func TestAWatchReadsNothingOfWhatRests(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		for i := range 20 {
			f.Brings(
				fmt.Sprintf(`{"node":"Deployment","key":"D%d","name":"D","approach":"PHASED","status":"RUNNING","startedAt":"2026-01-01T00:00:00Z"}`, i),
				fmt.Sprintf(`{"node":"Wave","key":"D%d-1","name":"W","ordinal":1,"status":"RUNNING","startedAt":"2026-01-01T00:00:00Z"}`, i),
				fmt.Sprintf(`{"edge":"HAS_WAVE","from":"Deployment:D%d","to":"Wave:D%d-1"}`, i, i),
				fmt.Sprintf(`{"node":"SiteRollout","key":"D%d-a","name":"S","status":"PENDING"}`, i),
				fmt.Sprintf(`{"edge":"TARGETS","from":"Wave:D%d-1","to":"SiteRollout:D%d-a"}`, i, i),
				fmt.Sprintf(`{"edge":"TARGETS","from":"SiteRollout:D%d-a","to":"Site:a"}`, i),
			)
		}
		w := running.NewWatch(f.Running)
		calls := func() int64 {
			before := f.Store.Calls.Load()
			_, err := w.Look(f.WithLoads(f.Ctx))
			require.NoError(t, err)
			return f.Store.Calls.Load() - before
		}
		require.Greater(t, calls(), int64(20))
		require.Zero(t, calls(), "nothing but where the log ends is asked")
		f.Item("other")
		require.Zero(t, calls(), "nor for what is no roll-out")
		p.reports("c", domain.SiteVerified)
		require.Less(t, calls(), int64(60), "one is read")
	})
}
