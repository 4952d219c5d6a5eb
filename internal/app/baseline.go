package app

import (
	"context"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// CreateBaseline gives a moment of the estate a name (C4). Without a moment it
// is that of the last change before.
func (a *App) CreateBaseline(ctx context.Context, in domain.NewBaseline, o *domain.WriteOptions) (*Written, error) {
	m := mutation{authz.Create, domain.KindBaseline, o, []any{"create", domain.KindBaseline, in}}
	return a.mutate(ctx, m, func(k *entity.Kind) (*draft, entity.Record, error) {
		values := map[string]any{"key": in.Key, "name": in.Name}
		if in.Description != nil {
			values["description"] = *in.Description
		}
		made, newErr := k.New(values, "input")
		at, momentErr := a.baselineAt(ctx, in.AsOf)
		if err := both(newErr, momentErr); err != nil {
			return nil, nil, err
		}
		b := made.(*domain.Baseline)
		b.Revision = int64(at)
		d, _ := a.creating(b)
		return d, b, nil
	})
}

func (a *App) baselineAt(ctx context.Context, asOf *domain.AsOf) (store.Revision, error) {
	if asOf != nil {
		return a.moment(ctx, asOf, "input.asOf")
	}
	head, err := a.store.Head(ctx)
	return head, storeError(err)
}

// baselined is the revision that a baseline stands for.
func (a *App) baselined(ctx context.Context, key, field string) (store.Revision, error) {
	found, err := a.today(ctx).Lookup(ctx, domain.KindBaseline, "key", key)
	if err != nil {
		return 0, storeError(err)
	}
	n, ok := found[key]
	if !ok {
		return 0, missing(domain.KindBaseline, domain.Ref{Key: &key}, field)
	}
	r, _ := n.Props["revision"].(int64)
	return store.Revision(r), nil
}
