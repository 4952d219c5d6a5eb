package running

import (
	"time"

	"releasegraph/internal/domain"
)

// Rollout is a deployment with all that stands below it. Its functions change none of
// its records: what they decide is a list of Moves.
type Rollout struct {
	Deployment *domain.Deployment
	Waves      []*Wave // by number
	// Soak is how long a wave is watched before the next one begins (D2).
	Soak time.Duration
	// Verified is when the time ends for which the release is watched (D8), zero
	// where it has not begun.
	Verified time.Time
	// Overdue is what becomes of a site that did not take the release before the
	// deadline of a PULL, by policy.
	Overdue OverdueRule
}

// OverdueRule is what becomes of a site that let the deadline of a PULL pass.
type OverdueRule string

// The rules.
const (
	// Remind only tells of it.
	Remind OverdueRule = "REMIND"
	// Force has the site fail, so that its threshold judges.
	Force OverdueRule = "FORCE"
	// Excuse leaves the site out.
	Excuse OverdueRule = "EXCUSE"
)

// Wave is a wave with its steps, in the order of their hours.
type Wave struct {
	*domain.Wave
	Steps []*Step
}

// Step is what one site of a wave receives.
type Step struct {
	*domain.SiteRollout
	// Frozen are the times in which a freeze holds its site or what it receives (D2).
	Frozen []domain.TimeRange
	// Limit is when it must be done with, zero: there is no limit. One that is not by
	// then has failed.
	Limit time.Time
	// Kit is the SHA-256 digest of what it is to install, "" where there is no kit.
	Kit string
	// Unproved is what is missing before anything may be installed there (D3).
	Unproved []string
	// Stays says that the back-out plan leaves it as it is (D7).
	Stays bool
}

// MayBegin reports whether work at the site may begin at a moment (D2, D3): while its
// window is open and no freeze is on.
func (s *Step) MayBegin(now time.Time) bool {
	if s.WindowFrom != nil && now.Before(*s.WindowFrom) || s.WindowTo != nil && !now.Before(*s.WindowTo) {
		return false
	}
	for _, f := range s.Frozen {
		if !now.Before(f.From) && now.Before(f.To) {
			return false
		}
	}
	return true
}

// begins is when the first step of the wave may begin by its window, zero: at any time.
func (w *Wave) begins() (first time.Time) {
	for _, s := range w.Steps {
		if s.WindowFrom == nil {
			return time.Time{}
		}
		if s.Status != domain.SiteSkipped && (first.IsZero() || s.WindowFrom.Before(first)) {
			first = *s.WindowFrom
		}
	}
	return first
}
