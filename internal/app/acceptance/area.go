// Package acceptance carries releases through acceptance: their tests and what came
// of them, what they bring, what is known of them, and who signs (R7, R8, R21, R22).
package acceptance

import (
	"releasegraph/internal/app/environment"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/release"
	"releasegraph/internal/authz"
)

// The actions of the area.
const (
	report  authz.Action = "report"
	sign    authz.Action = "sign"
	deliver authz.Action = "deliver"
	approve authz.Action = "approve"
)

// Area is what can be done for the acceptance of releases.
type Area struct {
	estate       *estate.Estate
	records      *records.Area
	releases     *release.Area
	environments *environment.Area
	// Measuring asks servers for measurements; nil: there is none.
	Measuring Measuring
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area, releases *release.Area, environments *environment.Area) *Area {
	return &Area{estate: e, records: records, releases: releases, environments: environments}
}

// rules are what the area has to say about what is proposed.
type rules struct{ *Area }
