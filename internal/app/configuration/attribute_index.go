package configuration

import (
	"context"
	"slices"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// IndexAttributes sees to it that the store has an index of each attribute that
// a definition wants indexed (C7). It is to be called when a store has been
// opened: another program may have written the definitions.
func (a *Area) IndexAttributes(ctx context.Context) error {
	definitions, err := a.definitions(ctx)
	if err != nil {
		return err
	}
	var properties []string
	for _, d := range definitions {
		if d.Indexed {
			properties = append(properties, entity.AttributePrefix+d.Attribute)
		}
	}
	if len(properties) == 0 {
		return nil
	}
	return refusal.OfStore(a.estate.Store.IndexOpen(ctx, domain.KindConfigurationItem, properties))
}

// IndexDefined has attributes indexed where a change defines any. What is
// committed stays so without its index: that is made when the store next opens,
// and no answer depends on it.
func (a *Area) IndexDefined(ctx context.Context, change *store.Change) {
	if slices.ContainsFunc(change.Effects, defines) {
		_ = a.IndexAttributes(context.WithoutCancel(ctx))
	}
}

// defines reports whether an effect is a definition, new or changed.
func defines(e store.Effect) bool {
	return e.Kind == domain.KindAttributeDefinition && e.After != nil
}
