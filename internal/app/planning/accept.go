package planning

import (
	"context"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// AcceptDeploymentPlan fixes the plan of a deployment, if it holds as the estate is now
// (P11).
func (a *Area) AcceptDeploymentPlan(ctx context.Context, in Accept, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: accepts, Kind: domain.KindDeployment, Options: o, Input: []any{"acceptPlan", domain.KindDeployment, in}}
	return a.estate.Mutate(ctx, m, func(*entity.Kind) (*estate.Draft, entity.Record, error) {
		v := a.estate.Today(ctx)
		if err := wholly(v); err != nil {
			return nil, nil, err
		}
		p, err := a.existing(ctx, v, in.Deployment, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		since, err := a.estate.Head(ctx)
		if err != nil {
			return nil, nil, err
		}
		if err := a.acceptable(ctx, p); err != nil {
			return nil, nil, err
		}
		now, who := a.estate.Clock(), acting.Name(ctx)
		p.deployment.AcceptedAt, p.deployment.AcceptedBy = &now, &who
		d := &estate.Draft{Known: []entity.Record{p.release}}
		d.Update(p.was, p.deployment)
		d.Hold(p.release)
		d.Guards = append(d.Guards, store.Unchanged{Since: store.Revision(since), Rel: domain.RelDeploys})
		return d, p.deployment, nil
	})
}

// acceptable tells all that stands against accepting a plan: another one that is
// accepted, and what has moved under it.
func (a *Area) acceptable(ctx context.Context, p *proposal) error {
	var es domain.Errors
	id := store.ID(p.release.ID)
	others, err := estate.Linked[*domain.Deployment](ctx, a.estate.Unnamed(ctx), []store.ID{id}, domain.RelDeploys, store.In)
	if err != nil {
		return err
	}
	for _, d := range others[id] {
		if d.ID != p.was.ID && d.AcceptedAt != nil && d.Status.Open() {
			es = append(es, domain.Breaks("P11", "input.deployment", "%s is rolled out by %s already, which is %s: abort that first", p.release.Key, d.Key, d.Status))
		}
	}
	moved, err := a.moved(ctx, p)
	if err != nil {
		return err
	}
	if len(moved) > 0 {
		es = append(es, domain.Breaks("P11", "input.deployment", "the plan of %s is stale, plan it anew: %s", p.was.Key, strings.Join(moved, "; ")))
	}
	return es.Err()
}
