// Package event tells subscribers what is changed, as it is committed.
package event

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/impact"
)

// Area is what can be followed as it happens.
type Area struct {
	estate  *estate.Estate
	impact  *impact.Area
	answers answers
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, impact *impact.Area) *Area {
	return &Area{estate: e, impact: impact}
}
