package app

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Classes finds the classes of stored items by key.
func (a *App) Classes(ctx context.Context, keys []string) (map[string]domain.Class, error) {
	found, err := a.entire.Lookup(ctx, domain.KindConfigurationItem, "key", keys...)
	if err != nil {
		return nil, storeError(err)
	}
	classes := make(map[string]domain.Class, len(found))
	for key, node := range found {
		classes[key] = domain.Class(text(node.Props["class"]))
	}
	return classes, nil
}

// Serving hands over the keys of the stored items that serve customers.
func (a *App) Serving(ctx context.Context, yield func(key string)) error {
	q := store.Query{
		Kind: domain.KindConfigurationItem, First: maxPage, Order: []store.Order{{Property: "key"}},
		Filter: store.And{
			store.Compare{Property: "class", Op: store.Eq, Value: string(domain.Service)},
			store.Related{Rel: domain.RelServes, Direction: store.Out},
		},
	}
	for {
		page, err := a.entire.Find(ctx, q)
		if err != nil {
			return storeError(err)
		}
		for _, node := range page.Nodes {
			yield(text(node.Props["key"]))
		}
		if !page.HasNext {
			return nil
		}
		q.After = page.Cursors[len(page.Cursors)-1]
	}
}
