package closing_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
)

// deploys is a deployment of R in a status.
func deploys(status domain.DeploymentStatus) []string {
	return []string{
		fmt.Sprintf(`{"node":"Deployment","key":"D","name":"D","status":%q,"startedAt":null,"endedAt":null}`, status),
		`{"edge":"DEPLOYS","from":"Deployment:D","to":"Release:R"}`,
	}
}

// What goes on with a release beyond it keeps it from being unlocked or given up.
func TestAReleaseThatIsUsedIsNeitherUnlockedNorCancelled_R4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(paying...)
		f.Brings(of("R", "2.2.0", "MINOR", "DELTA", "ACCEPTED", "", "pay-calc")...)
		reason := "the calendar moved"
		does := func(verb func(context.Context, domain.Verb, *domain.WriteOptions) (*estate.Written, error)) error {
			_, err := verb(f.WithLoads(f.Ctx), domain.Verb{Ref: apptest.Key("R"), Reason: &reason}, &domain.WriteOptions{DryRun: apptest.Some(true)})
			return err
		}
		for _, c := range []struct {
			status           domain.DeploymentStatus
			unlocks, cancels bool
		}{
			{domain.DeploymentRunning, false, false}, {domain.DeploymentPaused, false, false}, {domain.DeploymentBackingOut, false, false},
			{domain.DeploymentPlanned, true, false}, {domain.DeploymentAborted, true, true},
		} {
			f.Brings(deploys(c.status)...)
			require.Equal(t, c.unlocks, does(f.Releases.UnlockRelease) == nil, "unlock beside one that is %s", c.status)
			require.Equal(t, c.cancels, does(f.Releases.CancelRelease) == nil, "cancel beside one that is %s", c.status)
		}
		f.Brings(deploys(domain.DeploymentRunning)...)
		require.ErrorContains(t, does(f.Releases.CancelRelease), "the end of the deployment D, which is RUNNING")
		f.Brings(deploys(domain.DeploymentAborted)...)

		f.Brings(`{"node":"Release","key":"P","name":"P","releaseVersion":"2027.1","type":"MINOR","category":"PACKAGE","status":"PLANNED"}`, `{"edge":"BUNDLES","from":"Release:P","to":"Release:R"}`)
		require.NoError(t, does(f.Releases.UnlockRelease), "a package that is not handed in can do without")
		require.ErrorContains(t, does(f.Releases.CancelRelease), "that the package P, which is PLANNED, does without it")
		f.Brings(`{"node":"Release","key":"P","status":"IN_ACCEPTANCE"}`)
		require.ErrorContains(t, does(f.Releases.UnlockRelease), "that the package P, which is IN_ACCEPTANCE, does without it")
		require.Contains(t, f.Lacks("R", "unlockRelease")[0], "NO_PACKAGE")
		f.Brings(`{"node":"Release","key":"P","status":"CANCELLED"}`)
		require.NoError(t, does(f.Releases.CancelRelease))
	})
}

// A deployment was planned for a content: when that is open again it is dropped.
func TestWhatWasPlannedOfWhatIsPlannedAnewIsDropped_R6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(paying...)
		f.Brings(of("R", "2.2.0", "MINOR", "DELTA", "ACCEPTED", "", "pay-calc")...)
		f.Brings(deploys(domain.DeploymentPlanned)...)
		reason := "the calendar moved"
		_, err := f.Releases.UnlockRelease(f.WithLoads(f.Ctx), domain.Verb{Ref: apptest.Key("R"), Reason: &reason}, nil)
		require.NoError(t, err)
		d := f.Read(domain.KindDeployment, "D").(*domain.Deployment)
		require.Equal(t, domain.DeploymentAborted, d.Status)
		require.Equal(t, "R is planned anew", *d.StatusReason)
		require.NotNil(t, d.EndedAt)
	})
}
