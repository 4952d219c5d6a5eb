// Package bulk brings many records in: import items become a draft.
package bulk

import (
	"releasegraph/internal/app/calendar"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/rising"
)

// Area is what can be imported.
type Area struct {
	estate   *estate.Estate
	records  *records.Area
	calendar *calendar.Area
	rising   *rising.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area, calendar *calendar.Area, rising *rising.Area) *Area {
	return &Area{estate: e, records: records, calendar: calendar, rising: rising}
}
