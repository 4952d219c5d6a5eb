// Package stock keeps the definitive hardware store: what is in stock, and for whom.
package stock

import "releasegraph/internal/app/estate"

// Area is what can be done with spares.
type Area struct{ estate *estate.Estate }

// New returns the area over the estate.
func New(e *estate.Estate) *Area { return &Area{estate: e} }
