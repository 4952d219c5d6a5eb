// Package progress tells how far roll-outs came, and whether what they installed is to run
// (M2, D4, P8).
package progress

import "releasegraph/internal/app/estate"

// Area is what can be asked of how far roll-outs came.
type Area struct{ estate *estate.Estate }

// New returns the area over the estate.
func New(e *estate.Estate) *Area { return &Area{e} }
