package running

import (
	"context"
	"errors"
	"fmt"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// onTheWay are the statuses of deployments to which something may happen by itself.
var onTheWay = []domain.DeploymentStatus{
	domain.DeploymentRunning, domain.DeploymentPaused, domain.DeploymentVerifying, domain.DeploymentBackingOut,
}

// Advance lets happen what is due by now, in all deployments that are on their way, and
// returns when something is due next, zero: nothing is (D2, D4, D8). Servers that do it
// at once are harmless to each other: guards let one of two make a move. What fails for
// one deployment is told behind the others.
func (a *Area) Advance(ctx context.Context) (next time.Time, err error) {
	ctx = acting.WithIdentity(ctx, acting.Clock)
	list, err := allOnTheWay(ctx, a.estate)
	if err != nil {
		return next, err
	}
	var failed []error
	for _, d := range list {
		at, err := a.advance(ctx, d, a.look)
		if ctx.Err() != nil {
			return next, ctx.Err()
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", d.Key, err))
		}
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, errors.Join(failed...)
}

// allOnTheWay lists the deployments to which something may happen by itself.
func allOnTheWay(ctx context.Context, e *estate.Estate) ([]*domain.Deployment, error) {
	return estate.All[*domain.Deployment](ctx, e.Everything(), store.Query{
		Filter: store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf(onTheWay)}, Order: []store.Order{{Property: "key"}},
	})
}

// advance lets happen what is due in one deployment, and returns when something is due
// next, as far as what is read of it tells.
func (a *Area) advance(ctx context.Context, d *domain.Deployment, read func(context.Context, *domain.Deployment) (*course, error)) (next time.Time, err error) {
	c, err := read(ctx, d)
	if err != nil {
		return next, err
	}
	if len(c.r.Due(c.now)) == 0 {
		return c.r.Next(c.now), nil
	}
	mine := a.turns.Join()
	defer mine.Release()
	if err := mine.Take(ctx, []string{d.ID}); err != nil {
		return next, err
	}
	reason := "what was due happened"
	m := estate.Mutation{Action: rollsOut, Kind: domain.KindDeployment, Options: &domain.WriteOptions{Reason: &reason}, Input: []any{"advance", domain.KindDeployment, d.ID}}
	_, err = a.estate.Mutate(ctx, m, func(*entity.Kind) (*estate.Draft, entity.Record, error) {
		now, err := estate.One[*domain.Deployment](ctx, a.estate.Everything(), domain.Ref{ID: &d.ID}, "deployment")
		if err != nil {
			return nil, nil, err
		}
		if c, err = a.look(ctx, now); err != nil {
			return nil, nil, err
		}
		if err := c.settle(ctx); err != nil {
			return nil, nil, err
		}
		draft, err := c.draft(ctx)
		return draft, c.r.Deployment, err
	})
	if err != nil {
		return next, err
	}
	return c.r.Next(c.now), nil
}

// look opens a deployment with the steps to which something may happen by itself: those
// that are not done with.
func (a *Area) look(ctx context.Context, d *domain.Deployment) (*course, error) {
	c, err := a.open(ctx, d)
	if err != nil || d.Status == domain.DeploymentVerifying || d.Status == domain.DeploymentBackingOut {
		return c, err
	}
	var waves []*running.Wave
	for _, w := range c.r.Waves {
		begun := w.Status != domain.WavePending && w.Status != domain.WaveReady
		if begun || d.ActivateAt != nil || d.Deadline != nil {
			waves = append(waves, w)
		}
	}
	open := make([]domain.SiteRolloutStatus, 0, len(domain.SiteRolloutStatuses))
	for _, status := range domain.SiteRolloutStatuses {
		if !status.Final() {
			open = append(open, status)
		}
	}
	c.open = len(waves) == len(c.r.Waves)
	return c, c.readSteps(ctx, waves, store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf(open)})
}
