package domain

import "time"

// Come brings the deployment to a status, and notes when and why (D1).
func (d *Deployment) Come(to DeploymentStatus, why string, at time.Time) {
	d.Status, d.StatusSince, d.StatusReason = to, &at, said(why)
	switch to {
	case DeploymentRunning:
		once(&d.StartedAt, at)
	case DeploymentVerifying:
		once(&d.VerifyingAt, at)
	case DeploymentClosed, DeploymentAborted, DeploymentBackedOut:
		d.EndedAt = &at
	}
}

// Come brings the wave to a status, and notes when and why (D1).
func (w *Wave) Come(to WaveStatus, why string, at time.Time) {
	w.Status, w.StatusSince, w.StatusReason = to, &at, said(why)
	switch to {
	case WaveRunning:
		once(&w.StartedAt, at)
	case WaveSucceeded:
		once(&w.SucceededAt, at)
	}
}

// Come brings the site to a status, and notes when and why (D1). A site that is tried
// again begins its next attempt.
func (s *SiteRollout) Come(to SiteRolloutStatus, why string, at time.Time) {
	s.Status, s.StatusSince, s.StatusReason = to, &at, said(why)
	switch to {
	case SitePending:
		s.Attempt++
		s.OverdueSince, s.WarnedAt, s.RemindedAt, s.ForcedAt = nil, nil, nil, nil
	case SiteDistributed:
		s.DistributedAt = &at
	case SiteInstalled:
		s.InstalledAt = &at
	case SiteActivated:
		s.ActivatedAt = &at
	case SiteVerified:
		s.VerifiedAt = &at
	case SiteFailed:
		s.FailedAt = &at
	case SiteSkipped:
		s.SkippedAt = &at
	case SiteBackedOut:
		s.BackedOutAt = &at
	}
}

// Dated notes when the site came to a status that it came to last.
func (s *SiteRollout) Dated(status SiteRolloutStatus, at time.Time) {
	for _, one := range []struct {
		status SiteRolloutStatus
		at     **time.Time
	}{
		{SiteDistributed, &s.DistributedAt}, {SiteInstalled, &s.InstalledAt}, {SiteActivated, &s.ActivatedAt}, {SiteVerified, &s.VerifiedAt},
		{SiteFailed, &s.FailedAt}, {SiteBackedOut, &s.BackedOutAt},
	} {
		if one.status == status {
			*one.at = &at
		}
	}
}

// said is a reason as it is kept, nil for none.
func said(why string) *string {
	if why == "" {
		return nil
	}
	return &why
}

// once sets a time that was not set before.
func once(t **time.Time, at time.Time) {
	if *t == nil {
		*t = &at
	}
}
