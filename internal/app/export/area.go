// Package export writes the estate and its history as lines.
package export

import "releasegraph/internal/app/estate"

// Area is what can be exported.
type Area struct {
	estate *estate.Estate
}

// New returns the area over the estate.
func New(e *estate.Estate) *Area {
	return &Area{estate: e}
}
