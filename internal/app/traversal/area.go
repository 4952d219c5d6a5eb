// Package traversal gives traversals the graph of what depends on what, as the caller sees it.
package traversal

import "releasegraph/internal/app/estate"

// Area is the graph for traversals, and the records of its items.
type Area struct {
	estate *estate.Estate
}

// New returns the area over the estate.
func New(e *estate.Estate) *Area {
	return &Area{estate: e}
}
