package change

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// followRelease moves requests on with the release that carries them out (H4, H9). What
// an import links stands as it says.
func (a rules) followRelease(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.Release)
		now, is := c.After.(*domain.Release)
		if !ok || !is || was.Status == now.Status {
			continue
		}
		if err := a.followMove(ctx, p, now); err != nil {
			return err
		}
	}
	for _, l := range p.Links {
		r, ok := l.From.(*domain.Release)
		c, is := l.To.(*domain.ChangeRequest)
		if !ok || !is || l.Stays || l.By == estate.ByImport || !r.Status.Carries() {
			continue
		}
		release := r.Status
		if l.Goes {
			release = domain.ReleasePlanned
		}
		if err := follow(p, c, release); err != nil {
			return err
		}
	}
	return nil
}

// followMove moves all requests of a release, those of a package's parts by the
// parts.
func (a rules) followMove(ctx context.Context, p *estate.Proposal, r *domain.Release) error {
	far, err := estate.Linked[*domain.ChangeRequest](ctx, a.estate.Everything(), []store.ID{store.ID(r.ID)}, domain.RelImplements, store.Out)
	if err != nil {
		return err
	}
	for _, c := range far[store.ID(r.ID)] {
		if err := follow(p, c, r.Status); err != nil {
			return err
		}
	}
	return nil
}

// follow moves a request to where its release's status brings it, by all statuses on
// the way: a release that is brought in a status has not been in those before it.
func follow(p *estate.Proposal, c *domain.ChangeRequest, release domain.ReleaseStatus) error {
	if _, moves := c.With(release); !moves {
		return nil
	}
	return p.Decide(c, func(after entity.Record) {
		now := after.(*domain.ChangeRequest)
		if now.Status != c.Status {
			return
		}
		for to, moves := now.With(release); moves; to, moves = now.With(release) {
			now.Move(to, p.Now())
		}
	})
}
