package closing

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// supersede writes whose place a release takes that is CLOSED, and takes that away of
// one that is backed out (R1).
func (a rules) supersede(ctx context.Context, p *estate.Proposal) error {
	supersedes := entity.RelationshipsNamed(domain.RelSupersedes)[0]
	var backedOut []store.ID
	for _, m := range moves(p) {
		switch m.now.Status {
		case domain.ReleaseBackedOut:
			backedOut = append(backedOut, store.ID(m.now.ID))
		case domain.ReleaseClosed:
			if err := a.takePlaces(ctx, p, supersedes, m.now); err != nil {
				return err
			}
		}
	}
	if len(backedOut) == 0 {
		return nil
	}
	pages, err := a.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: backedOut, Rel: domain.RelSupersedes, Direction: store.Out})
	if err != nil {
		return refusal.OfStore(err)
	}
	for _, page := range pages {
		for _, e := range page.Edges {
			if err := p.Part(supersedes, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// takePlaces links a release to those that it supersedes, unless it is already.
func (a rules) takePlaces(ctx context.Context, p *estate.Proposal, supersedes *entity.Relationship, r *domain.Release) error {
	found, err := a.releases.Supersedes(ctx, a.estate.Everything(), r)
	if err != nil || len(found) == 0 {
		return err
	}
	had, err := a.estate.Everything().Far(ctx, []store.ID{store.ID(r.ID)}, domain.RelSupersedes, store.Out, domain.KindRelease)
	if err != nil {
		return err
	}
	known := map[store.ID]bool{}
	for _, n := range had[store.ID(r.ID)] {
		known[n.ID] = true
	}
	for _, q := range found {
		if known[store.ID(q.Release.ID)] {
			continue
		}
		if err := p.Join(supersedes, r, q.Release, &domain.Supersession{Units: q.Units}); err != nil {
			return err
		}
	}
	return nil
}
