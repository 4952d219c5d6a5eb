package configuration

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// ConfigurationItemKey names a configuration item.
type ConfigurationItemKey struct{ estate.Keyed }

// Item returns the item of that key, nil when there is none that the caller may
// see.
func (k *ConfigurationItemKey) Item(ctx context.Context) (*domain.ConfigurationItem, error) {
	return estate.OfKey[*domain.ConfigurationItem](ctx, &k.Keyed)
}

// ItemsOf returns the items that a record names by these keys.
func (a *Area) ItemsOf(ctx context.Context, record entity.Record, keys []string) []*ConfigurationItemKey {
	return estate.KeysIn(a.estate.KeyLoader(ctx, record, domain.KindConfigurationItem), keys, func(k estate.Keyed) *ConfigurationItemKey { return &ConfigurationItemKey{k} })
}
