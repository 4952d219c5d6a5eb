// Package rising compares the numbers of releases that an import brings (R3).
package rising

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/domain"
)

// Area compares numbers.
type Area struct {
	estate   *estate.Estate
	policies *policy.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, policies *policy.Area) *Area {
	return &Area{estate: e, policies: policies}
}

// minded are the records and the links by which a number rises or falls.
var minded = estate.Interest{Kinds: []string{domain.KindRelease}, Rels: []string{domain.RelChanges, domain.RelGroups}}

// Consequences are what follows for the numbers of releases: what is imported is
// remembered.
func (a *Area) Consequences() []estate.Consequence {
	return []estate.Consequence{{
		Name: "R3 the numbers of what is imported are compared", Binds: estate.ByImport,
		Minds: minded, Follow: noteBrought,
	}}
}
