package records

import (
	"context"
	"fmt"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/source"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Connected is what connecting or disconnecting two records did.
type Connected struct {
	From, To any
	// Link is as it is now, or as it was before it was removed; nil when the
	// relationship has no properties.
	Link     any
	Revision int64
	DryRun   bool
	Changes  []domain.Change
}

// pair is two records and the link between them.
type pair struct {
	rel      *entity.Relationship
	from, to entity.Record
	link     any
	stored   store.Props // of the link that there is already
	exists   bool
}

// props returns the link's properties. One that is new, or says something else
// now, was set by a person (C6).
func (p *pair) props() store.Props {
	props := p.rel.EncodeLink(p.link)
	entity.SetSource(props, entity.SourceOf(p.stored))
	if listings, ok := p.stored[entity.ListingsProperty]; ok {
		props[entity.ListingsProperty] = listings
	}
	if p.stored == nil || len(entity.Difference(p.stored, props)) > 0 {
		entity.SetSource(props, domain.SourceAPI)
	}
	if p.stored != nil && entity.SourceOf(props) != entity.SourceOf(p.stored) { // who listed it still does
		listings := entity.DecodeListings(p.stored).Add(domain.WholeRecord, entity.SourceOf(p.stored), domain.SourceAPI, time.Time{})
		props[entity.ListingsProperty] = entity.EncodeListings(listings)
	}
	return props
}

func (p *pair) fromID() store.ID { return store.ID(p.from.Meta().ID) }
func (p *pair) toID() store.ID   { return store.ID(p.to.Meta().ID) }

func (p *pair) key() store.EdgeKey {
	return p.rel.Key(p.from.Meta().ID, p.to.Meta().ID, p.link)
}

// Connect creates a link between two records, or changes the one there is: the
// link's fields that are not given stay, or get their defaults. A to-one
// relationship is moved from the record that it led to.
func (a *Area) Connect(ctx context.Context, rel string, from, to domain.Ref, link map[string]any, o *domain.WriteOptions) (*Connected, error) {
	list, err := a.estate.AllowedRelationship(ctx, authz.Connect, rel)
	if err != nil {
		return nil, err
	}
	w, err := a.estate.Begin(ctx, source.API, o, "connect", rel, from, to, link)
	if err != nil {
		return nil, err
	}
	return a.carryPair(ctx, w, list, func() (*estate.Draft, *pair, error) {
		return a.decideConnect(ctx, list, from, to, link)
	})
}

func (a *Area) decideConnect(ctx context.Context, list []*entity.Relationship, from, to domain.Ref, link map[string]any) (*estate.Draft, *pair, error) {
	p, endsErr := a.ends(ctx, authz.Connect, list, from, to)
	if p == nil {
		_, linkErr := list[0].NewLink(link, "input")
		return nil, nil, refusal.Both(endsErr, linkErr)
	}
	var err error
	if p.link, err = p.rel.NewLink(link, "input"); err != nil {
		return nil, nil, refusal.Both(endsErr, err)
	}
	if err := selfLink(p); err != nil {
		return nil, nil, err
	}
	d := &estate.Draft{Known: []entity.Record{p.from, p.to}}
	l := linking(d, p, p.key())
	if err := a.keepLink(ctx, d, p, link); err != nil {
		return nil, nil, err
	}
	if p.rel.ToOne {
		if err := a.moveOne(ctx, d, p); err != nil {
			return nil, nil, err
		}
	}
	d.Ops = append(d.Ops, store.PutEdge{EdgeKey: p.key(), Props: p.props()})
	wantedAgain(d, p)
	l.Exists, l.Stays = p.exists, p.exists && len(entity.Difference(p.stored, p.props())) == 0
	return d, p, nil
}

// linking notes that an operation writes a link.
func linking(d *estate.Draft, p *pair, key store.EdgeKey) *estate.LinkChange {
	l := &estate.LinkChange{Rel: p.rel, Key: key, From: p.from, To: p.to, By: estate.ByMutation, InputAt: estate.InputAt{Path: "input"}}
	d.Links = append(d.Links, l)
	return l
}

func selfLink(p *pair) error {
	if err := domain.CheckEnds(p.rel.Name, p.from.Meta().ID, p.to.Meta().ID); err != nil {
		err.Field = "input.to"
		return err
	}
	return nil
}

// keepLink changes the link that there is already, if there is one, so that
// fields that are not given stay.
func (a *Area) keepLink(ctx context.Context, d *estate.Draft, p *pair, link map[string]any) error {
	key := p.key()
	edges, err := a.estate.Entire.EdgesBetween(ctx, key)
	if err != nil {
		return refusal.OfStore(err)
	}
	edge, exists := edges[key]
	d.Guards = append(d.Guards, store.EdgeAt{EdgeKey: key, Version: edge.Version})
	if !exists {
		return nil
	}
	patch := map[string]any{}
	for name, v := range link {
		if f := p.rel.Property(name); f == nil || !f.Identity {
			patch[name] = v
		}
	}
	p.stored, p.exists = edge.Props, true
	p.link, err = p.rel.PatchLink(p.rel.DecodeLink(edge.Props), patch, "input")
	return err
}

// Disconnect removes a link; link holds the fields that tell parallel ones
// apart, of which as many must be given as are needed to find one.
func (a *Area) Disconnect(ctx context.Context, rel string, from, to domain.Ref, link map[string]any, o *domain.WriteOptions) (*Connected, error) {
	list, err := a.estate.AllowedRelationship(ctx, authz.Disconnect, rel)
	if err != nil {
		return nil, err
	}
	w, err := a.estate.Begin(ctx, source.API, o, "disconnect", rel, from, to, link)
	if err != nil {
		return nil, err
	}
	return a.carryPair(ctx, w, list, func() (*estate.Draft, *pair, error) {
		p, endsErr := a.ends(ctx, authz.Disconnect, list, from, to)
		identity, linkErr := list[0].Identity(link, "input")
		if err := refusal.Both(endsErr, linkErr); err != nil {
			return nil, nil, err
		}
		edge, err := a.onlyEdge(ctx, p, identity)
		if err != nil {
			return nil, nil, err
		}
		p.link = p.rel.DecodeLink(edge.Props)
		d := &estate.Draft{
			Ops:    []store.Op{store.RemoveEdge{EdgeKey: edge.EdgeKey}},
			Guards: []store.Guard{store.EdgeAt{EdgeKey: edge.EdgeKey, Version: edge.Version}},
			Known:  []entity.Record{p.from, p.to},
		}
		removedByPerson(d, p, edge)
		l := linking(d, p, edge.EdgeKey)
		l.Exists, l.Goes = true, true
		return d, p, nil
	})
}

// onlyEdge finds the one edge between two records that matches.
func (a *Area) onlyEdge(ctx context.Context, p *pair, identity store.Props) (*store.Edge, error) {
	pages, err := a.estate.Entire.Edges(ctx, store.EdgeQuery{
		Nodes: []store.ID{p.fromID()}, Rel: p.rel.Name, Direction: store.Out, Kind: p.rel.To,
		Filter: store.Compare{Property: "id", Op: store.Eq, Value: string(p.toID())},
	})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var matching []store.Edge
	for _, e := range pages[0].Edges {
		if matches(e.Props, identity) {
			matching = append(matching, e)
		}
	}
	switch len(matching) {
	case 1:
		return &matching[0], nil
	case 0:
		return nil, &domain.Error{Code: domain.NotFound, Field: "input", Message: fmt.Sprintf(
			"there is no such %s from %q to %q", p.rel.Name, p.from.Meta().Key, p.to.Meta().Key)}
	}
	return nil, ambiguous(p, matching)
}

func matches(props, wanted store.Props) bool {
	for name, v := range wanted {
		if !store.EqualValues(props[name], v) {
			return false
		}
	}
	return true
}

func ambiguous(p *pair, edges []store.Edge) *domain.Error {
	var tags []string
	for _, e := range edges {
		tags = append(tags, e.Tag)
	}
	var names []string
	for _, f := range p.rel.Properties {
		if f.Identity {
			names = append(names, f.Name)
		}
	}
	return &domain.Error{
		Code: domain.Invalid, Field: "input",
		Message: fmt.Sprintf("%d %s run from %q to %q (%q): name one by %q", len(edges), p.rel.Name, p.from.Meta().Key, p.to.Meta().Key, tags, names),
		Details: map[string]any{"links": tags},
	}
}

// ends finds both records of a link. Where the name joins several pairs of
// kinds, it is the first pair that both are of.
func (a *Area) ends(ctx context.Context, action authz.Action, list []*entity.Relationship, from, to domain.Ref) (*pair, error) {
	var first error
	for _, r := range list {
		f, fromErr := a.estate.Existing(ctx, entity.KindNamed(r.From), from, "input.from")
		t, toErr := a.estate.Existing(ctx, entity.KindNamed(r.To), to, "input.to")
		err := refusal.Both(fromErr, toErr)
		if err == nil {
			p := &pair{rel: r, from: f, to: t}
			if err := refusal.Both(a.estate.Within(ctx, action, r.Name, f, "input.from"), a.estate.Within(ctx, action, r.Name, t, "input.to")); err != nil {
				return nil, err
			}
			return p, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// carryPair commits what is decided about one link, and tells what was done.
func (a *Area) carryPair(ctx context.Context, w *estate.Writing, list []*entity.Relationship, decide func() (*estate.Draft, *pair, error)) (*Connected, error) {
	recall := func(ctx context.Context, c *store.Change) (*pair, error) { return a.recallPair(ctx, list, c) }
	return estate.CarryOut(ctx, w, estate.Outcome[*pair, Connected]{Recall: recall, Tell: a.connected}, decide)
}

func (a *Area) connected(ctx context.Context, w *estate.Writing, p *pair, c *store.Change, known []entity.Record) (_ *Connected, err error) {
	out := &Connected{Link: p.link, Revision: int64(c.Revision), DryRun: w.DryRun}
	if p.from != nil {
		out.From = p.from
	}
	if p.to != nil {
		out.To = p.to
	}
	out.Changes, err = a.estate.Changes(ctx, c.Effects, known)
	return out, err
}
