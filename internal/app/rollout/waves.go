package rollout

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Waves lists the waves of a deployment, by number.
func (a *Area) Waves(ctx context.Context, d *domain.Deployment) ([]*domain.Wave, error) {
	c := a.estate.CohortOf(ctx, d)
	all, err := estate.EachOf(c, "waves", func(list []*domain.Deployment) ([][]*domain.Wave, error) {
		v, err := a.estate.ViewFor(ctx, c, nil)
		if err != nil {
			return nil, err
		}
		ids := make([]store.ID, len(list))
		for i, d := range list {
			ids[i] = store.ID(d.ID)
		}
		far, err := estate.Linked[*domain.Wave](ctx, v, ids, domain.RelHasWave, store.Out)
		if err != nil {
			return nil, err
		}
		waves := make([][]*domain.Wave, len(list))
		for i, id := range ids {
			waves[i] = far[id]
			domain.SortWaves(waves[i])
		}
		return waves, nil
	})
	return all[store.ID(d.ID)], err
}
