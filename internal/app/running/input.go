package running

import (
	"time"

	"releasegraph/internal/app/readiness"
	"releasegraph/internal/domain"
)

// DeploymentVerb is a deployment, and why something is done with it.
type DeploymentVerb struct {
	Deployment domain.Ref
	Reason     *string
	IfVersion  *int
}

// SetGate is the gate of a wave.
type SetGate struct {
	Deployment domain.Ref
	Wave       int
	Gate       domain.WaveGate
	Gatekeeper *string
	OpensAt    *time.Time
	// Test is what a gate that is MEASURED is measured by, Over over how long.
	Test *domain.Ref
	Over *string
}

// OpenGate is what is decided at the gate of a wave.
type OpenGate struct {
	Deployment domain.Ref
	Wave       int
	Verdict    domain.GateVerdict
	Reason     *string
}

// SiteVerb is a site of a deployment, and why something is done with it.
type SiteVerb struct {
	Deployment domain.Ref
	Site       domain.Ref
	Release    *domain.Ref
	Reason     *string
}

// BackOut is what is taken back, and why (D7).
type BackOut struct {
	Deployment     domain.Ref
	Wave           *int
	Site           *domain.Ref
	Release        *domain.Ref
	WithDependents *bool
	Reason         *string
}

// Report is what happened at a site (D5).
type Report struct {
	Deployment     domain.Ref
	Site           domain.Ref
	Release        *domain.Ref
	Status         domain.SiteRolloutStatus
	ReportID       string
	At             *time.Time
	KitSha256      *string
	Attempt        *int
	Detail         *string
	ToolingHealthy *bool
	Audits         []readiness.SiteAudit
}

// Reports are reports on sites.
type Reports struct{ Reports []Report }

// Rolled is what became of a roll-out.
type Rolled struct {
	Deployment  *domain.Deployment
	Wave        *domain.Wave
	SiteRollout *domain.SiteRollout
	Revision    int64
	DryRun      bool
	Changes     []domain.Change
}

// Reported is what became of a report.
type Reported struct {
	Report      *domain.SiteReport
	SiteRollout *domain.SiteRollout
	Deployment  *domain.Deployment
	Revision    int64
	DryRun      bool
	Changes     []domain.Change
}

// ReportedAll is what became of some reports.
type ReportedAll struct {
	Accepted int
	Refused  []RefusedReport
	Revision int64
	DryRun   bool
}

// RefusedReport is a report that does not count.
type RefusedReport struct {
	Index   int
	Code    string
	Message string
}

// Clock is what the clock of a server shows that was started with --clock.
type Clock struct {
	Now      time.Time
	Revision int64
}
