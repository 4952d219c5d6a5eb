package bulk

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// links is the part of a batch that decides on links.
type links struct{ *importBatch }

// edges decides on the relationships.
func (b links) edges(ctx context.Context, items []*interchange.Item) error {
	var list []*interchange.Item
	var index []int
	for n, i := range items {
		if i.IsEdge() && !i.Remove {
			list, index = append(list, i), append(index, n)
		}
	}
	if len(list) == 0 {
		return nil
	}
	if err := b.resolve(ctx, list); err != nil {
		return err
	}
	keys := make([]store.EdgeKey, len(list))
	for n, i := range list {
		keys[n] = b.edgeKey(index[n], i)
	}
	have, err := b.existing(ctx, b.unsure(list, keys))
	if err != nil {
		return err
	}
	stay, err := b.keptRemoved(ctx, list, keys, have)
	if err != nil {
		return err
	}
	given := map[store.EdgeKey]*interchange.Item{}
	for n, i := range list {
		if keys[n] == (store.EdgeKey{}) {
			continue
		}
		if other, twice := given[keys[n]]; twice {
			if other.Digest() != i.Digest() {
				b.problem(index[n], &domain.Error{Code: domain.Conflict, Message: i.String() + " is given twice, with other values"})
			}
			continue
		}
		given[keys[n]] = i
		if stay[keys[n]] {
			keys[n] = store.EdgeKey{}
			continue
		}
		b.put(index[n], i, keys[n], have)
	}
	if err := b.replaceOnly(ctx, list, keys); err != nil {
		return err
	}
	return b.keepTrees(ctx, list, keys, index)
}

// resolve finds the ids of the ends that are not in mind.
func (b links) resolve(ctx context.Context, list []*interchange.Item) error {
	wanted := map[string][]string{}
	asked := map[interchange.End]bool{}
	for _, i := range list {
		for _, end := range []interchange.End{i.From, i.To} {
			if _, ok := b.id(end); !ok && !asked[end] {
				asked[end] = true
				wanted[end.Kind] = append(wanted[end.Kind], end.Key)
			}
		}
	}
	for kind, keys := range wanted {
		found, err := b.im.app.estate.Entire.Lookup(ctx, kind, "key", keys...)
		if err != nil {
			return err
		}
		for key, node := range found {
			b.im.remember(interchange.End{Kind: kind, Key: key}, met{id: node.ID})
		}
	}
	return nil
}

func (b *importBatch) id(end interchange.End) (store.ID, bool) {
	if id, ok := b.ids[end]; ok {
		return id, true
	}
	r, ok := b.im.recall(end)
	return r.id, ok
}

// madeBefore reports whether an earlier batch of the import made a record.
func (b *importBatch) madeBefore(end interchange.End) bool {
	if _, own := b.ids[end]; own {
		return false
	}
	r, _ := b.im.recall(end)
	return r.made
}

// unsure returns the keys of edges that the store may have. One at a record that
// the import has made is not there; guards hold that, and a batch that they fail
// looks at all.
func (b links) unsure(list []*interchange.Item, keys []store.EdgeKey) []store.EdgeKey {
	unsure := make([]store.EdgeKey, 0, len(keys))
	for n, i := range list {
		switch {
		case keys[n] == store.EdgeKey{}:
		case b.madeBefore(i.From):
			b.Guards = append(b.Guards, store.EdgeAt{EdgeKey: keys[n]})
		default:
			unsure = append(unsure, keys[n])
		}
	}
	return unsure
}

// assume gives a record that a dry run has not created an id.
func (b *importBatch) assume(end interchange.End) store.ID {
	id, ok := b.assumed[end]
	if !ok {
		id = store.ID(b.im.app.estate.NewID())
		if b.assumed == nil {
			b.assumed = map[interchange.End]store.ID{}
		}
		b.assumed[end], b.created[id] = id, true
	}
	return id
}

// edgeKey identifies the edge in the store. A dry run has ends that are not
// there yet: these are assumed.
func (b links) edgeKey(n int, i *interchange.Item) store.EdgeKey {
	key := store.EdgeKey{Rel: i.Rel.Name, Tag: i.Rel.Tag(i.Props)}
	for _, end := range []struct {
		field string
		at    interchange.End
		id    *store.ID
	}{{"from", i.From, &key.From}, {"to", i.To, &key.To}} {
		id, ok := b.id(end.at)
		switch {
		case ok:
			*end.id = id
		case b.im.fresh[end.at]:
			*end.id = b.assume(end.at)
		default:
			b.problem(n, refusal.NoRecord(end.at, end.field))
			return store.EdgeKey{}
		}
	}
	return key
}

// existing finds those of the edges that the store has.
func (b links) existing(ctx context.Context, keys []store.EdgeKey) (map[store.EdgeKey]store.Edge, error) {
	ask := make([]store.EdgeKey, 0, len(keys))
	for _, key := range keys {
		if key != (store.EdgeKey{}) && !b.created[key.From] && !b.created[key.To] {
			ask = append(ask, key)
		}
	}
	if len(ask) == 0 {
		return nil, nil
	}
	return b.im.app.estate.Entire.EdgesBetween(ctx, ask...)
}

