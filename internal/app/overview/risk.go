package overview

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/planner"
	"releasegraph/internal/store"
)

// Risk is what is at stake in a wave.
type Risk struct {
	HurtSites, HurtUsers        *int
	Users                       int
	ReachedBefore, ReachedAfter int
	// Allowed is how many users its failure may hurt, nil: any number.
	Allowed *int
	Exceeds bool
}

// Risk tells what is at stake in a wave: what its failure would hurt, and how many users
// the release has reached by then.
func (a *Area) Risk(ctx context.Context, w *domain.Wave) (*Risk, error) {
	c := a.estate.CohortOf(ctx, w)
	all, err := estate.LoadOf(c, "risk", func() (map[store.ID]*Risk, error) { return risks(ctx, c) })
	return all[store.ID(w.ID)], err
}

// risks tells what is at stake in the waves of a cohort.
func risks(ctx context.Context, c *estate.Cohort) (map[store.ID]*Risk, error) {
	above, err := estate.Linked[*domain.Deployment](ctx, c.View, c.Members, domain.RelHasWave, store.In)
	if err != nil {
		return nil, err
	}
	var deployments []*domain.Deployment
	seen := map[string]bool{}
	for _, id := range c.Members {
		for _, d := range above[id] {
			if !seen[d.ID] {
				seen[d.ID], deployments = true, append(deployments, d)
			}
		}
	}
	plans, err := plansOf(ctx, c.View, deployments)
	of := map[store.ID]*Risk{}
	for _, p := range plans {
		for i, point := range planner.Compare(&p.kept)[0].Exposure {
			of[store.ID(p.waves[i].ID)] = riskOf(p.waves[i], p.kept.Waves[i].Users, point, p.deployment.MaxWaveUsersAtRisk)
		}
	}
	for i, id := range c.Members {
		if of[id] == nil { // a wave of no deployment that the caller may see
			of[id] = riskOf(c.Records[i].(*domain.Wave), 0, rollout.Exposure{}, nil)
		}
	}
	return of, err
}

func riskOf(w *domain.Wave, users int, point rollout.Exposure, allowed *int) *Risk {
	return &Risk{
		HurtSites: w.HurtSites, HurtUsers: w.HurtUsers, Users: users, ReachedBefore: point.Before, ReachedAfter: point.After, Allowed: allowed,
		Exceeds: w.Exceeds(allowed),
	}
}

// Exposure tells how many users have the release, wave by wave.
func (a *Area) Exposure(ctx context.Context, d *domain.Deployment) ([]*Exposure, error) {
	p, err := a.planOf(ctx, d)
	if err != nil {
		return nil, err
	}
	return curve(planner.Compare(&p.kept)[0].Exposure), nil
}

// planOf is the plan of a deployment, read with those of its cohort.
func (a *Area) planOf(ctx context.Context, d *domain.Deployment) (*plan, error) {
	c := a.estate.CohortOf(ctx, d)
	all, err := estate.EachOf(c, "plan", func(list []*domain.Deployment) ([]*plan, error) { return plansOf(ctx, c.View, list) })
	return all[store.ID(d.ID)], err
}
