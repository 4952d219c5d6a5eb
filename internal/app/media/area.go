// Package media keeps the definitive media library and licences: what may be
// deployed, and what may be used.
package media

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/rollout"
	"releasegraph/internal/app/seat"
)

// Area is what can be done with media and licences.
type Area struct {
	estate   *estate.Estate
	policies *policy.Area
	rollouts *rollout.Area
	verifier Verifier // nil: there is no library
	comparer Comparer // nil: there is no library
	report   report
	seats    *seat.Book
}

// report is how far a page of a report goes through the estate: in so many steps,
// of so many records each.
type report struct{ steps, records int }

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, policies *policy.Area, rollouts *rollout.Area) *Area {
	return &Area{estate: e, policies: policies, rollouts: rollouts, report: report{steps: 50, records: 100}, seats: seat.NewBook(struct {
		seat.Log
		seat.Reader
	}{e.Store, e.Entire})}
}

// rules are what the area has to say about what is proposed.
type rules struct{ *Area }
