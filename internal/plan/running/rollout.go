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
	// Warning is how long before the deadline of a PULL sites are reminded, 0: they are
	// not (P1).
	Warning time.Duration
}

// Window is from when its first wave is planned until when its last one is, nil where no
// wave says so.
func (r *Rollout) Window() (from, to *time.Time) {
	for _, w := range r.Waves {
		if w.WindowFrom != nil && (from == nil || w.WindowFrom.Before(*from)) {
			from = w.WindowFrom
		}
		if w.WindowTo != nil && (to == nil || w.WindowTo.After(*to)) {
			to = w.WindowTo
		}
	}
	return from, to
}

// Sites is how many roll-outs to sites it has, but for those that were left out.
func (r *Rollout) Sites() (n int) {
	for _, w := range r.Waves {
		n += w.count().Tally(r.Deployment.Activation).Total
	}
	return n
}

// Wave is a wave with its steps, in the order of their hours: all of them, or those that
// are looked at.
type Wave struct {
	*domain.Wave
	Steps []*Step
	// Counts are how many of all its steps are where; nil: Steps are all.
	Counts *Counts
	// Opens is when the first of its steps may begin by its window, nil: at any time. It
	// is looked at where Steps are not all.
	Opens *time.Time
	// LastFailed is when the last of its steps that are FAILED did, zero for none. It is
	// looked at where Steps are not all.
	LastFailed time.Time
}

// Step is what one site of a wave receives.
type Step struct {
	*domain.SiteRollout
	// Frozen are the times in which a freeze holds its site or what it receives (D2).
	Frozen []domain.TimeRange
	// Limit is when it must be done with, zero: there is no limit. One that is not by
	// then has failed.
	Limit time.Time
	// Kits are the SHA-256 digests by which a site may name what it is to install: of
	// the kit and, where that is one thing, of that; none where there is no kit.
	Kits []string
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
	if w.Counts != nil {
		if w.Opens != nil {
			first = *w.Opens
		}
		return first
	}
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

// lastFailed is when the last of its steps that are FAILED did, zero for none.
func (w *Wave) lastFailed() time.Time {
	last := w.LastFailed
	for _, s := range w.Steps {
		if s.Status == domain.SiteFailed && s.StatusSince != nil && s.StatusSince.After(last) {
			last = *s.StatusSince
		}
	}
	return last
}

// Waits reports whether nothing was installed at the site yet, and something is to be.
func (s *Step) Waits() bool {
	return s.Status == domain.SitePending || s.Status == domain.SiteDistributed
}

// begun reports whether the wave has begun.
func (w *Wave) begun() bool { return w.Status != domain.WavePending && w.Status != domain.WaveReady }