func (b links) put(n int, i *interchange.Item, key store.EdgeKey, have map[store.EdgeKey]store.Edge) {
	edge, exists := have[key]
	if !exists {
		b.permit(n, i, authz.Connect)
		b.joins(n, i, key)
		b.Ops = append(b.Ops, store.PutEdge{EdgeKey: key, Props: b.linked(i, i.Props)})
		b.count(i).Created++
		b.show(domain.ChangeCreated, i, "", nil, i.Props)
		return
	}
	set := entity.GivenDifference(edge.Props, i.Props, i.Values, i.Rel.Properties)
	kept := len(set) > 0 && !b.mayReplace(edge.Props)
	if kept {
		b.keepEdge(i, edge.Props, set)
	}
	if kept || len(set) == 0 {
		b.onlyList(i, edge, kept)
		return
	}
	if _, err := i.Rel.PatchLink(i.Rel.DecodeLink(edge.Props), i.Values, ""); err != nil {
		for _, e := range domain.ErrorsOf(err) {
			b.problem(n, e)
		}
		return
	}
	owner := b.im.options.Source
	listed, _ := b.listLink(i, edge, owner)
	props := maps.Clone(listed)
	for name, value := range set {
		if value == nil {
			delete(props, name)
		} else {
			props[name] = value
		}
	}
	entity.SetSource(props, owner)
	b.permit(n, i, authz.Connect)
	b.joins(n, i, key).Exists = true
	b.Ops = append(b.Ops, store.PutEdge{EdgeKey: key, Props: props})
	b.Guards = append(b.Guards, store.EdgeAt{EdgeKey: key, Version: edge.Version})
	b.count(i).Updated++
	b.show(domain.ChangeUpdated, i, "", edge.Props, set)
}

// onlyList leaves a relationship as it is, and notes that the source lists it.
func (b links) onlyList(i *interchange.Item, edge store.Edge, kept bool) {
	props, fresh := b.listLink(i, edge, entity.SourceOf(edge.Props))
	if fresh {
		b.Ops = append(b.Ops, store.PutEdge{EdgeKey: edge.EdgeKey, Props: props})
		b.Guards = append(b.Guards, store.EdgeAt{EdgeKey: edge.EdgeKey, Version: edge.Version})
		b.count(i).Listed++
	} else if !kept {
		b.count(i).Unchanged++
	}
}

// replaceOnly removes what a record was linked to before, where it can be
// linked to one only.
func (b links) replaceOnly(ctx context.Context, list []*interchange.Item, keys []store.EdgeKey) error {
	from := map[string][]store.ID{}
	now := map[store.EdgeKey]*interchange.Item{}
	for n, i := range list {
		if i.Rel.ToOne && keys[n] != (store.EdgeKey{}) && !b.created[keys[n].From] {
			from[i.Rel.Name] = append(from[i.Rel.Name], keys[n].From)
			now[store.EdgeKey{Rel: i.Rel.Name, From: keys[n].From}] = i
		}
	}
	for rel, ids := range from {
		pages, err := b.im.app.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: rel, Direction: store.Out})
		if err != nil {
			return err
		}
		for _, page := range pages {
			for n, edge := range page.Edges {
				i := now[store.EdgeKey{Rel: rel, From: edge.From}]
				to, _ := b.id(i.To)
				if to == edge.To || page.Nodes[n].Kind != i.Rel.To {
					continue
				}
				if !b.mayReplace(edge.Props) {
					b.keepPlace(i, edge, to)
					continue
				}
				b.Ops = append(b.Ops, store.RemoveEdge{EdgeKey: edge.EdgeKey})
				c := b.count(i)
				c.Created, c.Updated = c.Created-1, c.Updated+1
			}
		}
	}
	return nil
}

// keepPlace leaves a record where a person linked it to (C6), and takes the
// new link back.
func (b links) keepPlace(i *interchange.Item, edge store.Edge, to store.ID) {
	b.Ops = slices.DeleteFunc(b.Ops, func(op store.Op) bool {
		put, ok := op.(store.PutEdge)
		return ok && put.Rel == edge.Rel && put.From == edge.From && put.To == to
	})
	b.changes = slices.DeleteFunc(b.changes, func(c domain.Change) bool {
		return c.Type == domain.ChangeCreated && c.Kind == edge.Rel && c.From.Key == i.From.Key && c.To.Key == i.To.Key
	})
	b.Links = slices.DeleteFunc(b.Links, func(l *estate.LinkChange) bool {
		return l.Key.Rel == edge.Rel && l.Key.From == edge.From && l.Key.To == to
	})
	b.count(i).Created--
	b.keepEdge(i, edge.Props, emptied(edge.Props))
}
