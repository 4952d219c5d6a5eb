package agent

import (
	"fmt"
	"time"

	"releasegraph/internal/domain"
)

// Phase is how far a job came.
type Phase string

// The phases. In those that end in -ing a script runs, or ran when the agent died.
const (
	Idle          Phase = ""
	Distributed   Phase = "distributed"
	Installing    Phase = "installing"
	Installed     Phase = "installed"
	Verifying     Phase = "verifying"
	Verified      Phase = "verified"
	Failed        Phase = "failed"
	AuditingSite  Phase = "auditing-before"
	AuditedSite   Phase = "audited-before"
	AuditingWork  Phase = "auditing-after"
	AuditedWork   Phase = "audited-after"
	TakingBack    Phase = "backing-out"
	TakenBack     Phase = "backed-out"
	BackOutFailed Phase = "back-out-failed"
)

// Job is what the agent has done about a roll-out.
type Job struct {
	// Rollout is as the server told it when the job began.
	Rollout Rollout `json:"rollout"`
	Phase   Phase   `json:"phase"`
	// Kit are the parts of the kit, by key, and Digest what stands for them all (L2).
	Kit    []Part `json:"kit,omitempty"`
	Digest string `json:"digest,omitempty"`
	// Touched says that a script may have changed the site, and that nobody took it back.
	Touched bool `json:"touched,omitempty"`
	// Refetched says that the kit was fetched a second time, as the first was damaged.
	Refetched bool `json:"refetched,omitempty"`
	// From is the phase in which the last script began.
	From Phase `json:"from,omitempty"`
	// Runs counts the scripts that were begun, Since is when the last one was.
	Runs  int       `json:"runs,omitempty"`
	Since time.Time `json:"since,omitzero"`
	// Ahead is how far the server's clock is ahead of that of this machine.
	Ahead time.Duration `json:"ahead,omitempty"`
}

// Part is a part of a kit: the key of a media item, and its digest.
type Part struct {
	Key    string `json:"key"`
	Sha256 string `json:"sha256"`
}

// deed is what the script does that runs; Nothing where none does.
func (j *Job) deed() Deed {
	switch j.Phase {
	case Installing:
		return Install
	case Verifying:
		return Verify
	case TakingBack:
		return TakeBack
	case AuditingSite:
		return AuditBefore
	case AuditingWork:
		return AuditAfter
	}
	return Nothing
}

// Report is a report to the server (D5). What it says never changes once it is written
// down, so that the server knows it again.
type Report struct {
	ID         string                   `json:"id"`
	Deployment string                   `json:"deployment"`
	Release    string                   `json:"release"`
	Site       string                   `json:"site"`
	Status     domain.SiteRolloutStatus `json:"status"`
	At         time.Time                `json:"at,omitzero"`
	Attempt    int                      `json:"attempt"`
	Kit        string                   `json:"kit,omitempty"`
	Detail     string                   `json:"detail,omitempty"`
	// Audit is what was found at the site, nil: nobody looked (D3).
	Audit *Audit `json:"audit,omitempty"`
}

// report is a report of the job, of a moment by this machine's clock. Its id follows from
// what it is about.
func (j *Job) report(site string, status domain.SiteRolloutStatus, at time.Time, detail string) Report {
	r := j.Rollout
	one := Report{
		ID: fmt.Sprintf("%s/%d/%s", r.ID, r.Attempt, status), Deployment: r.Deployment, Release: r.Release, Site: site,
		Status: status, Attempt: r.Attempt, Kit: j.Digest, Detail: detail,
	}
	if status == domain.SiteFailed && j.Phase == BackOutFailed {
		one.ID = fmt.Sprintf("%s/%d/back-out-%d", r.ID, r.Attempt, j.Runs)
	}
	if !at.IsZero() {
		one.At = at.Add(j.Ahead).UTC().Truncate(time.Millisecond)
	}
	return one
}
