package planning_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/domain"
)

// A plan is changed by hand: what may be broken is with a reason, what may not is not
// written, and the last change is taken back.
func TestAPlanIsChangedByHand_P11(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 5, func(in *planning.Plan) {
			in.Limits = &domain.RolloutLimits{SitesPerWave: apptest.Some(3), UsersPerWave: apptest.Some(100)}
			in.NotBefore = instant("2027-01-10T00:00:00Z")
		})
		key := got.Deployment.Key
		edit := func(in planning.EditPlan) *told {
			in.Deployment = apptest.Key(key)
			planned, err := f.Planning.EditDeploymentPlan(f.WithLoads(f.Ctx), in, nil)
			require.NoError(t, err)
			after := &told{f: f, Planned: planned, hours: map[string]string{}, why: map[string][]string{}}
			if planned.Deployment != nil {
				ctx := f.WithLoads(f.Ctx)
				d, err := f.Records.Record(ctx, domain.KindDeployment, apptest.Key(key), nil)
				require.NoError(t, err)
				after.read(ctx, d.(*domain.Deployment))
			}
			return after
		}
		move := &planning.Edit{Kind: domain.MoveStep, Site: apptest.Some(apptest.Key("b")), Wave: apptest.Some(1)}
		without := edit(planning.EditPlan{Edit: move})
		require.Nil(t, without.Deployment, "it breaks a limit, and no reason is given")
		require.Len(t, without.Violations, 1)
		require.Equal(t, "P6", without.Violations[0].Rule)
		require.True(t, without.Violations[0].Waivable)

		move.Reason = apptest.Some("the same crew does both")
		moved := edit(planning.EditPlan{Edit: move})
		require.Equal(t, []string{"a b", "c"}, moved.waves)
		require.Contains(t, moved.why["b"], "P11.WAIVED")
		edits, err := f.Planning.Edits(f.WithLoads(f.Ctx), f.Read(domain.KindDeployment, key).(*domain.Deployment))
		require.NoError(t, err)
		require.Len(t, edits, 1)
		require.Equal(t, "b", edits[0].Site.Key)

		left := edit(planning.EditPlan{Edit: &planning.Edit{Kind: domain.ExcludeSite, Site: apptest.Some(apptest.Key("c")), Reason: apptest.Some("it closes in May")}})
		require.Equal(t, []string{"a b"}, left.waves)
		require.Equal(t, []string{"a b", "c"}, edit(planning.EditPlan{Undo: apptest.Some(true)}).waves)
		require.Equal(t, []string{"a", "b", "c"}, edit(planning.EditPlan{Undo: apptest.Some(true)}).waves)
		_, err = f.Planning.EditDeploymentPlan(f.WithLoads(f.Ctx), planning.EditPlan{Deployment: apptest.Key(key), Undo: apptest.Some(true)}, nil)
		require.ErrorContains(t, err, "nothing to take back")
		_, err = f.Planning.EditDeploymentPlan(f.WithLoads(f.Ctx), planning.EditPlan{Deployment: apptest.Key(key), Edit: &planning.Edit{Kind: domain.PinStep}}, nil)
		require.ErrorContains(t, err, "PIN needs it")
	})
}

// Order is no matter of a reason.
func TestAnEditThatBreaksTheOrderIsNotWritten_P4_P11(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 1, func(in *planning.Plan) { in.NotBefore = instant("2027-01-10T00:00:00Z") })
		before := f.Head()
		planned, err := f.Planning.EditDeploymentPlan(f.WithLoads(f.Ctx), planning.EditPlan{
			Deployment: apptest.Key(got.Deployment.Key),
			Edit:       &planning.Edit{Kind: domain.MoveStep, Site: apptest.Some(apptest.Key("a")), Wave: apptest.Some(1), Reason: apptest.Some("it must go")},
		}, nil)
		require.NoError(t, err)
		require.Nil(t, planned.Deployment)
		require.Equal(t, "P4", planned.Violations[0].Rule)
		require.False(t, planned.Violations[0].Waivable)
		require.Equal(t, before, f.Head())
	})
}
