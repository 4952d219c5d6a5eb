package estate

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Draft is what a use case has decided to write.
type Draft struct {
	Ops    []store.Op
	Guards []store.Guard
	// records and Links are what it does, typed.
	records []*RecordChange
	byID    map[string]*RecordChange
	Links   []*LinkChange
	// Known are records that the decision has read or made, by which changes
	// name what they are about. What it has made or changed of them is given the
	// version and times of the commit.
	Known []entity.Record
	// Explain turns a failure of the commit into an error for the caller; it
	// may answer nil, when it knows nothing better.
	Explain func(context.Context, error) error
}

// relationshipOf returns the relationship of a name that begins at the kind of a record.
func relationshipOf(rel string, from entity.Record) *entity.Relationship {
	list, kind := entity.RelationshipsNamed(rel), entity.KindOf(from).Name
	return list[max(0, slices.IndexFunc(list, func(r *entity.Relationship) bool { return r.From == kind }))]
}

// Creating returns a draft that adds a record, under a new id.
func (a *Estate) Creating(r entity.Record) (*Draft, *RecordChange) {
	r.Meta().ID = a.NewID()
	d := &Draft{Explain: a.ExplainTaken("input")}
	return d, d.Create(r)
}

// Create adds that a record comes to be.
func (d *Draft) Create(r entity.Record) *RecordChange {
	k := entity.KindOf(r)
	c := d.Change(nil, r)
	d.Ops = append(d.Ops, store.CreateNode{ID: store.ID(r.Meta().ID), Kind: k.Name, Props: k.Encode(r)})
	d.Known = append(d.Known, r)
	return c
}

// Hold guards that records stay as they were seen.
func (d *Draft) Hold(seen ...entity.Record) {
	for _, r := range seen {
		d.Guards = append(d.Guards, store.NodeAt{ID: store.ID(r.Meta().ID), Version: int64(r.Meta().Version)})
	}
}

// Change notes that the next operation writes a record, by the verb of an area.
func (d *Draft) Change(before, after entity.Record) *RecordChange {
	c := &RecordChange{Before: before, After: after, By: ByVerb, InputAt: InputAt{Path: "input"}, op: len(d.Ops)}
	d.records = append(d.records, c)
	if d.byID == nil {
		d.byID = map[string]*RecordChange{}
	}
	d.byID[c.Record().Meta().ID] = c
	return c
}

// Add adds all that another draft writes. Each record is in one of them alone.
func (d *Draft) Add(other *Draft) {
	for _, c := range other.records {
		c.op += len(d.Ops)
	}
	d.Ops, d.Guards = append(d.Ops, other.Ops...), append(d.Guards, other.Guards...)
	d.records, d.Links, d.Known = append(d.records, other.records...), append(d.Links, other.Links...), append(d.Known, other.Known...)
	if d.byID == nil {
		d.byID = map[string]*RecordChange{}
	}
	maps.Copy(d.byID, other.byID)
}

// becomes returns the change that leaves a record with this id, nil when there
// is none or the record goes.
func (d *Draft) becomes(id string) *RecordChange {
	if c := d.byID[id]; c != nil && !c.Gone() {
		return c
	}
	return nil
}

// Update adds that a record changes, if it does.
func (d *Draft) Update(before, after entity.Record) {
	d.set(before, after, entity.Difference(entity.KindOf(before).Encode(before), entity.KindOf(after).Encode(after)))
}

// Decide adds that a person changes a record: what changes stands against imports
// (C6).
func (d *Draft) Decide(before, after entity.Record) {
	d.set(before, after, entity.OwnedDifference(entity.KindOf(before), before, after))
}

func (d *Draft) set(before, after entity.Record, set store.Props) {
	d.Change(before, after)
	id := store.ID(before.Meta().ID)
	d.Ops = append(d.Ops, store.UpdateNode{ID: id, Set: set})
	d.Guards = append(d.Guards, store.NodeAt{ID: id, Version: int64(before.Meta().Version)})
	d.Known = append(d.Known, after)
}

// Join adds links without properties from a record to others. An empty id is
// that of nothing.
func (d *Draft) Join(rel string, from entity.Record, to ...store.ID) {
	for _, id := range to {
		if id != "" {
			props := store.Props{}
			entity.SetSource(props, domain.SourceAPI)
			key := store.EdgeKey{Rel: rel, From: store.ID(from.Meta().ID), To: id}
			d.Ops = append(d.Ops, store.PutEdge{EdgeKey: key, Props: props})
			d.Links = append(d.Links, &LinkChange{
				Rel: relationshipOf(rel, from), Key: key, From: from, By: ByVerb, InputAt: InputAt{Path: "input"},
			})
		}
	}
}

// Link adds a link with properties from a record to another.
func (d *Draft) Link(rel string, from entity.Record, to store.ID, link any) {
	r := relationshipOf(rel, from)
	props := r.EncodeLink(link)
	entity.SetSource(props, domain.SourceAPI)
	key := r.Key(from.Meta().ID, string(to), link)
	d.Ops = append(d.Ops, store.PutEdge{EdgeKey: key, Props: props})
	d.Links = append(d.Links, &LinkChange{Rel: r, Key: key, From: from, By: ByVerb, InputAt: InputAt{Path: "input"}})
}

// Part removes a link that begins at a record.
func (d *Draft) Part(rel string, from entity.Record, to store.ID) {
	key := store.EdgeKey{Rel: rel, From: store.ID(from.Meta().ID), To: to}
	d.Ops = append(d.Ops, store.RemoveEdge{EdgeKey: key})
	d.Links = append(d.Links, &LinkChange{
		Rel: relationshipOf(rel, from), Key: key, From: from, Exists: true, Goes: true, By: ByVerb, InputAt: InputAt{Path: "input"},
	})
}

// Remove adds that a record goes, with the links that begin at it.
func (d *Draft) Remove(r entity.Record) {
	id := store.ID(r.Meta().ID)
	d.Change(r, nil)
	d.Ops = append(d.Ops, store.RemoveNode{ID: id})
	d.Guards = append(d.Guards, store.NodeAt{ID: id, Version: int64(r.Meta().Version)})
}

// stamp sets the version and times of records to those of the change.
func stamp(records []entity.Record, c *store.Change) {
	effects := map[store.ID]*store.Effect{}
	for i := range c.Effects {
		if e := &c.Effects[i]; e.Node != "" {
			effects[e.Node] = e
		}
	}
	for _, r := range records {
		m := r.Meta()
		e := effects[store.ID(m.ID)]
		if e == nil {
			continue
		}
		m.Version, m.UpdatedAt = int(e.Version), c.At
		if e.Before == nil {
			m.CreatedAt = c.At
		}
	}
}

// refresh makes the known records what the draft makes of them: consequences may have
// amended it since.
func (d *Draft) refresh() {
	for _, r := range d.Known {
		if c := d.becomes(r.Meta().ID); c != nil && r != c.After {
			reflect.ValueOf(r).Elem().Set(reflect.ValueOf(c.After).Elem())
		}
	}
}
