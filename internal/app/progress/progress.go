package progress

import (
	"context"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// Progress is how many sites are where (M2).
type Progress struct {
	Total, Pending, Distributed, Installed, Activated, Verified, Failed, BackedOut, Skipped int

	ExpectedEnd *time.Time
}

// DeploymentProgress tells how far a deployment came (M2).
func (a *Area) DeploymentProgress(ctx context.Context, d *domain.Deployment) (*Progress, error) {
	v := a.estate.CohortOf(ctx, d).View
	far, err := v.Far(ctx, []store.ID{store.ID(d.ID)}, domain.RelHasWave, store.Out, domain.KindWave)
	if err != nil {
		return nil, err
	}
	counts, err := Counted(ctx, v, store.IDsOf(far[store.ID(d.ID)]))
	if err != nil {
		return nil, err
	}
	all := running.Counts{}
	for _, c := range counts {
		for status, n := range c {
			all[status] += n
		}
	}
	p := progressOf(all)
	waves := estate.Decoded[*domain.Wave](ctx, v, far[store.ID(d.ID)])
	domain.SortWaves(waves)
	p.ExpectedEnd = running.Expected(d, waves, a.estate.Clock())
	return p, nil
}

// FailingWaves lists the waves of a deployment of which more sites failed than its
// threshold lets, as far as the reader sees them (D4).
func (a *Area) FailingWaves(ctx context.Context, d *domain.Deployment) ([]*domain.Wave, error) {
	v, id := a.estate.CohortOf(ctx, d).View, store.ID(d.ID)
	far, err := estate.Linked[*domain.Wave](ctx, v, []store.ID{id}, domain.RelHasWave, store.Out)
	if err != nil {
		return nil, err
	}
	waves := far[id]
	domain.SortWaves(waves)
	ids := make([]store.ID, len(waves))
	for i, w := range waves {
		ids[i] = store.ID(w.ID)
	}
	counts, err := Counted(ctx, v, ids)
	list := []*domain.Wave{}
	for i, w := range waves {
		if err == nil && running.Failing(d, counts[i]) {
			list = append(list, w)
		}
	}
	return list, err
}

// WaveProgress tells how far a wave came (M2).
func (a *Area) WaveProgress(ctx context.Context, w *domain.Wave) (*Progress, error) {
	c := a.estate.CohortOf(ctx, w)
	all, err := estate.LoadOf(c, "progress", func() (map[store.ID]running.Counts, error) {
		counts, err := Counted(ctx, c.View, c.Members)
		of := map[store.ID]running.Counts{}
		for i, id := range c.Members {
			if err == nil {
				of[id] = counts[i]
			}
		}
		return of, err
	})
	if err != nil {
		return nil, err
	}
	return progressOf(all[store.ID(w.ID)]), nil
}

// Counted counts the steps of waves by status, as far as a view sees them.
func Counted(ctx context.Context, v estate.View, waves []store.ID) ([]running.Counts, error) {
	list := make([]running.Counts, len(waves))
	for i := range list {
		list[i] = running.Counts{}
	}
	if len(waves) == 0 {
		return list, nil
	}
	for _, status := range domain.SiteRolloutStatuses {
		counts, err := v.CountEdges(ctx, store.EdgeQuery{
			Nodes: waves, Rel: domain.RelTargets, Direction: store.Out, Kind: domain.KindSiteRollout,
			Filter: store.Compare{Property: "status", Op: store.Eq, Value: string(status)},
		})
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		for i, n := range counts {
			if n > 0 {
				list[i][status] = int(n)
			}
		}
	}
	return list, nil
}

func progressOf(c running.Counts) *Progress {
	p := &Progress{
		Pending: c[domain.SitePending], Distributed: c[domain.SiteDistributed], Installed: c[domain.SiteInstalled], Activated: c[domain.SiteActivated],
		Verified: c[domain.SiteVerified], Failed: c[domain.SiteFailed], BackedOut: c[domain.SiteBackedOut], Skipped: c[domain.SiteSkipped],
	}
	for status, n := range c {
		if status != domain.SiteSkipped {
			p.Total += n
		}
	}
	return p
}
