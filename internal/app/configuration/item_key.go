package configuration

import (
	"context"

	"releasegraph/internal/app/keyed"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// ConfigurationItemKey names a configuration item.
type ConfigurationItemKey struct{ keyed.Record }

// Item returns the item of that key, nil when there is none that the caller may
// see.
func (k *ConfigurationItemKey) Item(ctx context.Context) (*domain.ConfigurationItem, error) {
	return keyed.Of[*domain.ConfigurationItem](ctx, &k.Record)
}

// ItemsOf returns the items that a record names by these keys.
func (a *Area) ItemsOf(ctx context.Context, record entity.Record, keys []string) []*ConfigurationItemKey {
	return keyed.In(ctx, a.estate, record, domain.KindConfigurationItem, keys, func(k keyed.Record) *ConfigurationItemKey { return &ConfigurationItemKey{k} })
}
