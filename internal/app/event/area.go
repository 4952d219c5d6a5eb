// Package event tells subscribers what is changed, as it is committed.
package event

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/impact"
)

// Area is what can be followed as it happens.
type Area struct {
	estate  *estate.Estate
	impact  *impact.Area
	answers answers
	// walks have what was in reach of records: what many follow is walked once, and
	// held once.
	walks *shared[*nearby]
}

// keptWalks is how many bytes of what was in reach are kept.
const keptWalks = 32 << 20

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, impact *impact.Area) *Area {
	return &Area{estate: e, impact: impact, walks: newShared(keptWalks, (*nearby).weight)}
}
