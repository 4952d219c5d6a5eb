package calendar

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// FreezeKey names a freeze.
type FreezeKey struct{ estate.Keyed }

// Freeze returns the freeze of that key, nil when there is none that the caller
// may see.
func (k *FreezeKey) Freeze(ctx context.Context) (*domain.Freeze, error) {
	return estate.OfKey[*domain.Freeze](ctx, &k.Keyed)
}

// FreezesOf returns the freezes that a record names by these keys.
func (a *Area) FreezesOf(ctx context.Context, record entity.Record, keys []string) []*FreezeKey {
	return estate.KeysIn(a.estate.KeyLoader(ctx, record, domain.KindFreeze), keys, func(k estate.Keyed) *FreezeKey { return &FreezeKey{k} })
}
