package bulk

import (
	"cmp"
	"context"
	"time"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// LastChange is the head of a store, as a replay must know it.
type LastChange struct {
	Revision int64
	At       time.Time
	Key      string
}

// Last tells of the store's head, and the time on the clock. It is zero for a
// store without changes.
func (im *Import) Last(ctx context.Context) (LastChange, time.Time, error) {
	now := im.app.estate.Now().UTC()
	head, err := im.app.estate.Store.Head(ctx)
	if err != nil || head == 0 {
		return LastChange{}, now, refusal.OfStore(err)
	}
	list, err := im.app.estate.Store.Heads(ctx, head-1, 1)
	if err != nil || len(list) == 0 {
		return LastChange{}, now, refusal.OfStore(err)
	}
	return LastChange{Revision: int64(head), At: list[0].At, Key: list[0].Key}, now, nil
}

// Stored finds the properties of the records of a kind by key.
func (im *Import) Stored(ctx context.Context, kind string, keys []string) (map[string]interchange.Stored, error) {
	found, err := im.app.estate.Entire.Lookup(ctx, kind, "key", keys...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	stored := make(map[string]interchange.Stored, len(found))
	for key, node := range found {
		stored[key] = node.Props
	}
	return stored, nil
}

// Replay writes one change set of a history with its own time (C4). A key makes it
// idempotent. Rules of today do not bind it. It overwrites what people set (C6): the
// history says itself who set what, or it is older than that.
func (im *Import) Replay(ctx context.Context, c interchange.Change, key string, items []*interchange.Item) (Imported, error) {
	if err := refusal.Both(im.mayTouch(items), im.mayAll(authz.Migrate, authz.KindRecords)); err != nil {
		return Imported{}, err
	}
	return im.untilUndisturbed(ctx, items, func() (Imported, error) { return im.replay(ctx, c, key, items) })
}

func (im *Import) replay(ctx context.Context, c interchange.Change, key string, items []*interchange.Item) (Imported, error) {
	head, err := im.app.estate.Store.Head(ctx)
	if err != nil {
		return Imported{}, err
	}
	im.Stands(c, int64(head)+1)
	r := &replay{links: links{newImportBatch(im)}, change: c, removed: map[store.EdgeKey]bool{}}
	return r.run(ctx, key, items)
}

// Stands says which revision of the store is a change set of the history that is
// replayed.
func (im *Import) Stands(c interchange.Change, revision int64) {
	im.revisions.note(c.Revision, revision)
}

// replay writes one change set of a history. What goes is named as it was
// before it, all else as it is after it.
type replay struct {
	links
	change  interchange.Change
	removed map[store.EdgeKey]bool
	unnamed []*interchange.Item // links that go, and whose ends were not called so before
}

func (r *replay) run(ctx context.Context, key string, items []*interchange.Item) (Imported, error) {
	var nodes, gone, links, unlinked []*interchange.Item
	for _, i := range items {
		switch {
		case i.IsEdge() && i.Remove:
			unlinked = append(unlinked, i)
		case i.IsEdge():
			links = append(links, i)
		case i.Remove:
			gone = append(gone, i)
		default:
			nodes = append(nodes, i)
		}
	}
	err := r.unlink(ctx, unlinked)
	if err == nil {
		err = r.tell(ctx, nodes)
	}
	if err == nil {
		err = r.unlink(ctx, r.unnamed)
	}
	if err == nil {
		err = r.link(ctx, links)
	}
	if err == nil {
		err = r.remove(ctx, gone)
	}
	if err != nil {
		return Imported{}, err
	}
	if len(r.problems) > 0 {
		return Imported{}, r.problems
	}
	d := &decided{importBatch: r.importBatch, cs: r.changeset(key)}
	return d.write(ctx)
}

// changeset says who, why and by what means: as it was told, else as the import
// says.
func (r *replay) changeset(key string) store.Changeset {
	c := r.change
	if c.Reason == "" && !c.Told {
		c.Reason = r.im.options.Reason
	}
	return store.Changeset{
		Ops: r.Ops, Guards: r.Guards, Actor: cmp.Or(c.Actor, r.im.actor.Name), Reason: c.Reason,
		Source: cmp.Or(c.Source, r.im.source), At: c.At, Key: key,
	}
}

// tell creates and changes records.
func (r *replay) tell(ctx context.Context, list []*interchange.Item) error {
	found, err := r.known(ctx, list)
	if err != nil {
		return err
	}
	r.created = make(map[store.ID]bool, len(list))
	for _, i := range list {
		node, ok := found[i.End]
		if former := (interchange.End{Kind: i.Kind.Name, Key: i.Formerly}); !ok && i.Formerly != "" {
			if node, ok = found[former]; ok {
				r.gone = append(r.gone, former)
			}
		}
		if !ok {
			node = store.Node{ID: store.ID(r.im.app.estate.NewID()), Kind: i.Kind.Name}
			r.created[node.ID] = true
			r.Ops = append(r.Ops, store.CreateNode{ID: node.ID, Kind: node.Kind, Props: r.fresh(i)})
			r.count(i).Created++
		} else if set := r.differences(i, node); len(set) > 0 && !i.Stub {
			r.Ops = append(r.Ops, store.UpdateNode{ID: node.ID, Set: set})
			r.Guards = append(r.Guards, store.NodeAt{ID: node.ID, Version: node.Version})
			r.count(i).Updated++
		} else {
			r.count(i).Unchanged++
		}
		r.ids[i.End] = node.ID
	}
	return nil
}

// known finds the records that lines are about, by their keys or former keys.
func (r *replay) known(ctx context.Context, list []*interchange.Item) (map[interchange.End]store.Node, error) {
	keys := map[string][]string{}
	for _, i := range list {
		keys[i.Kind.Name] = append(keys[i.Kind.Name], i.End.Key)
		if i.Formerly != "" {
			keys[i.Kind.Name] = append(keys[i.Kind.Name], i.Formerly)
		}
	}
	found := map[interchange.End]store.Node{}
	for kind, list := range keys {
		nodes, err := r.im.app.estate.Entire.Lookup(ctx, kind, "key", list...)
		if err != nil {
			return nil, err
		}
		for key, node := range nodes {
			found[interchange.End{Kind: kind, Key: key}] = node
		}
	}
	return found, nil
}

// fresh returns the properties of a record that comes to be. In a history that tells
// everything, what is left out was absent. In another it may have its default.
func (r *replay) fresh(i *interchange.Item) store.Props {
	props := i.Merge(nil)
	for name, v := range i.Kind.Defaults() {
		_, said := i.Values[name]
		if f := i.Kind.Field(name); !said && (f.Required || !r.change.Told) && props[name] == nil {
			props[name] = v
		}
	}
	r.revise(i, props)
	i.Tell(props)
	if r.change.Told || i.Sources != nil {
		r.attribute(props, entity.EncodeSources(i.Sources))
	} else {
		r.attribute(props, entity.EncodeSources(domain.BroughtBy(r.im.options.Source)))
	}
	return props
}

// differences returns what a line changes of a record.
func (r *replay) differences(i *interchange.Item, node store.Node) store.Props {
	after := i.Merge(node.Props)
	r.revise(i, after)
	i.Tell(after)
	set := entity.Difference(node.Props, after)
	if r.change.Told || i.Sources != nil {
		if i.Sources != nil {
			r.attribute(after, entity.EncodeSources(i.Sources))
		}
	} else if len(set) > 0 {
		sources, _ := domain.Own(entity.DecodeSources(node.Props), r.im.options.Source, true, entity.Claims(node.Props, set)...)
		r.attribute(after, entity.EncodeSources(sources))
	}
	return entity.Difference(node.Props, after)
}

// attribute says who set what.
func (r *replay) attribute(props store.Props, sources any) {
	if delete(props, entity.SourcesProperty); sources != nil {
		props[entity.SourcesProperty] = sources
	}
}

// revise turns the revision that a record names into the one that stands for it
// here.
func (r *replay) revise(i *interchange.Item, props store.Props) {
	if told, ok := i.Props[domain.FieldRevision].(int64); ok {
		props[domain.FieldRevision] = r.im.revisions.here(told)
	}
}

// link puts relationships.
func (r *replay) link(ctx context.Context, list []*interchange.Item) error {
	if err := r.resolve(ctx, list); err != nil {
		return err
	}
	keys := make([]store.EdgeKey, len(list))
	for n, i := range list {
		keys[n] = r.edgeKey(n, i)
	}
	have, err := r.existing(ctx, keys)
	if err != nil || len(r.problems) > 0 {
		return err
	}
	for n, i := range list {
		edge, exists := have[keys[n]]
		before := edge.Props
		if !exists {
			before = i.Rel.Defaults()
		}
		props := i.Merge(before)
		i.Tell(props)
		switch {
		case i.Sources != nil:
			entity.SetSource(props, i.Sources[0].Source)
		case r.change.Told:
			delete(props, entity.SourceProperty)
		case !exists || len(entity.Difference(before, props)) > 0:
			entity.SetSource(props, r.im.options.Source)
		}
		if exists && len(entity.Difference(before, props)) == 0 {
			r.count(i).Unchanged++
			continue
		}
		r.Ops = append(r.Ops, store.PutEdge{EdgeKey: keys[n], Props: props})
		r.Guards = append(r.Guards, store.EdgeAt{EdgeKey: keys[n], Version: edge.Version})
		if c := r.count(i); exists {
			c.Updated++
		} else {
			c.Created++
		}
	}
	return r.moveOnly(ctx, list, keys)
}

// moveOnly takes away what a record was linked to before, where it can be
// linked to one only and the history does not say so itself.
func (r *replay) moveOnly(ctx context.Context, list []*interchange.Item, keys []store.EdgeKey) error {
	for n, i := range list {
		if !i.Rel.ToOne || r.created[keys[n].From] {
			continue
		}
		pages, err := r.im.app.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{keys[n].From}, Rel: i.Rel.Name, Direction: store.Out, Kind: i.Rel.To})
		if err != nil {
			return err
		}
		for _, edge := range pages[0].Edges {
			if edge.To != keys[n].To && !r.removed[edge.EdgeKey] {
				r.Ops = append(r.Ops, store.RemoveEdge{EdgeKey: edge.EdgeKey})
				c := r.count(i)
				c.Created, c.Updated = c.Created-1, c.Updated+1
			}
		}
	}
	return nil
}

