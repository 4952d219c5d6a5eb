// Package history tells what was changed, when, by whom and why.
package history

import "releasegraph/internal/app/estate"

// Area is what can be asked of the past.
type Area struct {
	estate *estate.Estate
}

// New returns the area over the estate.
func New(e *estate.Estate) *Area {
	return &Area{estate: e}
}
