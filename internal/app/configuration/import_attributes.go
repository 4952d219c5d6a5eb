package configuration

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// Definitions returns what the store holds of attributes (C7). Those that the
// files of an import hold themselves count as written after the items.
func (a *Area) Definitions(ctx context.Context) ([]*domain.AttributeDefinition, error) {
	return a.definitions(ctx)
}

// Breaches tells, for each item, what the definitions find wrong with it as it
// will be. Nothing is wrong with one that stays as it is.
func (a *Area) Breaches(ctx context.Context, definitions []*domain.AttributeDefinition, items []*interchange.Item) ([]domain.Errors, error) {
	if len(items) == 0 {
		return nil, nil
	}
	keys := make([]string, len(items))
	for n, i := range items {
		keys[n] = i.End.Key
	}
	found, err := a.estate.Entire.Lookup(ctx, domain.KindConfigurationItem, "key", keys...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	list := make([]domain.Errors, len(items))
	for n, i := range items {
		node, exists := found[i.End.Key]
		r := i.AsNew()
		if exists {
			if len(entity.GivenDifference(node.Props, i.Props, i.Values, i.Kind.Fields)) == 0 {
				continue
			}
			if r, err = i.Kind.BringPatch(estate.Decoded[entity.Record](ctx, a.estate.Everything(), []store.Node{node})[0], i.Values, ""); err != nil {
				continue // told while writing
			}
		}
		item := r.(*domain.ConfigurationItem)
		list[n] = domain.CheckAttributes(definitions, item.Class, item.Attributes)
	}
	return list, nil
}
