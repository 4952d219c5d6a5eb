// Package audit keeps what was found at sites, held against what was expected there
// (R5).
package audit

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

// audits is the action of the area.
const audits authz.Action = "audit"

// Area is what can be done with audits.
type Area struct {
	estate  *estate.Estate
	records *records.Area
}

// Fresh returns an audit that is to be kept.
func (a *Area) Fresh() *domain.ConfigurationAudit {
	one := &domain.ConfigurationAudit{}
	one.ID, one.Sources = a.estate.NewID(), domain.BroughtBy(domain.SourceAPI)
	return one
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area) *Area { return &Area{estate: e, records: records} }
