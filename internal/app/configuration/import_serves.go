package configuration

import (
	"context"

	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Classes finds the classes of stored items by key.
func (a *Area) Classes(ctx context.Context, keys []string) (map[string]domain.Class, error) {
	found, err := a.estate.Entire.Lookup(ctx, domain.KindConfigurationItem, "key", keys...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	classes := make(map[string]domain.Class, len(found))
	for key, node := range found {
		classes[key] = domain.Class(node.Props.Text("class"))
	}
	return classes, nil
}

// Serving hands over the keys of the stored items that serve customers.
func (a *Area) Serving(ctx context.Context, yield func(key string)) error {
	q := store.Query{
		Kind: domain.KindConfigurationItem, First: listing.MaxPage, Order: []store.Order{{Property: "key"}},
		Filter: store.And{
			store.Compare{Property: "class", Op: store.Eq, Value: string(domain.Service)},
			store.Related{Rel: domain.RelServes, Direction: store.Out},
		},
	}
	for {
		page, err := a.estate.Entire.Find(ctx, q)
		if err != nil {
			return refusal.OfStore(err)
		}
		for _, node := range page.Nodes {
			yield(node.Props.Text("key"))
		}
		if !page.HasNext {
			return nil
		}
		q.After = page.Cursors[len(page.Cursors)-1]
	}
}
