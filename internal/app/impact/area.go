// Package impact tells what depends on what, and what bears on it.
package impact

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/traversal"
)

// Area is what can be asked of dependencies.
type Area struct {
	estate    *estate.Estate
	traversal *traversal.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, traversal *traversal.Area) *Area {
	return &Area{estate: e, traversal: traversal}
}
