package closing

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// goesLive notes since when a release has its status, where nobody says it, and when
// it was at all its sites; and has the parts of a package go with it (R4).
func (a rules) goesLive(ctx context.Context, p *estate.Proposal) error {
	var packages []store.ID
	moved := moves(p)
	for _, m := range moved {
		if err := p.Amend(m.at, func() { m.now.Arrive(m.was, p.Now()) }); err != nil {
			return err
		}
		if m.now.Category == domain.PackageRelease {
			packages = append(packages, store.ID(m.now.ID))
		}
	}
	parts, err := estate.Linked[*domain.Release](ctx, a.estate.Everything(), packages, domain.RelBundles, store.Out)
	if err != nil {
		return err
	}
	for _, m := range moved {
		for _, part := range parts[store.ID(m.now.ID)] {
			if !part.GoesWith(m.was, m.now.Status) {
				continue
			}
			if err := p.Decide(part, func(r entity.Record) {
				if now := r.(*domain.Release); now.Status == part.Status {
					now.Status = m.now.Status
					now.Arrive(part, *m.now.StatusSince)
				}
			}); err != nil {
				return err
			}
		}
	}
	return nil
}
