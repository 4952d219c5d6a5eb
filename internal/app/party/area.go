// Package party finds the parties of persons.
package party

import "releasegraph/internal/app/estate"

// Area is what can be asked of the parties of persons.
type Area struct {
	estate *estate.Estate
}

// New returns the area over the estate.
func New(e *estate.Estate) *Area {
	return &Area{estate: e}
}
