// Package records reads, writes and connects records of any kind.
package records

import "releasegraph/internal/app/estate"

// Area is what can be done with records of any kind.
type Area struct {
	estate *estate.Estate
}

// New returns the area over the estate.
func New(e *estate.Estate) *Area {
	return &Area{estate: e}
}
