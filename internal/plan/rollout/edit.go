package rollout

import "time"

// Edit is a change of a plan by hand (P11). By is who makes it, and Reason why: a
// rule that may be waived needs one.
type Edit struct {
	Kind EditKind
	// Site and Release name the step of a MOVE, PIN or EXCLUDE; without a release all
	// steps of the site.
	Site, Release string
	// Wave is the wave that is split or merged with the next one, or where a step
	// moves to; one more than there are makes a wave.
	Wave int
	// Sites are those that leave the wave that is split, to one of their own behind it.
	Sites []string
	// At is when a pinned step begins.
	At         *time.Time
	By, Reason string
}

// EditKind is what an edit does.
type EditKind string

// The kinds of edit.
const (
	MoveSite   EditKind = "MOVE"
	SplitWave  EditKind = "SPLIT"
	MergeWaves EditKind = "MERGE"
	PinTime    EditKind = "PIN"
	Exclude    EditKind = "EXCLUDE"
)

// EditKinds lists all kinds of edit.
var EditKinds = []EditKind{MoveSite, SplitWave, MergeWaves, PinTime, Exclude}
