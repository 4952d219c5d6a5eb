package agent

import (
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Rollout is what the site receives by a deployment, as the server tells it.
type Rollout struct {
	ID      string                   `json:"id"`
	Key     string                   `json:"key"`
	Status  domain.SiteRolloutStatus `json:"status"`
	Attempt int                      `json:"attempt"`
	// Audits are those that the deployment asks for (D3).
	Audits   []domain.AuditMoment `json:"audits,omitempty"`
	WindowTo *time.Time           `json:"windowTo,omitempty"`
	Release  string               `json:"release"`

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
	// AuditBefore and AuditAfter look what is at the site.
	AuditBefore Deed = "audit-before"
	AuditAfter  Deed = "audit-after"
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
		case r.Wave != domain.WaveRunning:
			return Nothing
		case j.Phase == Distributed && r.asks(domain.AuditBefore, can):
			return AuditBefore
		case j.Phase == Distributed || j.Phase == AuditedSite:
			return Install
		}
	case domain.SiteActivated: // what has begun goes on while a deployment is PAUSED (D5)
		switch {
		case !mine || !going && r.Stands != domain.DeploymentPaused:
			return Nothing
		case j.Phase == Installed && r.asks(domain.AuditAfter, can):
			return AuditAfter
		case (j.Phase == Installed || j.Phase == AuditedWork) && can.Verify != "":
			return Verify
		}
	}
	return Nothing
}

// asks reports whether the deployment asks for an audit that the agent can make; one that it
// cannot make people do.
func (r Rollout) asks(moment domain.AuditMoment, can Scripts) bool {
	return can.Audit != "" && slices.Contains(r.Audits, moment)
}

// goesBack reports whether what was installed is to be taken back (D7): with all of the
// deployment, or since the site is BACKED_OUT on record and still has it.
func goesBack(r Rollout, j *Job) bool {
	if r.Status == domain.SiteBackedOut {
		return j != nil && j.Touched
	}
	return r.Stands == domain.DeploymentBackingOut && r.Status.Begun()
}
