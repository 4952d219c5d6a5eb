// Package change walks requests for change through their lives: assessment, votes, boards.
package change

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/impact"
	"releasegraph/internal/app/records"
)

// Area is what can be done with requests for change.
type Area struct {
	estate  *estate.Estate
	records *records.Area
	impact  *impact.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area, impact *impact.Area) *Area {
	return &Area{estate: e, records: records, impact: impact}
}
