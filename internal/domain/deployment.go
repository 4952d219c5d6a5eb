package domain

import (
	"errors"
	"fmt"
	"time"

	"releasegraph/internal/period"
)

// Deployment is the roll-out of one release (P1, D1).
type Deployment struct {
	Record
	Description *string `graph:"description,import,text"`
	// Approach is how the release goes to its sites (P1), Deadline until when they
	// install it themselves.
	Approach RolloutApproach `graph:"approach,required,filter,sort,import"`
	Deadline *time.Time      `graph:"deadline,filter,sort,import"`
	// Activation is when what is installed begins to run (P8), ActivateAt the
	// instant of a SCHEDULED one.
	Activation Activation `graph:"activation,required,filter,import"`
	ActivateAt *time.Time `graph:"activateAt,filter,sort,import"`
	// Soak is how long a wave is watched before the next one begins (D2).
	Soak *string `graph:"soak,import"`
	// ErrorThreshold and SuccessThreshold are percents of a wave's steps (D4).
	ErrorThreshold   int `graph:"errorThreshold,import"`
	SuccessThreshold int `graph:"successThreshold,import"`
	// NotBefore to GroupByRegion are what its plan was asked for (P6, P7).
	NotBefore     *time.Time     `graph:"notBefore,filter,sort,import"`
	FinishBy      *time.Time     `graph:"finishBy,filter,sort,import"`
	WorkDuration  *string        `graph:"workDuration,import"`
	Limits        *RolloutLimits `graph:"limits,import"`
	GroupByRegion bool           `graph:"groupByRegion,import"`
	// LowerBound is a number of waves below which no plan is possible, Proved whether
	// none has fewer waves than this one (P6).
	LowerBound *int `graph:"lowerBound,import"`
	Proved     bool `graph:"proved,import"`
	// PlannedRevision is the revision of the estate for which it was planned, 0 for none,
	// PlannedAt the time; Edits are what people changed of it since (P11), a text for
	// each PlanEdit.
	PlannedRevision int64      `graph:"plannedRevision,import"`
	PlannedAt       *time.Time `graph:"plannedAt,filter,sort,import"`
	Edits           []string   `graph:"edits,import,shown=PlanEdit"`
	// UpToDate are what sites that are asked for have already (P2), a text for each
	// UpToDateItem.
	UpToDate []string `graph:"upToDate,import,shown=UpToDateItem"`
	// Waived are the rules that do not hold by a person's word (P11), a text for each
	// PlanWaiver.
	Waived []string `graph:"waived,import,shown=PlanWaiver"`
	// Path are the environments that come before the first wave of a CONTINUOUS roll-out
	// (P1), a text for each PathStep.
	Path []string `graph:"path,import,shown=PathStep"`
	// MaxWaveUsersAtRisk is how many users the failure of a wave may hurt, by the policy
	// of the release when it was planned.
	MaxWaveUsersAtRisk *int `graph:"maxWaveUsersAtRisk,import"`
	// Status changes by the moves of D1 alone; an import may bring any.
	Status       DeploymentStatus `graph:"status,required,filter,sort,import"`
	StatusSince  *time.Time       `graph:"statusSince,filter,sort,import"`
	StatusReason *string          `graph:"statusReason,import,text"`
	// AcceptedBy accepted its plan, AcceptedAt a time (P11).
	AcceptedBy *string    `graph:"acceptedBy,filter,sort,import,text,person"`
	AcceptedAt *time.Time `graph:"acceptedAt,filter,sort,import"`
	// StartedAt is when it was first RUNNING, VerifyingAt when VERIFYING, EndedAt
	// when it came to its end.
	StartedAt   *time.Time `graph:"startedAt,filter,sort,import"`
	VerifyingAt *time.Time `graph:"verifyingAt,filter,sort,import"`
	EndedAt     *time.Time `graph:"endedAt,filter,sort,import"`
	// VerifyingPeriod is how long the release is watched once it is everywhere (D8), and
	// VerifyingUntil until when that is. SiteTimeLimit is how long the work at a site may
	// take before it has failed, OverdueSites what becomes of those that let the deadline
	// of a PULL pass: as the policy has them when the deployment starts.
	VerifyingPeriod *string      `graph:"verifyingPeriod,import"`
	VerifyingUntil  *time.Time   `graph:"verifyingUntil,filter,sort,import"`
	SiteTimeLimit   *string      `graph:"siteTimeLimit,import"`
	OverdueSites    *OverdueRule `graph:"overdueSites,filter,import"`
	RemindBefore    *string      `graph:"remindBefore,import"`
	// SiteAudits are the audits that its sites need (D3), as the policy has them when the
	// deployment starts.
	SiteAudits []AuditMoment `graph:"siteAudits,import"`
	// CarriedOutBy names who rolled out, where it was another party (D9).
	CarriedOutBy *string `graph:"carriedOutBy,filter,sort,import,text"`
	// Finding is what is odd about what another party did, and what to do.
	Finding *string `graph:"finding,filter,import,text"`
}

// Activation is when what is installed begins to run (P8).
type Activation string

