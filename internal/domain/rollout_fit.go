package domain

import "slices"

// CheckWave says why a wave cannot stand so in the deployment (D1), or nil.
func (d *Deployment) CheckWave(w *Wave) *Error {
	legal := wavesIn[d.Status]
	if legal == nil || slices.Contains(legal, w.Status) {
		return nil
	}
	return Breaks("D1", "status", "of the wave %s is %s, and the deployment %s is %s: its waves are then %s", w.Key, w.Status, d.Key, d.Status, join(legal))
}

// wavesIn lists the statuses that waves can have in a deployment; nil: any.
var wavesIn = map[DeploymentStatus][]WaveStatus{
	DeploymentPlanned:   {WavePending, WaveReady, WaveSkipped},
	DeploymentRunning:   {WavePending, WaveReady, WaveRunning, WaveSucceeded, WaveFailed, WaveSkipped},
	DeploymentPaused:    {WavePending, WaveReady, WavePaused, WaveSucceeded, WaveFailed, WaveSkipped},
	DeploymentVerifying: {WaveSucceeded, WaveSkipped},
	DeploymentClosed:    {WaveSucceeded, WaveSkipped},
	DeploymentAborted:   {WaveRunning, WavePaused, WaveSucceeded, WaveFailed, WaveSkipped},
	DeploymentBackedOut: {WaveSucceeded, WaveFailed, WaveSkipped},
}

// CheckSite says why a site cannot stand so in the deployment (D1), or nil.
func (d *Deployment) CheckSite(s *SiteRollout) *Error {
	legal := true
	switch d.Status {
	case DeploymentPlanned:
		legal = s.Status == SitePending || s.Status == SiteSkipped
	case DeploymentVerifying, DeploymentClosed:
		legal = s.Status.Final()
	case DeploymentAborted, DeploymentBackedOut:
		legal = s.Status != SitePending && s.Status != SiteDistributed
	}
	if legal {
		return nil
	}
	return Breaks("D1", "status", "of %s is %s, and the deployment %s is %s", s.Key, s.Status, d.Key, d.Status)
}

// CheckSite says why a site cannot stand so in the wave (D1), or nil.
func (w *Wave) CheckSite(s *SiteRollout) *Error {
	legal := true
	switch w.Status {
	case WavePending, WaveReady:
		legal = s.Status == SitePending || s.Status == SiteDistributed || s.Status == SiteFailed || s.Status == SiteSkipped
	case WaveFailed:
		legal = s.Status.Final()
	case WaveSkipped:
		legal = s.Status == SiteSkipped
	}
	if legal {
		return nil
	}
	return Breaks("D1", "status", "of %s is %s, and the wave %s is %s", s.Key, s.Status, w.Key, w.Status)
}
