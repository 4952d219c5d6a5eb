// Package impact tells what depends on what, and what bears on it.
package impact

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/store"
)

// Area is what can be asked of dependencies.
type Area struct {
	// Held reads the items that releases hold (R2): internal/app says how.
	Held func(ctx context.Context, v estate.View, releases []store.Node) ([]store.Node, error)

	estate    *estate.Estate
	traversal *traversal.Area
	recent    recent
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, traversal *traversal.Area) *Area {
	return &Area{estate: e, traversal: traversal}
}
