// Package acceptance carries releases through acceptance: their tests and what came
// of them, what they bring, what is known of them, and who signs (R7, R8, R21, R22).
package acceptance

import (
	"context"

	"releasegraph/internal/app/environment"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/release"
	"releasegraph/internal/authz"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
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
	others       []Other
	// Measuring asks servers for measurements; nil: there is none.
	Measuring Measuring
}

// Other is an area beside this one that keeps what the moves of a release need.
type Other interface {
	// Needs tells what a release lacks there, and the guards that hold it so.
	Needs(ctx context.Context, s *release.Standing) ([]plan.Lack, []store.Guard, error)
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area, releases *release.Area, environments *environment.Area, others ...Other) *Area {
	return &Area{estate: e, records: records, releases: releases, environments: environments, others: others}
}

// Ask has the area ask another one, which uses it, for what a release lacks there.
func (a *Area) Ask(o Other) { a.others = append(a.others, o) }

// rules are what the area has to say about what is proposed.
type rules struct{ *Area }
