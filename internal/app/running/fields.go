package running

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/readiness"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
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

// SiteMoves tells where a site can go from where it is within its wave, and what each way
// lacks of the audits that its deployment asks for (D1, D3).
func (a *Area) SiteMoves(ctx context.Context, s *domain.SiteRollout) ([]domain.SiteRolloutMove, error) {
	facts := &domain.SiteRolloutFacts{SiteRollout: s, Retried: true}
	if v := a.estate.CohortOf(ctx, s).View; !v.Past {
		var err error
		if facts.Missing, err = readiness.Unaudited(ctx, v, s); err != nil {
			return nil, err
		}
	}
	return domain.SiteRolloutLife.From(s.Status, facts), nil
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
