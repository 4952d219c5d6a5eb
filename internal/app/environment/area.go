// Package environment looks after test environments: what they have, when they were
// reset, for which release they are kept, and how representative they are (R12, R15).
package environment

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/release"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/authz"
)

// The actions of the area.
const (
	reset authz.Action = "reset"
	book  authz.Action = "book"
)

// Area is what can be done with test environments.
type Area struct {
	estate    *estate.Estate
	records   *records.Area
	traversal *traversal.Area
	releases  *release.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area, traversal *traversal.Area, releases *release.Area) *Area {
	return &Area{estate: e, records: records, traversal: traversal, releases: releases}
}

// rules are what the area has to say about what is proposed.
type rules struct{ *Area }
