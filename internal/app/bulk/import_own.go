package bulk

import (
	"maps"

	"releasegraph/internal/app/wording"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// brought returns the properties of a record that the import creates, with who
// brought it.
func (b *importBatch) brought(i *interchange.Item) store.Props {
	sources := i.Sources
	if sources == nil {
		sources = domain.BroughtBy(b.im.options.Source)
	}
	if len(sources) == 0 && i.Listings == nil && i.WithdrawnFrom == "" && i.RemovedLinks == nil {
		return i.Props
	}
	props := maps.Clone(i.Props)
	for name, v := range map[string]any{entity.SourcesProperty: entity.EncodeSources(sources), entity.ListingsProperty: entity.EncodeListings(i.Listings)} {
		if v != nil {
			props[name] = v
		}
	}
	if i.WithdrawnFrom != "" {
		props[entity.WithdrawnFromProperty] = i.WithdrawnFrom
	}
	if len(i.RemovedLinks) > 0 {
		props[entity.RemovedLinksProperty] = i.RemovedLinks
	}
	return props
}

// own removes from the differences what the import may not change (C6), and adds who set
// the rest. It returns the values of the item that are left. A plain import into records
// of plain imports may change all of them.
func (b *importBatch) own(i *interchange.Item, node store.Node, set store.Props, values map[string]any) map[string]any {
	sources := entity.DecodeSources(node.Props)
	if len(set) == 0 || sources == nil && b.im.options.Source == domain.SourceImport {
		return values
	}
	after, kept := domain.Own(sources, b.im.options.Source, b.im.options.Overwrite, entity.Claims(node.Props, set)...)
	patch := values
	if len(kept) > 0 {
		patch = maps.Clone(values)
	}
	for _, name := range kept {
		b.keep(i, domain.FieldKept{
			Field: name, Source: domain.OwnerOf(sources, name, node.Props[name] != nil),
			Kept: wording.Text(node.Props[name]), Offered: wording.Text(set[name]),
		})
		delete(set, name)
		delete(patch, name)
	}
	if len(set) == 0 {
		return patch
	}
	if encoded := entity.EncodeSources(after); !store.EqualValues(node.Props[entity.SourcesProperty], encoded) {
		set[entity.SourcesProperty] = encoded
	}
	return patch
}

// mayReplace decides by C6 about a relationship as a whole.
func (b *importBatch) mayReplace(props store.Props) bool {
	return domain.MayOverwrite(entity.SourceOf(props), b.im.options.Source, b.im.options.Overwrite)
}

// keep tells of a field that stays as it was.
func (b *importBatch) keep(i *interchange.Item, kept domain.FieldKept) {
	b.count(i).Kept++
	if len(b.kept) >= b.im.options.Show {
		return
	}
	kept.Kind = i.Name()
	if i.IsEdge() {
		kept.From, kept.To = b.changeEnd(i.From), b.changeEnd(i.To)
	} else {
		kept.Key = &i.End.Key
	}
	b.kept = append(b.kept, kept)
}

// keepEdge tells of a relationship that stays as it was, by the fields that
// the item would have changed.
func (b *importBatch) keepEdge(i *interchange.Item, have, set store.Props) {
	c := b.count(i)
	before := c.Kept
	fields := wording.FieldChanges(wording.Order("", i.Rel.Name), only(have, set), set)
	if len(fields) == 0 {
		fields = []domain.FieldChange{{Field: "to"}} // where it leads is all that it says
	}
	for _, f := range fields {
		b.keep(i, domain.FieldKept{Field: f.Field, Source: entity.SourceOf(have), Kept: f.Before, Offered: f.After})
	}
	c.Kept = before + 1
}

// only returns the properties that others name.
func only(props, named store.Props) store.Props {
	some := store.Props{}
	for name := range named {
		if v, ok := props[name]; ok {
			some[name] = v
		}
	}
	return some
}

// linked returns the properties of a relationship that the import writes, with
// who did.
func (b *importBatch) linked(i *interchange.Item, props store.Props) store.Props {
	source := b.im.options.Source
	if len(i.Sources) > 0 {
		source = i.Sources[0].Source
	}
	if entity.SourceOf(props) == source && i.Listings == nil {
		return props
	}
	props = maps.Clone(props)
	entity.SetSource(props, source)
	if listings := entity.EncodeListings(i.Listings); listings != nil {
		props[entity.ListingsProperty] = listings
	}
	return props
}
