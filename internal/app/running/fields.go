package running

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// DeploymentMoves tells where a deployment can go from where it is, and what each way
// lacks, as far as the reader may see what it depends on (D1).
func (a *Area) DeploymentMoves(ctx context.Context, d *domain.Deployment) ([]domain.DeploymentMove, error) {
	facts := &domain.DeploymentFacts{Deployment: d, Missing: map[domain.MoveNeed][]string{}}
	v := a.estate.CohortOf(ctx, d).View
	if d.Status == domain.DeploymentPlanned && !v.Past {
		f, err := a.readiness.Starting(ctx, v, d)
		if err != nil {
			return nil, err
		}
		facts.Missing = f.Missing
	}
	return facts.Moves(), nil
}

// SiteMoves tells where a site can go from where it is within its wave (D1).
func (a *Area) SiteMoves(s *domain.SiteRollout) []domain.SiteRolloutMove {
	return domain.SiteRolloutLife.From(s.Status, &domain.SiteRolloutFacts{SiteRollout: s, Retried: true})
}

// DeploymentProgress tells how far a deployment came (M2).
func (a *Area) DeploymentProgress(ctx context.Context, d *domain.Deployment) (*Progress, error) {
	v := a.estate.CohortOf(ctx, d).View
	far, err := v.Far(ctx, []store.ID{store.ID(d.ID)}, domain.RelHasWave, store.Out, domain.KindWave)
	if err != nil {
		return nil, err
	}
	counts, err := counted(ctx, v, store.IDsOf(far[store.ID(d.ID)]))
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
	counts, err := counted(ctx, v, ids)
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
		counts, err := counted(ctx, c.View, c.Members)
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

// counted counts the steps of waves by status, as far as a view sees them.
func counted(ctx context.Context, v estate.View, waves []store.ID) ([]running.Counts, error) {
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

// HeldBy says what keeps a wave that is READY from beginning (D2); nil: nothing, or it is
// not READY.
func (a *Area) HeldBy(ctx context.Context, w *domain.Wave) (*string, error) {
	c := a.estate.CohortOf(ctx, w)
	if w.Status != domain.WaveReady || c.View.Past {
		return nil, nil
	}
	far, err := estate.Linked[*domain.Deployment](ctx, c.View, []store.ID{store.ID(w.ID)}, domain.RelHasWave, store.In)
	if err != nil || len(far[store.ID(w.ID)]) == 0 {
		return nil, err
	}
	course, err := a.open(ctx, far[store.ID(w.ID)][0])
	if err != nil {
		return nil, err
	}
	if d := course.r.Deployment; d.Status != domain.DeploymentRunning {
		return optional.Text(d.Key + " is " + string(d.Status)), nil
	}
	for i, one := range course.r.Waves {
		if one.ID == w.ID {
			return optional.Text(course.r.HeldBy(i, course.now)), nil
		}
	}
	return nil, nil
}
