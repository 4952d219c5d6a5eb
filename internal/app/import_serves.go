package app

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// noteClass keeps in mind the class that an item of the batch will have, and
// whether it stops being a service.
func (b *importBatch) noteClass(n int, i *interchange.Item, id store.ID, before any, after store.Props) {
	if i.Kind.Name != domain.KindConfigurationItem {
		return
	}
	class, changed := after["class"].(string)
	if !changed {
		class = text(before)
	}
	b.classes[id] = domain.Class(class)
	if text(before) == string(domain.Service) && class != string(domain.Service) {
		b.demoted = append(b.demoted, n)
	}
}

// keepServices refuses another class to services that have customers, or that
// windows or freezes name. Guards hold that of the others nothing is so.
func (b *importBatch) keepServices(ctx context.Context, items []*interchange.Item) error {
	if len(b.demoted) == 0 {
		return nil
	}
	ids := make([]store.ID, len(b.demoted))
	for at, n := range b.demoted {
		ids[at] = b.ids[items[n].End]
	}
	for _, bond := range bonds {
		counts, err := b.im.app.entire.CountEdges(ctx, store.EdgeQuery{Nodes: ids, Rel: bond.rel, Direction: bond.side})
		if err != nil {
			return err
		}
		for at, n := range b.demoted {
			if counts[at] > 0 {
				b.problem(n, bond.leaves(items[n].End.Key, b.classes[ids[at]]))
				continue
			}
			b.guards = append(b.guards, store.NoEdges{ID: ids[at], Rel: bond.rel, Direction: bond.side})
		}
	}
	return nil
}

// serviceEnd is the end of a relationship that has to be a service, "" when any
// item may be.
func serviceEnd(i *interchange.Item, key store.EdgeKey) (id store.ID, name, field string) {
	switch b := bondOf(i.Rel.Name); {
	case b == nil:
		return "", "", ""
	case b.side == store.Out:
		return key.From, i.From.Key, "from"
	}
	return key.To, i.To.Key, "to"
}

// joinServices refuses anything but a service at the end of a relationship where
// one has to be. Guards hold the items that are not of the batch as they were
// seen.
func (b *importBatch) joinServices(ctx context.Context, list []*interchange.Item, keys []store.EdgeKey, index []int) error {
	var ask []store.ID
	for n, i := range list {
		end, _, _ := serviceEnd(i, keys[n])
		if _, known := b.classes[end]; end != "" && !known && !b.created[end] {
			ask = append(ask, end)
		}
	}
	if len(ask) > 0 {
		found, err := b.im.app.entire.Nodes(ctx, ask...)
		if err != nil {
			return err
		}
		for id, node := range found {
			b.classes[id] = domain.Class(text(node.Props["class"]))
			b.guards = append(b.guards, store.NodeAt{ID: id, Version: node.Version})
		}
	}
	for n, i := range list {
		end, name, field := serviceEnd(i, keys[n])
		class, known := b.classes[end] // not of what a dry run would have created: that was checked before
		if end == "" || !known {
			continue
		}
		if err := bondOf(i.Rel.Name).joins(name, class); err != nil {
			err.Field = field
			b.problem(index[n], err)
		}
	}
	return nil
}

// Classes finds the classes of stored items by key.
func (im *Import) Classes(ctx context.Context, keys []string) (map[string]domain.Class, error) {
	found, err := im.app.entire.Lookup(ctx, domain.KindConfigurationItem, "key", keys...)
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
func (im *Import) Serving(ctx context.Context, yield func(key string)) error {
	q := store.Query{
		Kind: domain.KindConfigurationItem, First: maxPage, Order: []store.Order{{Property: "key"}},
		Filter: store.And{
			store.Compare{Property: "class", Op: store.Eq, Value: string(domain.Service)},
			store.Related{Rel: domain.RelServes, Direction: store.Out},
		},
	}
	for {
		page, err := im.app.entire.Find(ctx, q)
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
