package announcement

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// fixedPlan is the plan of a release that was accepted: it comes to these sites, and at
// these hours, by key. A site that chooses its hour has none.
type fixedPlan struct {
	exists bool
	sites  []*domain.Site
	hours  map[string]domain.TimeRange
}

// sitesOf reads the plan of a release that was accepted (P11).
func sitesOf(ctx context.Context, v estate.View, r *domain.Release) (*fixedPlan, error) {
	id := store.ID(r.ID)
	deployments, err := estate.Linked[*domain.Deployment](ctx, v, []store.ID{id}, domain.RelDeploys, store.In)
	if err != nil {
		return nil, err
	}
	d := domain.LastBinding(deployments[id])
	if d == nil {
		return &fixedPlan{}, nil
	}
	waves, err := far[*domain.Wave](ctx, v, []store.ID{store.ID(d.ID)}, domain.RelHasWave)
	if err != nil {
		return nil, err
	}
	steps, err := far[*domain.SiteRollout](ctx, v, entity.IDsOf(waves), domain.RelTargets)
	if err != nil {
		return nil, err
	}
	releases, err := estate.Linked[*domain.Release](ctx, v, entity.IDsOf(steps), domain.RelDeploys, store.Out)
	if err != nil {
		return nil, err
	}
	sites, err := estate.Linked[*domain.Site](ctx, v, entity.IDsOf(steps), domain.RelTargets, store.Out)
	if err != nil {
		return nil, err
	}
	p := &fixedPlan{exists: true, hours: map[string]domain.TimeRange{}}
	for _, s := range steps {
		of := releases[store.ID(s.ID)]
		if len(of) > 0 && of[0].ID != r.ID { // a required release comes along (P9)
			continue
		}
		for _, site := range sites[store.ID(s.ID)] {
			p.sites = append(p.sites, site)
			if window := s.Window(); window != nil {
				p.hours[site.Key] = *window
			}
		}
	}
	return p, nil
}
