// Package support tells where support is paid for in vain.
package support

import "releasegraph/internal/app/estate"

// Area is what can be asked of support contracts and teams.
type Area struct{ estate *estate.Estate }

// New returns the area over the estate.
func New(e *estate.Estate) *Area { return &Area{estate: e} }
