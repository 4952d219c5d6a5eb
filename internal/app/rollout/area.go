// Package rollout keeps how releases went to sites: deployments, their waves, and
// the sites within these.
package rollout

import "releasegraph/internal/app/estate"

// Area is what can be asked of roll-outs.
type Area struct{ estate *estate.Estate }

// New returns the area over an estate.
func New(e *estate.Estate) *Area { return &Area{estate: e} }

// rules are what the area has to say about what is proposed.
type rules struct{ *Area }
