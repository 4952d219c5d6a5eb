// Package problem walks problems and known errors through their lives.
package problem

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/rollout"
)

// Area is what can be done with problems and known errors.
type Area struct {
	estate   *estate.Estate
	records  *records.Area
	rollouts *rollout.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area, rollouts *rollout.Area) *Area {
	return &Area{estate: e, records: records, rollouts: rollouts}
}
