// Package drift watches what is installed against what was deployed, as either changes
// (L3).
package drift

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/rollout"
	"releasegraph/internal/domain"
)

// Area is what is told of installations that are not what was deployed.
type Area struct {
	estate   *estate.Estate
	policies *policy.Area
	rollouts *rollout.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, p *policy.Area, r *rollout.Area) *Area {
	return &Area{estate: e, policies: p, rollouts: r}
}

// Consequences are what follows from what is installed.
func (a *Area) Consequences() []estate.Consequence {
	return []estate.Consequence{{
		Name: "L3 what is installed is held against what was deployed", Binds: estate.ByMutation | estate.ByVerb | estate.ByImport,
		Minds: estate.Interest{Kinds: []string{domain.KindSiteRollout}, Rels: []string{domain.RelInstalledAt}},
		Owns:  []string{domain.RelDriftsAt}, Follow: a.watch,
	}}
}
