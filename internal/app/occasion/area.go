// Package occasion reads what leaves steps of a roll-out their hours: maintenance windows,
// freezes and service hours (P7), and the hours of the steps that come before and after
// them (P4, P9).
package occasion

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/traversal"
)

// Area tells the hours that are left to steps.
type Area struct {
	estate    *estate.Estate
	traversal *traversal.Area
}

// New returns the area over the estate and the area below it that it uses.
func New(e *estate.Estate, t *traversal.Area) *Area { return &Area{estate: e, traversal: t} }
