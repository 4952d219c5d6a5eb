// Package work tells what waits for whom, and what bears on a service.
package work

import (
	"releasegraph/internal/app/change"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/traversal"
)

// Area is what can be asked of waiting work.
type Area struct {
	estate    *estate.Estate
	records   *records.Area
	traversal *traversal.Area
	change    *change.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area, traversal *traversal.Area, change *change.Area) *Area {
	return &Area{estate: e, records: records, traversal: traversal, change: change}
}
