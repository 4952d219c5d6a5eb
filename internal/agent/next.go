package agent

import (
	"time"

	"releasegraph/internal/domain"
)

// Rollout is what the site receives by a deployment, as the server tells it.
type Rollout struct {
	ID       string                   `json:"id"`
	Key      string                   `json:"key"`
	Status   domain.SiteRolloutStatus `json:"status"`
	Attempt  int                      `json:"attempt"`
	WindowTo *time.Time               `json:"windowTo,omitempty"`
	Release  string                   `json:"release"`

	Wave       domain.WaveStatus       `json:"wave"`
	Deployment string                  `json:"deployment"`
	Stands     domain.DeploymentStatus `json:"stands"` // the deployment
}

// Deed is what is to be done about a roll-out.
type Deed string

// The deeds.
const (
	Nothing    Deed = ""
	Distribute Deed = "distribute"
	Install    Deed = "install"
	Verify     Deed = "verify"
	TakeBack   Deed = "back-out"
)

// Next says what is to be done about a roll-out of which the agent has done a job, nil for
// none yet. What is running stands apart: it is waited for before anything else.
func Next(r Rollout, j *Job, can Scripts) Deed {
	if goesBack(r, j) {
		if j != nil && (j.Phase == TakenBack || j.Phase == BackOutFailed) {
			return Nothing
		}
		return TakeBack
	}
	mine := j != nil && j.Rollout.Attempt == r.Attempt
	going := r.Stands == domain.DeploymentRunning
	switch r.Status {
	case domain.SitePending, domain.SiteDistributed:
		switch {
		case !going || can.Install == "":
			return Nothing
		case !mine || j.Phase == Idle:
			return Distribute
		case j.Phase == Distributed && r.Wave == domain.WaveRunning:
			return Install
		}
	case domain.SiteActivated: // what has begun goes on while a deployment is PAUSED (D5)
		if mine && j.Phase == Installed && can.Verify != "" && (going || r.Stands == domain.DeploymentPaused) {
			return Verify
		}
	}
	return Nothing
}

// goesBack reports whether what was installed is to be taken back (D7): with all of the
// deployment, or since the site is BACKED_OUT on record and still has it.
func goesBack(r Rollout, j *Job) bool {
	if r.Status == domain.SiteBackedOut {
		return j != nil && j.Touched
	}
	return r.Stands == domain.DeploymentBackingOut && r.Status.Begun()
}