// The activations.
const (
	AtInstall Activation = "AT_INSTALL"
	Scheduled Activation = "SCHEDULED"
	Triggered Activation = "TRIGGERED"
)

// Activations lists all activations.
var Activations = []Activation{AtInstall, Scheduled, Triggered}

// DeploymentStatus is where a deployment stands in its life (D1).
type DeploymentStatus string

// The statuses of a deployment.
const (
	DeploymentPlanned    DeploymentStatus = "PLANNED"
	DeploymentRunning    DeploymentStatus = "RUNNING"
	DeploymentPaused     DeploymentStatus = "PAUSED"
	DeploymentVerifying  DeploymentStatus = "VERIFYING"
	DeploymentClosed     DeploymentStatus = "CLOSED"
	DeploymentAborted    DeploymentStatus = "ABORTED"
	DeploymentBackingOut DeploymentStatus = "BACKING_OUT"
	DeploymentBackedOut  DeploymentStatus = "BACKED_OUT"
)

// DeploymentStatuses lists all statuses, in the order of a deployment's life.
var DeploymentStatuses = []DeploymentStatus{
	DeploymentPlanned, DeploymentRunning, DeploymentPaused, DeploymentVerifying, DeploymentClosed, DeploymentAborted,
	DeploymentBackingOut, DeploymentBackedOut,
}

// Drop aborts a deployment that was only planned, unless it was brought further
// already.
func (d *Deployment) Drop(why string, at time.Time) {
	if d.Status == DeploymentPlanned {
		d.Status, d.StatusReason, d.EndedAt = DeploymentAborted, &why, &at
	}
}

// Watched is until when its release is watched that is everywhere (D8).
func (d *Deployment) Watched() (time.Time, error) {
	text := *DefaultPolicy().Verifying
	if d.VerifyingPeriod != nil {
		text = *d.VerifyingPeriod
	}
	length, err := period.Parse(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("verifyingPeriod of %s: %w", d.Key, err)
	}
	return length.After(*d.VerifyingAt), nil
}

// AcceptedByPerson is who accepted the plan.
func (d *Deployment) AcceptedByPerson() *Person { return maybePersonOf(d, d.AcceptedBy) }

// Check tells what is wrong with the deployment, as an import may bring it.
func (d *Deployment) Check() Errors {
	es := d.Record.Check()
	es.within("errorThreshold", &d.ErrorThreshold, 0, 100)
	es.within("successThreshold", &d.SuccessThreshold, 1, 100)
	if d.Soak != nil {
		_, err := ParseDuration(*d.Soak)
		es.wrong("soak", err)
	}
	es.period("verifyingPeriod", d.VerifyingPeriod)
	es.longer("siteTimeLimit", d.SiteTimeLimit)
	es.longer("remindBefore", d.RemindBefore)
	es.siteAudits(d.SiteAudits)
	switch {
	case d.Activation == Scheduled && d.ActivateAt == nil:
		es.rule("P8", "activateAt", "is missing: a SCHEDULED activation is at an instant")
	case d.Activation == AtInstall && d.ActivateAt != nil:
		es.rule("P8", "activateAt", "belongs to a common activation, and this one is AT_INSTALL")
	}
	if d.Deadline != nil && d.Approach != Pull {
		es.rule("P1", "deadline", fmt.Sprintf("belongs to a PULL deployment, and this one is %s", d.Approach))
	}
	if d.AcceptedBy != nil && d.AcceptedAt == nil {
		es.wrong("acceptedAt", errors.New("is missing: when its plan was accepted"))
	}
	d.checkPlan(&es)
	d.checkTimes(&es)
	return es
}

// checkTimes holds the times to the life and to one another (D1).
func (d *Deployment) checkTimes(es *Errors) {
	past := func(status DeploymentStatus) bool {
		return DeploymentLife.Leads(status, d.Status, &DeploymentFacts{Deployment: d})
	}
	es.told("startedAt", d.StartedAt, past(DeploymentRunning), d.Status)
	es.told("verifyingAt", d.VerifyingAt, past(DeploymentVerifying), d.Status)
	es.told("endedAt", d.EndedAt, d.Status == DeploymentClosed || d.Status == DeploymentAborted || d.Status == DeploymentBackedOut, d.Status)
	es.inOrder([]namedTime{{"acceptedAt", d.AcceptedAt}, {"startedAt", d.StartedAt}, {"verifyingAt", d.VerifyingAt}, {"endedAt", d.EndedAt}})
}

// told adds an error where a time is said of a status before it (D1).
func (es *Errors) told(field string, at *time.Time, legal bool, status any) {
	if at != nil && !legal {
		es.rule("D1", field, fmt.Sprintf("belongs to a status that one that is %s has not come to", status))
	}
}

type namedTime struct {
	field string
	at    *time.Time
}

// inOrder adds an error for each time that is before an earlier one of a list.
func (es *Errors) inOrder(list []namedTime) {
	var last *namedTime
	for i := range list {
		if list[i].at == nil {
			continue
		}
		if last != nil {
			es.notBefore(list[i].field, list[i].at, last.field, last.at)
		}
		last = &list[i]
	}
}
