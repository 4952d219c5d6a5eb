// Package closing keeps what follows for releases from how far they came: parts go
// with their package, one that is accepted keeps how it differs from the one before,
// and one that is closed takes the place of others.
package closing

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
)

// Area is what follows when releases go live, are closed, or are backed out.
type Area struct {
	estate   *estate.Estate
	releases *release.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, releases *release.Area) *Area {
	return &Area{estate: e, releases: releases}
}

// rules are what the area has to say about what is proposed.
type rules struct{ *Area }

// Consequences are what follows from the status of a release.
func (a *Area) Consequences() []estate.Consequence {
	statuses := estate.Interest{Kinds: []string{domain.KindRelease}}
	return []estate.Consequence{
		{
			Name: "R4 parts go with their package", Binds: estate.ByVerb | estate.ByImport, Minds: statuses,
			Owns: []string{"Release.status", "Release.statusSince", "Release.liveAt"}, Follow: rules{a}.goesLive,
		},
		{
			Name: "R6 what was planned of what is planned anew is dropped", Binds: estate.ByVerb | estate.ByImport, Minds: statuses,
			Owns: []string{"Deployment.status", "Deployment.statusReason", "Deployment.endedAt"}, Follow: rules{a}.dropPlanned,
		},
		{
			Name: "R11 the difference to the one before is kept as it was accepted", Binds: estate.ByVerb, Minds: statuses,
			Owns: []string{domain.RelSucceeds, domain.RelDiffersIn}, Follow: rules{a}.keepDifference,
		},
		{
			Name: "R1 what is closed supersedes", Binds: estate.ByVerb | estate.ByImport, Minds: statuses,
			Owns: []string{domain.RelSupersedes}, Follow: rules{a}.supersede,
		},
	}
}

// moves are the releases whose status changes, as they were and as they will be.
func moves(p *estate.Proposal) (list []move) {
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.Release)
		now, is := c.After.(*domain.Release)
		if ok && is && was.Status != now.Status {
			list = append(list, move{was, now, c})
		}
	}
	return list
}

type move struct {
	was, now *domain.Release
	at       *estate.RecordChange
}
