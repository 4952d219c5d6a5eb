package running_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/running"
)

// A release is where its deployments are.
func TestAReleaseGoesWithItsDeployments_R4(t *testing.T) {
	const verifying, closed, aborted, back = domain.DeploymentVerifying, domain.DeploymentClosed, domain.DeploymentAborted, domain.DeploymentBackedOut
	for _, c := range []struct {
		release   domain.ReleaseStatus
		comes     domain.DeploymentStatus
		others    []domain.DeploymentStatus
		to        domain.ReleaseStatus
		unlessHad bool
	}{
		{domain.ReleaseAccepted, domain.DeploymentRunning, nil, domain.ReleaseDeploying, false},
		{domain.ReleaseDeploying, domain.DeploymentRunning, nil, "", false},
		{domain.ReleaseDeploying, verifying, []domain.DeploymentStatus{closed, aborted}, domain.ReleaseVerifying, false},
		{domain.ReleaseDeploying, verifying, []domain.DeploymentStatus{domain.DeploymentPaused}, "", false},
		{domain.ReleaseVerifying, closed, []domain.DeploymentStatus{verifying}, "", false},
		{domain.ReleaseVerifying, closed, []domain.DeploymentStatus{closed}, domain.ReleaseClosed, false},
		{domain.ReleaseDeploying, aborted, []domain.DeploymentStatus{back}, domain.ReleaseAccepted, true},
		{domain.ReleaseDeploying, aborted, []domain.DeploymentStatus{closed}, "", false},
		{domain.ReleaseClosed, back, []domain.DeploymentStatus{closed}, domain.ReleaseBackedOut, true},
		{domain.ReleaseAccepted, aborted, nil, "", false},
	} {
		to, unlessHad := running.ReleaseGoes(c.release, c.comes, c.others)
		require.Equal(t, c.to, to, "%+v", c)
		require.Equal(t, c.unlessHad, unlessHad, "%+v", c)
	}
}

// A release that others have rolled out is where that leaves it.
func TestAReleaseGoesWithWhatOthersRolledOut_R4_D9(t *testing.T) {
	const going, closed = domain.DeploymentRunning, domain.DeploymentClosed
	for _, c := range []struct {
		release domain.ReleaseStatus
		others  []domain.DeploymentStatus
		waits   bool
		to      domain.ReleaseStatus
	}{
		{domain.ReleaseAccepted, nil, false, domain.ReleaseClosed},
		{domain.ReleaseAccepted, nil, true, domain.ReleaseDeploying},
		{domain.ReleaseDeploying, []domain.DeploymentStatus{closed}, false, domain.ReleaseClosed},
		{domain.ReleaseDeploying, []domain.DeploymentStatus{going}, false, ""},
		{domain.ReleaseVerifying, nil, false, domain.ReleaseClosed},
		{domain.ReleaseAccepted, []domain.DeploymentStatus{going}, false, domain.ReleaseDeploying},
		{domain.ReleaseBuilding, nil, false, ""},
		{domain.ReleaseBackedOut, nil, false, ""},
	} {
		require.Equal(t, c.to, running.ReleaseEnds(c.release, c.others, c.waits), "%+v", c)
	}
}