// unlink removes relationships; what has gone already is left alone.
func (r *replay) unlink(ctx context.Context, list []*interchange.Item) error {
	keys, have, err := r.going(ctx, list)
	if err != nil {
		return err
	}
	for n, i := range list {
		if keys[n] == (store.EdgeKey{}) && r.created == nil {
			r.unnamed = append(r.unnamed, i)
			continue
		}
		if _, ok := have[keys[n]]; !ok || r.removed[keys[n]] {
			r.count(i).Unchanged++
			continue
		}
		r.removed[keys[n]] = true
		r.Ops = append(r.Ops, store.RemoveEdge{EdgeKey: keys[n]})
		r.Guards = append(r.Guards, store.EdgeAt{EdgeKey: keys[n], Version: have[keys[n]].Version})
		r.count(i).Removed++
	}
	return nil
}

// remove lets records go, whoever brought them.
func (r *replay) remove(ctx context.Context, list []*interchange.Item) error {
	found, err := r.known(ctx, list)
	if err != nil {
		return err
	}
	for _, i := range list {
		node, ok := found[i.End]
		if !ok {
			r.count(i).Unchanged++
			continue
		}
		delete(found, i.End)
		r.Ops = append(r.Ops, store.RemoveNode{ID: node.ID})
		r.Guards = append(r.Guards, store.NodeAt{ID: node.ID, Version: node.Version})
		r.gone = append(r.gone, i.End)
		r.count(i).Removed++
	}
	return nil
}
