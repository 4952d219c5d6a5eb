// Package configuration keeps items to their definitions, and tells of the quality of the data.
package configuration

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/traversal"
)

// Area is what can be asked and required of configuration items.
type Area struct {
	estate    *estate.Estate
	records   *records.Area
	traversal *traversal.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area, traversal *traversal.Area) *Area {
	return &Area{estate: e, records: records, traversal: traversal}
}
