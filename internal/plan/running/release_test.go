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
