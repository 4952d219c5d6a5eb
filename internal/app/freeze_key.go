package app

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// FreezeKey names a freeze.
type FreezeKey struct{ keyed }

// Freeze is the freeze of that key, nil when there is none that the caller may
// see.
func (k *FreezeKey) Freeze(ctx context.Context) (*domain.Freeze, error) {
	return ofKey[*domain.Freeze](ctx, &k.keyed)
}

// FreezesOf are the freezes that a record names by these keys.
func (a *App) FreezesOf(ctx context.Context, record entity.Record, keys []string) []*FreezeKey {
	return keysIn(a.keyLoader(ctx, record, domain.KindFreeze), keys, func(k keyed) *FreezeKey { return &FreezeKey{k} })
}
