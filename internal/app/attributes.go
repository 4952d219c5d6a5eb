package app

import (
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// definitions reads what attributes may hold (C7): few records, which people
// write by hand.
func (a *App) definitions(ctx context.Context) ([]*domain.AttributeDefinition, error) {
	found, err := a.entire.Find(ctx, store.Query{Kind: domain.KindAttributeDefinition, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return nil, storeError(err)
	}
	list := make([]*domain.AttributeDefinition, len(found.Nodes))
	k := entity.KindNamed(domain.KindAttributeDefinition)
	for i, n := range found.Nodes {
		list[i] = k.Decode(n).(*domain.AttributeDefinition)
	}
	return list, nil
}

// parseFilter reads a filter on records of the kind, which compares attributes
// by what their definitions say today, also in a view of the past.
func (a *App) parseFilter(ctx context.Context, k *entity.Kind, raw map[string]any) (store.Filter, error) {
	var definitions []*domain.AttributeDefinition
	if entity.NamesAttributes(raw) {
		var err error
		if definitions, err = a.definitions(ctx); err != nil {
			return nil, err
		}
	}
	return k.ParseFilter(raw, "filter", definitions...)
}

// checkAttributes tells what the definitions find wrong with an item that is
// about to be written with these values (C7). An edit that touches neither its
// class nor its attributes is none of their business: what they found wrong
// before stays as it is, and dataQuality lists it. A definition that is
// written at the same time counts as written later.
func (a *App) checkAttributes(ctx context.Context, r entity.Record, touched func(field string) bool, path string) error {
	item, ok := r.(*domain.ConfigurationItem)
	if !ok || !touched("class") && !touched("attributes") {
		return nil
	}
	definitions, err := a.definitions(ctx)
	if err != nil {
		return err
	}
	errs := domain.CheckAttributes(definitions, item.Class, item.Attributes)
	for _, e := range errs {
		e.Field = path + "." + e.Field
	}
	return errs.Err()
}

// definitionFields are what a definition says of values.
var definitionFields = []string{"attribute", "classes", "type", "allowedValues"}

// checkDefinition refuses a definition that contradicts others (C7).
func (a *App) checkDefinition(ctx context.Context, r entity.Record, touched func(field string) bool, path string) error {
	d, ok := r.(*domain.AttributeDefinition)
	if !ok || !slices.ContainsFunc(definitionFields, touched) {
		return nil
	}
	others, err := a.definitions(ctx)
	if err != nil {
		return err
	}
	errs := domain.CheckDefinition(d, others)
	for _, e := range errs {
		e.Field = path + "." + e.Field
	}
	return errs.Err()
}

// given tells which fields an input names.
func given(values map[string]any) func(string) bool {
	return func(field string) bool { _, ok := values[field]; return ok }
}

// every stands for a new record, which is given all its fields.
func every(string) bool { return true }
