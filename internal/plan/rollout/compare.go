package rollout

import "time"

// Figures are what plans are compared by.
type Figures struct {
	Waves, LowerBound int
	Proved            bool
	Begins, Ends      time.Time
	Steps             int
	// Exposure is the users at risk over time.
	Exposure []Exposure
	Waived   []Waiver
}

// Exposure is how many users had the release, before and after a wave.
type Exposure struct {
	Wave   int
	At     time.Time
	Before int
	After  int
}

// WaveRisk is what is hurt when a wave fails.
type WaveRisk struct {
	Wave int
	// Sites are those of the wave, HurtSites all at which something depends on what it
	// changes, with their own; HurtUsers are the users of these.
	Sites, HurtSites, HurtUsers int
	// ReachedBefore and ReachedAfter count users that had the release.
	ReachedBefore, ReachedAfter int
}
