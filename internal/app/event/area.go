// Package event tells subscribers what is changed, as it is committed.
package event

import "releasegraph/internal/app/estate"

// Area is what can be followed as it happens.
type Area struct {
	estate *estate.Estate
}

// New returns the area over the estate.
func New(e *estate.Estate) *Area {
	return &Area{estate: e}
}
