package running

import (
	"slices"

	"releasegraph/internal/domain"
)

// ReleaseGoes says to which status a release comes as one of its deployments comes to
// another, beside its other deployments that have begun; "": it stays (R4). unlessHad
// says that it stays, too, where some site still has it.
func ReleaseGoes(release domain.ReleaseStatus, deployment domain.DeploymentStatus, others []domain.DeploymentStatus) (to domain.ReleaseStatus, unlessHad bool) {
	const verifying, closed, aborted, backedOut = domain.DeploymentVerifying, domain.DeploymentClosed, domain.DeploymentAborted, domain.DeploymentBackedOut
	all := func(in ...domain.DeploymentStatus) bool {
		return !slices.ContainsFunc(others, func(s domain.DeploymentStatus) bool { return !slices.Contains(in, s) })
	}
	deploying := release == domain.ReleaseDeploying
	switch {
	case deployment == domain.DeploymentRunning && release == domain.ReleaseAccepted:
		return domain.ReleaseDeploying, false
	case deployment == verifying && deploying && all(verifying, closed, aborted, backedOut):
		return domain.ReleaseVerifying, false
	case deployment == closed && release == domain.ReleaseVerifying && all(closed, aborted, backedOut):
		return domain.ReleaseClosed, false
	case deployment == aborted && deploying && all(aborted, backedOut):
		return domain.ReleaseAccepted, true
	case deployment == backedOut && (deploying || release == domain.ReleaseVerifying || release == domain.ReleaseClosed):
		return domain.ReleaseBackedOut, true
	}
	return "", false
}

// ReleaseEnds says to which status a release comes as others have rolled it out, beside its
// deployments that have begun; waits says that some site still lacks it. "": it stays (R4,
// D9).
func ReleaseEnds(release domain.ReleaseStatus, others []domain.DeploymentStatus, waits bool) domain.ReleaseStatus {
	switch release {
	case domain.ReleaseAccepted, domain.ReleaseDeploying, domain.ReleaseVerifying:
	default:
		return ""
	}
	open := slices.ContainsFunc(others, domain.DeploymentStatus.Open)
	switch {
	case !open && !waits:
		return domain.ReleaseClosed
	case release == domain.ReleaseAccepted:
		return domain.ReleaseDeploying
	}
	return ""
}
