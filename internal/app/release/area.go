// Package release carries releases from their plan into acceptance, by the policy
// that each follows.
package release

import (
	"releasegraph/internal/app/configuration"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/traversal"
)

// Area is what can be done with releases.
type Area struct {
	estate        *estate.Estate
	traversal     *traversal.Area
	configuration *configuration.Area
	policies      *policy.Area
	// Acceptance tells what lies above this area; it is wired once all are there.
	Acceptance Acceptance
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, traversal *traversal.Area, configuration *configuration.Area, policies *policy.Area) *Area {
	return &Area{estate: e, traversal: traversal, configuration: configuration, policies: policies}
}

// rules are what the area has to say about what is proposed.
type rules struct{ *Area }
