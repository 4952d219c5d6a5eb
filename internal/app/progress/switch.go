package progress

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/exposure"
	"releasegraph/internal/store"
)

// Switch says whether what a release installed is to run, for software that asks: one
// fact, wherever it is read (P8).
type Switch struct {
	// Release is its key.
	Release string
	On      bool
	// ActivateAt is the instant from which it is on; nil: nobody has said it yet.
	ActivateAt *time.Time
	// Share is the percentage of users or items that has it, nil: it is shown to no share,
	// but to all or none.
	Share    *int
	Revision int64
}

// For reports whether it is on for what a key stands for: a user or an item (P6, P8).
func (s *Switch) For(key string) bool {
	return s.On || s.Share != nil && exposure.Has(s.Release, key, *s.Share)
}

// going are the statuses of deployments whose instant counts.
var going = []domain.DeploymentStatus{domain.DeploymentRunning, domain.DeploymentPaused, domain.DeploymentVerifying, domain.DeploymentClosed}

// Switch tells whether what a release installed is to run. A release that is activated
// as it is installed has no switch.
func (a *Area) Switch(ctx context.Context, release string) (*Switch, error) {
	v := a.estate.Today(ctx)
	r, err := estate.One[*domain.Release](ctx, v, domain.Ref{Key: &release}, "key")
	if err != nil {
		return nil, err
	}
	list, err := a.switches(ctx, v, r)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, &domain.Error{Code: domain.NotFound, Field: "key", Message: r.Key + " is rolled out by no deployment with a common activation, or to shares of users: it has no switch"}
	}
	return list[0], nil
}

// Switches lists the switches of all releases that have one, by key.
func (a *Area) Switches(ctx context.Context) ([]*Switch, error) {
	v := a.estate.Today(ctx)
	common := store.Compare{Property: "activation", Op: store.OneOf, Value: store.AnyOf([]domain.Activation{domain.Scheduled, domain.Triggered})}
	rolled, err := estate.All[*domain.Release](ctx, v, store.Query{
		Order:  []store.Order{{Property: "key"}},
		Filter: store.Related{Rel: domain.RelDeploys, Direction: store.In, Filter: store.OfKind{Kind: domain.KindDeployment, Filter: store.Or{common, shown}}},
	})
	if err != nil {
		return nil, err
	}
	return a.switches(ctx, v, rolled...)
}

// shown holds of deployments whose waves are shares of users or items.
var shown = store.Related{Rel: domain.RelHasWave, Direction: store.Out, Filter: store.OfKind{
	Kind: domain.KindWave, Filter: store.Not{Filter: store.Compare{Property: "exposure", Op: store.IsNull}},
}}

// shareOf is the largest share to which some deployments have come; nil: none of them is
// shown to shares.
func shareOf(deployments []*domain.Deployment, waves map[store.ID][]*domain.Wave) (share *int) {
	for _, d := range deployments {
		of := waves[store.ID(d.ID)]
		if !slices.ContainsFunc(of, func(w *domain.Wave) bool { return w.Exposure != nil }) {
			continue
		}
		reached := 0
		if slices.Contains(going, d.Status) {
			reached = exposure.Share(of)
		}
		if share == nil || reached > *share {
			share = &reached
		}
	}
	return share
}

// switches are those of some releases, as far as they have one.
func (a *Area) switches(ctx context.Context, v estate.View, releases ...*domain.Release) (list []*Switch, err error) {
	ids := make([]store.ID, len(releases))
	for i, r := range releases {
		ids[i] = store.ID(r.ID)
	}
	far, err := estate.Linked[*domain.Deployment](ctx, v, ids, domain.RelDeploys, store.In)
	if err != nil {
		return nil, err
	}
	head, err := a.estate.Head(ctx)
	if err != nil {
		return nil, err
	}
	var all []store.ID
	for _, id := range ids {
		all = append(all, entity.IDsOf(far[id])...)
	}
	waves, err := estate.Linked[*domain.Wave](ctx, v, all, domain.RelHasWave, store.Out)
	if err != nil {
		return nil, err
	}
	now := a.estate.Clock()
	for i, r := range releases {
		share := shareOf(far[ids[i]], waves)
		common := slices.DeleteFunc(slices.Clone(far[ids[i]]), func(d *domain.Deployment) bool { return d.Activation == domain.AtInstall })
		if len(common) == 0 && share == nil {
			continue
		}
		one := &Switch{Release: r.Key, Share: share, Revision: head}
		for _, d := range common {
			goes := slices.Contains(going, d.Status) && d.ActivateAt != nil
			if goes && (one.ActivateAt == nil || d.ActivateAt.Before(*one.ActivateAt)) {
				one.ActivateAt = d.ActivateAt
			}
		}
		one.On = one.ActivateAt != nil && !now.Before(*one.ActivateAt)
		list = append(list, one)
	}
	return list, nil
}
