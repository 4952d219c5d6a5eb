package app

import (
	"context"
	"reflect"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// draft is what a use case has decided to write.
type draft struct {
	ops    []store.Op
	guards []store.Guard
	// records and links are what it does, typed.
	records []*RecordChange
	links   []*LinkChange
	// known are records that the decision has read or made, by which changes
	// name what they are about. What it has made or changed of them is given the
	// version and times of the commit.
	known []entity.Record
	// explain turns a failure of the commit into an error for the caller; it
	// may answer nil, when it knows nothing better.
	explain func(context.Context, error) error
}

// relationshipOf is one of the relationships of a name that begin at a record.
func relationshipOf(rel string, from entity.Record) *entity.Relationship {
	list, kind := entity.RelationshipsNamed(rel), entity.KindOf(from).Name
	return list[max(0, slices.IndexFunc(list, func(r *entity.Relationship) bool { return r.From == kind }))]
}

// creating is a draft that adds a record, under a new id.
func (a *App) creating(r entity.Record) (*draft, *RecordChange) {
	r.Meta().ID = a.newID()
	d := &draft{explain: a.explainTaken("input")}
	return d, d.create(r)
}

// create adds that a record comes to be.
func (d *draft) create(r entity.Record) *RecordChange {
	k := entity.KindOf(r)
	c := d.change(nil, r)
	d.ops = append(d.ops, store.CreateNode{ID: store.ID(r.Meta().ID), Kind: k.Name, Props: k.Encode(r)})
	d.known = append(d.known, r)
	return c
}

// change notes that the next operation writes a record, as the verb of an area
// does it.
func (d *draft) change(before, after entity.Record) *RecordChange {
	c := &RecordChange{Before: before, After: after, By: ByVerb, inputAt: inputAt{path: "input"}, op: len(d.ops)}
	d.records = append(d.records, c)
	return c
}

// update adds that a record changes, if it does.
func (d *draft) update(before, after entity.Record) {
	d.change(before, after)
	k, id := entity.KindOf(before), store.ID(before.Meta().ID)
	d.ops = append(d.ops, store.UpdateNode{ID: id, Set: entity.Difference(k.Encode(before), k.Encode(after))})
	d.guards = append(d.guards, store.NodeAt{ID: id, Version: int64(before.Meta().Version)})
	d.known = append(d.known, after)
}

// join adds links without properties from a record to others. An empty id is
// that of nothing.
func (d *draft) join(rel string, from entity.Record, to ...store.ID) {
	for _, id := range to {
		if id != "" {
			props := store.Props{}
			entity.SetSource(props, domain.SourceAPI)
			key := store.EdgeKey{Rel: rel, From: store.ID(from.Meta().ID), To: id}
			d.ops = append(d.ops, store.PutEdge{EdgeKey: key, Props: props})
			d.links = append(d.links, &LinkChange{
				Rel: relationshipOf(rel, from), Key: key, From: from, By: ByVerb, inputAt: inputAt{path: "input"},
			})
		}
	}
}

// stamp gives records the version and times of the change.
func stamp(records []entity.Record, c *store.Change) {
	for _, r := range records {
		m := r.Meta()
		for _, e := range c.Effects {
			if string(e.Node) != m.ID {
				continue
			}
			m.Version, m.UpdatedAt = int(e.Version), c.At
			if e.Before == nil {
				m.CreatedAt = c.At
			}
		}
	}
}

// refresh gives the known records that the draft changes what they will be.
func (d *draft) refresh() {
	for _, c := range d.records {
		for _, r := range d.known {
			if !c.Gone() && r != c.After && r.Meta().ID == c.After.Meta().ID {
				reflect.ValueOf(r).Elem().Set(reflect.ValueOf(c.After).Elem())
			}
		}
	}
}
