// Package pipeline registers what pipelines, suppliers and portals tell of their roll-outs
// (D9): each in its own words, which package internal/pipeline reads.
package pipeline

import (
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/running"
)

// State is how far a roll-out of others came.
type State string

// The states. What has STARTED is on record as PLANNED until it is over.
const (
	Planned   State = "planned"
	Started   State = "started"
	Succeeded State = "succeeded"
	Failed    State = "failed"
)

// States lists all states.
var States = []State{Planned, Started, Succeeded, Failed}

// Notice is what somebody tells of a roll-out.
type Notice struct {
	// ID names the roll-out at the party that carries it out: all notices of it have the
	// same.
	ID, Party string
	// Release is the key of the release; or Unit that of a release unit and Version the
	// version of its release.
	Release, Unit, Version string
	// Sites are the keys of sites; none: where something of the release is installed.
	Sites []string
	State State
	// At is when it came to its state: now where one that is over does not say it. From is when it began, Until when it is going to
	// end, where that is known.
	At          time.Time
	From, Until *time.Time
	// Description is what there is to say besides, such as an address.
	Description string
}

// Area is what is done with notices.
type Area struct {
	estate  *estate.Estate
	running *running.Area
}

// New returns the area over the estate and the area below it that it uses.
func New(e *estate.Estate, r *running.Area) *Area { return &Area{estate: e, running: r} }
