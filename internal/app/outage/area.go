// Package outage keeps how long deployments took services away, against the agreements at
// stake (D11).
package outage

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/authz"
)

// recordsOutage is the action of the area.
const recordsOutage authz.Action = "recordOutage"

// Area is what can be done with outages.
type Area struct {
	estate  *estate.Estate
	records *records.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area) *Area { return &Area{estate: e, records: records} }
