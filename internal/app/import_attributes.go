package app

import (
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
)

// Definitions are what the store holds of attributes when it is first asked
// (C7). Those that the files themselves hold count as written after the items.
func (im *Import) Definitions(ctx context.Context) ([]*domain.AttributeDefinition, error) {
	if im.defined {
		return im.definitions, nil
	}
	list, err := im.app.definitions(ctx)
	if err == nil {
		im.definitions, im.defined = list, true
	}
	return list, err
}

// Breaches tells, for each item, what the definitions find wrong with it as it
// will be. Nothing is wrong with one that stays as it is.
func (im *Import) Breaches(ctx context.Context, items []*interchange.Item) ([]domain.Errors, error) {
	definitions, err := im.Definitions(ctx)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	keys := make([]string, len(items))
	for n, i := range items {
		keys[n] = i.End.Key
	}
	found, err := im.app.entire.Lookup(ctx, domain.KindConfigurationItem, "key", keys...)
	if err != nil {
		return nil, storeError(err)
	}
	list := make([]domain.Errors, len(items))
	for n, i := range items {
		node, exists := found[i.End.Key]
		r := i.AsNew()
		if exists {
			if len(differences(node.Props, i.Props, i.Values, i.Kind.Fields)) == 0 {
				continue
			}
			if r, err = i.Kind.BringPatch(i.Kind.Decode(node), i.Values, ""); err != nil {
				continue // told while writing
			}
		}
		item := r.(*domain.ConfigurationItem)
		list[n] = domain.CheckAttributes(definitions, item.Class, item.Attributes)
	}
	return list, nil
}

// keepDefinition refuses a definition, as it will be, that contradicts another,
// of the store or of the import.
func (b *importBatch) keepDefinition(n int, r entity.Record) {
	d, ok := r.(*domain.AttributeDefinition)
	if !ok {
		return
	}
	others := slices.DeleteFunc(slices.Clone(b.im.defining), func(o *domain.AttributeDefinition) bool {
		return o.Key == d.Key || o.ID != "" && o.ID == d.ID
	})
	for _, err := range domain.CheckDefinition(d, others) {
		b.problem(n, err)
	}
	b.im.defining = append(others, d)
}

// readDefining reads the definitions that are there, before the first that is
// brought.
func (b *importBatch) readDefining(ctx context.Context) (err error) {
	if !b.im.definesKnown {
		b.im.defining, err = b.im.app.definitions(ctx)
		b.im.definesKnown = err == nil
	}
	return err
}

// keepDefinitions refuses attributes of an item, as it will be, that breach
// the definitions.
func (b *importBatch) keepDefinitions(n int, r entity.Record, touched func(string) bool) {
	item, ok := r.(*domain.ConfigurationItem)
	if !ok || len(b.im.definitions) == 0 || !touched("class") && !touched("attributes") {
		return
	}
	for _, err := range domain.CheckAttributes(b.im.definitions, item.Class, item.Attributes) {
		b.problem(n, err)
	}
}
