package simulate

import (
	"time"

	"releasegraph/internal/domain"
)

// State is how a roll-out stands, as a server tells it.
type State struct {
	Status           domain.DeploymentStatus
	StatusSince      *time.Time
	StatusReason     *string
	ErrorThreshold   int
	SuccessThreshold int
	VerifyingUntil   *time.Time
	// Activation is when what is installed begins to run, ActivateAt the instant of a common
	// one, nil until it is known (P8).
	Activation domain.Activation
	ActivateAt *time.Time
	Release    struct {
		Key    string
		Status domain.ReleaseStatus
	}
	Waves []Wave
}

// Wave is how a wave stands.
type Wave struct {
	Ordinal     int
	Status      domain.WaveStatus
	Gate        domain.WaveGate
	GateVerdict *domain.GateVerdict
	StartedAt   *time.Time
	SucceededAt *time.Time
	Sites       []SiteState
}

// SiteState is how a site of a wave stands.
type SiteState struct {
	Key        string
	Status     domain.SiteRolloutStatus
	Attempt    int
	WindowFrom *time.Time
	// InstalledAt is when it was last told that it is installed.
	InstalledAt *time.Time
	Receives    []Receipt
}

// Over reports whether nothing happens to the roll-out any more.
func (s *State) Over() bool {
	return s.Status == domain.DeploymentClosed || s.Status == domain.DeploymentBackedOut || s.Status == domain.DeploymentAborted
}

// Goes reports whether sites of the wave begin that have not: it runs, or enough of them
// are done.
func (w *Wave) Goes() bool { return w.Status == domain.WaveRunning || w.Status == domain.WaveSucceeded }

// Tally counts the sites of the wave that count, and those that failed (D4).
func (w *Wave) Tally() (total, failed int) {
	for _, s := range w.Sites {
		switch s.Status {
		case domain.SiteSkipped:
			continue
		case domain.SiteFailed, domain.SiteBackedOut:
			failed++
		}
		total++
	}
	return total, failed
}
