package calendar

import (
	"context"

	"releasegraph/internal/app/keyed"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// FreezeKey names a freeze.
type FreezeKey struct{ keyed.Record }

// Freeze returns the freeze of that key, nil when there is none that the caller
// may see.
func (k *FreezeKey) Freeze(ctx context.Context) (*domain.Freeze, error) {
	return keyed.Of[*domain.Freeze](ctx, &k.Record)
}

// FreezesOf returns the freezes that a record names by these keys.
func (a *Area) FreezesOf(ctx context.Context, record entity.Record, keys []string) []*FreezeKey {
	return keyed.In(ctx, a.estate, record, domain.KindFreeze, keys, func(k keyed.Record) *FreezeKey { return &FreezeKey{k} })
}
