package acceptance

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// Consequences are what follows for the acceptance of releases.
func (a *Area) Consequences() []estate.Consequence {
	const anyMeans = estate.ByMutation | estate.ByVerb | estate.ByImport
	return []estate.Consequence{
		{
			Name: "R7 who made and who judged is kept", Binds: anyMeans,
			Minds: estate.Interest{Kinds: []string{domain.KindRelease}},
			Owns:  []string{"Release.deeds"}, Follow: rules{a}.keepDeeds,
		},
		{
			Name: "R23 a deliverable that changes is a draft", Binds: anyMeans,
			Minds: estate.Interest{Kinds: []string{domain.KindDeliverable}, Rels: []string{domain.RelStoredAs}},
			Owns:  []string{"Deliverable.state", "Deliverable.approvedBy", "Deliverable.approvedAt", "Deliverable.writtenBy"}, Follow: redraft,
		},
	}
}

// keepDeeds keeps with each release who is named as its manager, and who moved it:
// what was done stays, whoever has which role later (R7).
func (a rules) keepDeeds(ctx context.Context, p *estate.Proposal) error {
	who, err := a.doer(ctx)
	if err != nil {
		return err
	}
	for _, c := range p.Records {
		now, ok := c.After.(*domain.Release)
		if !ok {
			continue
		}
		was, _ := c.Before.(*domain.Release)
		deeds := now.NewDeeds(was, who, c.By == estate.ByVerb, p.Now())
		if err := p.Amend(c, func() {
			for _, d := range deeds {
				now.Deed(d)
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

// redraft notes who wrote a deliverable, and makes one whose bytes are others a
// draft again (R23).
func redraft(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	who := acting.Name(ctx)
	wrote := func(now *domain.Deliverable) {
		if !domain.ContainsName(now.WrittenBy, who) {
			now.WrittenBy = append(now.WrittenBy[:len(now.WrittenBy):len(now.WrittenBy)], who)
		}
	}
	for _, c := range p.Records {
		now, ok := c.After.(*domain.Deliverable)
		if !ok || c.By == estate.ByImport && acting.Locally(ctx) {
			continue
		}
		was, _ := c.Before.(*domain.Deliverable)
		if was != nil && was.SameBytes(now) {
			continue
		}
		if err := p.Amend(c, func() {
			wrote(now)
			if was != nil && c.By == estate.ByMutation {
				now.Redraft()
			}
		}); err != nil {
			return err
		}
	}
	for _, l := range p.Links {
		d, ok := l.From.(*domain.Deliverable)
		if !ok || d.Version == 0 || l.Stays || l.By == estate.ByImport {
			continue
		}
		if err := p.Change(d, func(after entity.Record) {
			now := after.(*domain.Deliverable)
			wrote(now)
			now.Redraft()
		}); err != nil {
			return err
		}
	}
	return nil
}
