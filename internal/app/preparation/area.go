// Package preparation gets people, money and the calendar ready for a release
// (R12, R13).
package preparation

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/release"
	"releasegraph/internal/authz"
)

// Area is what can be done to prepare releases.
type Area struct {
	estate   *estate.Estate
	records  *records.Area
	releases *release.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area, releases *release.Area) *Area {
	return &Area{estate: e, records: records, releases: releases}
}

// answers is the action of the area, which the Catalog declares.
const answers authz.Action = "answer"

// rules are what the area has to say about what is proposed.
type rules struct{ *Area }
