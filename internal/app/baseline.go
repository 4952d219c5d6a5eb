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
	k, err := a.allowedKind(ctx, authz.Create, domain.KindBaseline)
	if err != nil {
		return nil, err
	}
	w, err := a.begin(ctx, o, "create", k.Name, in)
	if err != nil {
		return nil, err
	}
	if w.earlier != nil {
		return w.again(ctx, k, w.earlier)
	}
	values := map[string]any{"key": in.Key, "name": in.Name}
	if in.Description != nil {
		values["description"] = *in.Description
	}
	made, newErr := k.New(values, "input")
	at, momentErr := a.baselineAt(ctx, in.AsOf)
	if err := both(newErr, momentErr); err != nil {
		return nil, err
	}
	b := made.(*domain.Baseline)
	b.ID, b.Revision = a.newID(), int64(at)
	op := store.CreateNode{ID: store.ID(b.ID), Kind: k.Name, Props: k.Encode(b)}
	return w.record(ctx, k, func() (*draft, entity.Record, error) {
		return &draft{ops: []store.Op{op}, known: []entity.Record{b}, explain: a.explainTaken("input")}, b, nil
	})
}

func (a *App) baselineAt(ctx context.Context, asOf *domain.AsOf) (store.Revision, error) {
	if asOf != nil {
		return a.moment(ctx, asOf, "input.asOf")
	}
	head, err := a.store.Head(ctx)
	return head, storeError(err)
}
