// Package policy keeps the written rules for releases as data: versions of them,
// what each governs, and which applies (R3).
package policy

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/traversal"
)

// Area is what can be done with policies for releases.
type Area struct {
	estate    *estate.Estate
	traversal *traversal.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, traversal *traversal.Area) *Area {
	return &Area{estate: e, traversal: traversal}
}

// rules are what the area has to say about what is proposed.
type rules struct{ *Area }
