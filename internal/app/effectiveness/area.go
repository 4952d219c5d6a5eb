// Package effectiveness keeps how well releases went that are live: it has those asked who
// know, and gathers what they say and what problems tell (R17).
package effectiveness

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

// appraises is the action of the area.
const appraises authz.Action = "appraise"

// Area is what can be said of how well releases went.
type Area struct {
	estate  *estate.Estate
	records *records.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, records *records.Area) *Area { return &Area{estate: e, records: records} }

// Consequences are what follows from a release that is live.
func (a *Area) Consequences() []estate.Consequence {
	return []estate.Consequence{{
		Name: "R17 of a release that is live is asked how well it went", Binds: estate.ByVerb | estate.ByImport,
		Minds: estate.Interest{Kinds: []string{domain.KindRelease}},
		Owns:  []string{"Release.effectivenessAskedAt"}, Follow: asks,
	}}
}

// asks notes when the service desk and the sites are asked how well a release went: as it
// comes to be watched, or to be closed without that (R17). Whoever waits for the answer
// finds it among what waits for them.
func asks(_ context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		was, is := c.Before.(*domain.Release)
		now, ok := c.After.(*domain.Release)
		if !is || !ok || was.Status == now.Status || now.EffectivenessAskedAt != nil {
			continue
		}
		if now.Status != domain.ReleaseVerifying && now.Status != domain.ReleaseClosed {
			continue
		}
		at := p.Now()
		if err := p.Amend(c, func() { now.EffectivenessAskedAt = &at }); err != nil {
			return err
		}
	}
	return nil
}
