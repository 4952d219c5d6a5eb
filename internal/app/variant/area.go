// Package variant tells which versions of a release unit are live, and where (R18).
package variant

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/release"
	"releasegraph/internal/app/rollout"
)

// Area is what can be asked of the versions of units.
type Area struct {
	estate   *estate.Estate
	policies *policy.Area
	rollouts *rollout.Area
	releases *release.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, policies *policy.Area, rollouts *rollout.Area, releases *release.Area) *Area {
	return &Area{estate: e, policies: policies, rollouts: rollouts, releases: releases}
}
