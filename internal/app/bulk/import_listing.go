package bulk

import (
	"context"
	"maps"
	"strings"
	"time"

	"releasegraph/internal/app/records"
	"releasegraph/internal/app/wording"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// copied reports whether an item tells who set or lists what: it was exported,
// and is no listing of this source.
func copied(i *interchange.Item) bool { return i.Sources != nil || i.Listings != nil }

// revive restores the status of a record that a prune withdrew, unless the
// item says another (C6).
func (b *importBatch) revive(i *interchange.Item, node store.Node, set store.Props, patch map[string]any) map[string]any {
	before := node.Props.Text(entity.WithdrawnFromProperty)
	if before == "" {
		return patch
	}
	set[entity.WithdrawnFromProperty] = nil
	b.count(i).Revived++
	if _, said := i.Values["status"]; said {
		return patch
	}
	patch = maps.Clone(patch)
	patch["status"], set["status"] = before, before
	return patch
}

// foreign keeps attributes that the item no longer has if other sources list or brought
// them (C6). It returns the item's values with these attributes, and who lists them from now on.
func (b *importBatch) foreign(node store.Node, set store.Props, patch map[string]any, listings domain.Listings) (map[string]any, domain.Listings) {
	sources, source := entity.DecodeSources(node.Props), b.im.options.Source
	var left map[string]any
	for name, v := range set {
		if v != nil || !strings.HasPrefix(name, entity.AttributePrefix) {
			continue
		}
		owner := domain.OwnerOf(sources, name, true)
		if owner == domain.SourceAPI {
			continue // which C6 keeps, and tells
		}
		if listings = listings.Remove(name, owner, source); len(listings.Of(name, owner)) == 0 {
			listings = listings.Drop(name)
			continue
		}
		delete(set, name)
		if left == nil {
			given, _ := patch[attributesField].(map[string]any)
			left = maps.Clone(given)
			patch = maps.Clone(patch)
			patch[attributesField] = left
		}
		if left != nil {
			left[strings.TrimPrefix(name, entity.AttributePrefix)] = node.Props[name]
		}
	}
	return patch, listings
}

const attributesField = "attributes"

// list notes that the source lists a record and its attributes, where that does
// not follow from who brought them.
func (b *importBatch) list(i *interchange.Item, node store.Node, set store.Props, listings domain.Listings) {
	source, before := b.im.options.Source, entity.DecodeSources(node.Props)
	after := before
	if changed, ok := set[entity.SourcesProperty]; ok {
		after = entity.DecodeSources(store.Props{entity.SourcesProperty: changed})
	}
	whole := domain.OwnerOf(before, domain.WholeRecord, true)
	listings = listings.Add(domain.WholeRecord, whole, source, b.at)
	if at, ok := i.Values[domain.FieldConfirmedAt].(string); ok && source != domain.SourceImport {
		if seen, err := time.Parse(time.RFC3339, at); err == nil {
			listings = listings.Seen(domain.WholeRecord, whole, source, seen)
		}
	}
	for name := range i.Props {
		owner := domain.OwnerOf(before, name, node.Props[name] != nil)
		if !strings.HasPrefix(name, entity.AttributePrefix) || owner == domain.SourceAPI {
			continue
		}
		if node.Props[name] == nil { // it comes to be
			listings = listings.Drop(name)
			continue
		}
		listings = listings.Add(name, owner, source, b.at)
		listings = listings.For(name, owner, domain.OwnerOf(after, name, true))
	}
	if encoded := entity.EncodeListings(listings); !store.EqualValues(node.Props[entity.ListingsProperty], encoded) {
		set[entity.ListingsProperty] = encoded
	}
}

// listLink notes that the source lists a relationship that there is: its
// properties, and whether that is new.
func (b links) listLink(i *interchange.Item, edge store.Edge, owner string) (store.Props, bool) {
	if copied(i) {
		return edge.Props, false
	}
	before := entity.SourceOf(edge.Props)
	listings := entity.DecodeListings(edge.Props).Add(domain.WholeRecord, before, b.im.options.Source, b.at).For(domain.WholeRecord, before, owner)
	return b.listed(edge.Props, listings)
}

// listed returns the properties with other listings, and whether they are
// others.
func (b *importBatch) listed(props store.Props, listings domain.Listings) (store.Props, bool) {
	encoded := entity.EncodeListings(listings)
	if store.EqualValues(props[entity.ListingsProperty], encoded) {
		return props, false
	}
	props = maps.Clone(props)
	if delete(props, entity.ListingsProperty); encoded != nil {
		props[entity.ListingsProperty] = encoded
	}
	return props, true
}

// unlist notes that the source no longer lists a record. Where no other does, it
// is withdrawn, or removed where its kind has no such status (C6).
func (b *importBatch) unlist(n int, i *interchange.Item, node store.Node) {
	source, sources := b.im.options.Source, entity.DecodeSources(node.Props)
	owner := domain.OwnerOf(sources, domain.WholeRecord, true)
	before := entity.DecodeListings(node.Props)
	if !before.Has(domain.WholeRecord, owner, source) {
		b.count(i).Unchanged++
		return
	}
	listings := before.Remove(domain.WholeRecord, owner, source)
	set := store.Props{entity.ListingsProperty: entity.EncodeListings(listings)}
	switch {
	case len(listings.Of(domain.WholeRecord, owner)) > 0, OutOfUse(node.Kind, node.Props.Text("status")):
		b.count(i).Unlisted++
	case !CanBeWithdrawn(node.Kind):
		b.removeRecord(n, i, node)
		return
	default:
		b.withdraw(i, node, set)
	}
	b.Ops = append(b.Ops, store.UpdateNode{ID: node.ID, Set: set})
	b.Guards = append(b.Guards, store.NodeAt{ID: node.ID, Version: node.Version})
}

// withdraw takes a record out of use that no source lists any more, unless a
// person set its status.
func (b *importBatch) withdraw(i *interchange.Item, node store.Node, set store.Props) {
	withdrawn := i.Kind.OutOfUse[0]
	sources, kept := domain.Own(entity.DecodeSources(node.Props), b.im.options.Source, b.im.options.Overwrite, domain.FieldClaim{Field: "status", Had: true, Has: true})
	if len(kept) > 0 {
		b.keep(i, domain.FieldKept{Field: "status", Source: domain.SourceAPI, Kept: wording.Text(node.Props["status"]), Offered: &withdrawn})
		b.count(i).Unlisted++
		return
	}
	set["status"], set[entity.WithdrawnFromProperty] = withdrawn, node.Props["status"]
	if encoded := entity.EncodeSources(sources); !store.EqualValues(node.Props[entity.SourcesProperty], encoded) {
		set[entity.SourcesProperty] = encoded
	}
	b.count(i).Updated++
	b.show(domain.ChangeUpdated, i, node.ID, node.Props, store.Props{"status": withdrawn})
}

// keptRemoved returns the relationships that stay removed, since people removed them while
// a source listed them (C6). If the import overwrites what people say, none does, and it is
// forgotten that they were removed.
func (b links) keptRemoved(ctx context.Context, list []*interchange.Item, keys []store.EdgeKey, have map[store.EdgeKey]store.Edge) (map[store.EdgeKey]bool, error) {
	var ask []store.ID
	for n, key := range keys {
		if _, exists := have[key]; !exists && key != (store.EdgeKey{}) && !b.created[key.From] && !b.madeBefore(list[n].From) {
			ask = append(ask, key.From)
		}
	}
	if len(ask) == 0 {
		return nil, nil
	}
	found, err := b.im.app.estate.Entire.Nodes(ctx, ask...)
	if err != nil {
		return nil, err
	}
	stay := map[store.EdgeKey]bool{}
	for n, i := range list {
		node, ok := found[keys[n].From]
		if _, exists := have[keys[n]]; exists || !ok {
			continue
		}
		removed, _ := node.Props[entity.RemovedLinksProperty].([]string)
		name := entity.RemovedLink(i.Rel, i.To.Key, keys[n].Tag)
		rest := records.Without(removed, name)
		if len(rest) == len(removed) {
			continue
		}
		if !b.im.options.Overwrite {
			stay[keys[n]] = true
			b.keep(i, domain.FieldKept{Field: "to", Source: domain.SourceAPI, Offered: &i.To.Key, Removed: true})
			continue
		}
		node.Props = node.Props.Clone()
		if delete(node.Props, entity.RemovedLinksProperty); len(rest) > 0 {
			node.Props[entity.RemovedLinksProperty] = rest
		}
		found[node.ID] = node
		b.Ops = append(b.Ops, store.UpdateNode{ID: node.ID, Set: store.Props{entity.RemovedLinksProperty: records.TextList(rest)}})
	}
	return stay, nil
}
