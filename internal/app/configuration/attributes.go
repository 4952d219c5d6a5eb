package configuration

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// definitions reads what attributes may hold (C7): few records, which people
// write by hand.
func (a *Area) definitions(ctx context.Context) ([]*domain.AttributeDefinition, error) {
	return estate.All[*domain.AttributeDefinition](ctx, a.estate.Everything(), store.Query{Order: []store.Order{{Property: "key"}}})
}

// ParseFilter reads a filter on records of the kind, which compares attributes
// by what their definitions say today, also in a view of the past.
func (a *Area) ParseFilter(ctx context.Context, k *entity.Kind, raw map[string]any) (store.Filter, error) {
	var definitions []*domain.AttributeDefinition
	if entity.NamesAttributes(raw) {
		var err error
		if definitions, err = a.definitions(ctx); err != nil {
			return nil, err
		}
	}
	return k.ParseFilter(raw, "filter", definitions...)
}
