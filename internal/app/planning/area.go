// Package planning works out how releases go to sites: the snapshot that a plan
// follows from, the plan as records, and what people change of it (P1 to P13).
package planning

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/authz"
)

// The actions of the area.
const (
	plans   authz.Action = "plan"
	accepts authz.Action = "acceptPlan"
)

// Area is what can be done with plans of roll-outs.
type Area struct {
	estate    *estate.Estate
	records   *records.Area
	traversal *traversal.Area
	policies  *policy.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, r *records.Area, t *traversal.Area, p *policy.Area) *Area {
	return &Area{estate: e, records: r, traversal: t, policies: p}
}
