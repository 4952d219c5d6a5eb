package bulk

import (
	"context"
	"slices"

	"releasegraph/internal/app/records"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// removals decides on what is to go: relationships first, then records. What
// has gone already is left alone.
func (b *importBatch) removals(ctx context.Context, items []*interchange.Item) error {
	var edges []*interchange.Item
	var index []int
	keys := map[string][]string{}
	for n, i := range items {
		switch {
		case !i.Remove:
		case i.IsEdge():
			edges, index = append(edges, i), append(index, n)
		default:
			keys[i.Kind.Name] = append(keys[i.Kind.Name], i.End.Key)
		}
	}
	if err := (links{b}).removeEdges(ctx, edges, index); err != nil {
		return err
	}
	found := map[interchange.End]store.Node{}
	for kind, list := range keys {
		nodes, err := b.im.app.estate.Entire.Lookup(ctx, kind, "key", list...)
		if err != nil {
			return err
		}
		for key, node := range nodes {
			found[interchange.End{Kind: kind, Key: key}] = node
		}
	}
	for n, i := range items {
		if i.Remove && !i.IsEdge() {
			b.removeNode(n, i, found)
		}
	}
	return nil
}

func (b *importBatch) removeNode(n int, i *interchange.Item, found map[interchange.End]store.Node) {
	node, ok := found[i.End]
	if !ok {
		b.count(i).Unchanged++
		return
	}
	delete(found, i.End) // said twice, it is removed once
	if i.Unlist {
		b.unlist(n, i, node)
		return
	}
	if owner := domain.OwnerOf(entity.DecodeSources(node.Props), domain.WholeRecord, true); !domain.MayOverwrite(owner, b.im.options.Source, b.im.options.Overwrite) {
		b.keep(i, domain.FieldKept{Field: "key", Source: owner, Kept: &i.End.Key})
		return
	}
	b.removeRecord(n, i, node)
}

func (b *importBatch) removeRecord(n int, i *interchange.Item, node store.Node) {
	b.brings(n, i.Kind.Decode(node), nil)
	b.Ops = append(b.Ops, store.RemoveNode{ID: node.ID})
	b.Guards = append(b.Guards, store.NodeAt{ID: node.ID, Version: node.Version})
	b.gone = append(b.gone, i.End)
	b.count(i).Removed++
	b.show(domain.ChangeRemoved, i, node.ID, node.Props, emptied(node.Props))
}

func (b links) removeEdges(ctx context.Context, list []*interchange.Item, index []int) error {
	if len(list) == 0 {
		return nil
	}
	keys, have, err := b.going(ctx, list)
	if err != nil {
		return err
	}
	for n, i := range list {
		b.removeEdge(index[n], i, keys[n], have)
	}
	return nil
}

// going finds the links that are to go: their keys, that of nothing where an end
// is not there, and those of them that the store has.
func (b links) going(ctx context.Context, list []*interchange.Item) ([]store.EdgeKey, map[store.EdgeKey]store.Edge, error) {
	if err := b.resolve(ctx, list); err != nil {
		return nil, nil, err
	}
	keys := make([]store.EdgeKey, len(list))
	for n, i := range list {
		from, okFrom := b.id(i.From)
		to, okTo := b.id(i.To)
		if okFrom && okTo {
			keys[n] = store.EdgeKey{Rel: i.Rel.Name, From: from, To: to, Tag: i.Rel.Tag(i.Props)}
		}
	}
	have, err := b.existing(ctx, keys)
	return keys, have, err
}

func (b links) removeEdge(n int, i *interchange.Item, key store.EdgeKey, have map[store.EdgeKey]store.Edge) {
	edge, ok := have[key]
	switch {
	case !ok:
		b.count(i).Unchanged++
		return
	case i.Unlist && b.unlistLink(i, edge):
		delete(have, key)
		return
	case !b.mayReplace(edge.Props):
		b.keepEdge(i, edge.Props, emptied(edge.Props))
		return
	}
	delete(have, key)
	l := b.joins(n, i, key)
	l.Exists, l.Goes = true, true
	b.Ops = append(b.Ops, store.RemoveEdge{EdgeKey: key})
	b.Guards = append(b.Guards, store.EdgeAt{EdgeKey: key, Version: edge.Version})
	b.count(i).Removed++
	b.show(domain.ChangeRemoved, i, "", edge.Props, emptied(edge.Props))
}

// unlistLink notes that the source no longer lists a relationship, and reports
// whether it stays, since another does, or this one never did (C6).
func (b links) unlistLink(i *interchange.Item, edge store.Edge) bool {
	owner, listings := entity.SourceOf(edge.Props), entity.DecodeListings(edge.Props)
	after := listings.Remove(domain.WholeRecord, owner, b.im.options.Source)
	props, changed := b.listed(edge.Props, after)
	switch {
	case !changed:
		b.count(i).Unchanged++
	case len(after.Of(domain.WholeRecord, owner)) == 0:
		return false
	default:
		b.Ops = append(b.Ops, store.PutEdge{EdgeKey: edge.EdgeKey, Props: props})
		b.Guards = append(b.Guards, store.EdgeAt{EdgeKey: edge.EdgeKey, Version: edge.Version})
		b.count(i).Unlisted++
	}
	return true
}

// emptied has all of the names, and none of the values.
func emptied(props store.Props) store.Props {
	none := make(store.Props, len(props))
	for name := range props {
		none[name] = nil
	}
	return none
}

// inUse says what still points at a record that was to be removed (C3).
func (im *Import) inUse(ctx context.Context, items []*interchange.Item, used *store.InUseError) error {
	ids := []store.ID{used.Node}
	for _, edge := range used.Edges {
		ids = append(ids, edge.From)
	}
	nodes, err := im.app.estate.Entire.Nodes(ctx, ids...)
	if err != nil {
		return refusal.OfStore(err)
	}
	node := nodes[used.Node]
	record := entity.DecodeNode(node)
	if record == nil { // it has gone meanwhile
		return refusal.Contended(used)
	}
	hidden, err := im.app.estate.Today(ctx).Hidden(ctx, ids[1:]...)
	if err != nil {
		return err
	}
	problem := records.InUse(record, used, nodes, hidden)
	problem.Field = "key"
	end := interchange.End{Kind: node.Kind, Key: node.Props.Text("key")}
	return ImportProblems{{Index: slices.IndexFunc(items, func(i *interchange.Item) bool { return i.Remove && i.End == end }), Error: problem}}
}
