package history

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// CreateBaseline gives a moment of the estate a name (C4). Without a moment it
// is that of the last change before.
func (a *Area) CreateBaseline(ctx context.Context, in domain.NewBaseline, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Create, Kind: domain.KindBaseline, Options: o, Input: []any{"create", domain.KindBaseline, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		values := map[string]any{"key": in.Key, "name": in.Name}
		if in.Description != nil {
			values["description"] = *in.Description
		}
		made, newErr := k.New(values, "input")
		at, momentErr := a.baselineAt(ctx, in.AsOf)
		if err := refusal.Both(newErr, momentErr); err != nil {
			return nil, nil, err
		}
		b := made.(*domain.Baseline)
		b.Revision = int64(at)
		d, _ := a.estate.Creating(b)
		return d, b, nil
	})
}

func (a *Area) baselineAt(ctx context.Context, asOf *domain.AsOf) (store.Revision, error) {
	if asOf != nil {
		return a.estate.Moment(ctx, asOf, "input.asOf")
	}
	head, err := a.estate.Store.Head(ctx)
	return head, refusal.OfStore(err)
}

// Baselined returns the revision that a baseline stands for.
func (a *Area) Baselined(ctx context.Context, key, field string) (store.Revision, error) {
	b, err := estate.One[*domain.Baseline](ctx, a.estate.Today(ctx), domain.Ref{Key: &key}, field)
	if err != nil {
		return 0, err
	}
	return store.Revision(b.Revision), nil
}
