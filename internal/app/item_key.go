package app

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// ConfigurationItemKey names a configuration item.
type ConfigurationItemKey struct{ keyed }

// Item is the item of that key, nil when there is none that the caller may see.
func (k *ConfigurationItemKey) Item(ctx context.Context) (*domain.ConfigurationItem, error) {
	return ofKey[*domain.ConfigurationItem](ctx, &k.keyed)
}

// ItemsOf are the items that a record names by these keys.
func (a *App) ItemsOf(ctx context.Context, record entity.Record, keys []string) []*ConfigurationItemKey {
	return keysIn(a.keyLoader(ctx, record, domain.KindConfigurationItem), keys, func(k keyed) *ConfigurationItemKey { return &ConfigurationItemKey{k} })
}
