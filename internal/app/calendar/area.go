// Package calendar plans: freezes, maintenance windows, what they hold, and what meets what.
package calendar

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/traversal"
)

// Area is what can be done with freezes, windows and schedules.
type Area struct {
	estate    *estate.Estate
	traversal *traversal.Area

	layers layers
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, traversal *traversal.Area) *Area {
	return &Area{estate: e, traversal: traversal}
}
