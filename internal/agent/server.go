package agent

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Server is what the agent asks, and tells.
type Server interface {
	// Rollouts are those of a site whose deployments are on their way, in the order of
	// their hours, without what others carry out (D9).
	Rollouts(ctx context.Context, site string) ([]Rollout, error)
	// Kit are the parts of the kit of a release, with those of what it bundles.
	Kit(ctx context.Context, release string) ([]Part, error)
	// Plan is what is done at the site (P12).
	Plan(ctx context.Context, rollout string) (*Plan, error)
	// Fetch writes the content of a media item into a file.
	Fetch(ctx context.Context, key, file string) error
	// Try tells what would come of a report.
	Try(ctx context.Context, r Report) (Answer, error)
	// Report brings a report.
	Report(ctx context.Context, r Report) (Answer, error)
	// Follow calls changed when it listens, and each time that something happens at a
	// site, until it hears no more.
	Follow(ctx context.Context, site string, changed func()) error
}

// Answer is what comes of a report.
type Answer struct {
	// At is the time of which the report tells: now by the server's clock where it said
	// none.
	At     time.Time
	Status domain.SiteRolloutStatus
	Why    string
}

// Refused is what the server answers to what it does not take.
type Refused struct{ Code, Message string }

// Error implements error.
func (r *Refused) Error() string { return r.Message + " (" + r.Code + ")" }

// final are the codes by which a report is refused for good: it would be so tomorrow.
var final = []string{
	"NOT_STARTED", "WAVE_NOT_BEGUN", "NO_SUCH_ATTEMPT", "UNPROVED", "NOT_REPORTABLE",
	string(domain.NotFound), string(domain.Invalid), string(domain.RuleViolation), string(domain.ReportIDReused),
}

// final reports whether it would be refused tomorrow, too.
func (r *Refused) final() bool { return slices.Contains(final, r.Code) }
