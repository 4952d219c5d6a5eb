// Package advice keeps what boards recommend about releases (R19).
package advice

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/authz"
)

// recommends is the action of the area.
const recommends authz.Action = "recommend"

// Area is what can be done with recommendations.
type Area struct {
	estate  *estate.Estate
	records *records.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area) *Area { return &Area{estate: e, records: records} }
