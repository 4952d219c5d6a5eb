package estate

import (
	"fmt"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Join adds a link between records that nobody has proposed; says is what it says,
// nil for nothing. Guards hold both records as they were read.
func (p *Proposal) Join(r *entity.Relationship, from, to entity.Record, says any) error {
	key := r.Key(from.Meta().ID, to.Meta().ID, says)
	if p.Draft.links(key) {
		return nil
	}
	if err := p.ownedLink(r); err != nil {
		return err
	}
	props := r.EncodeLink(says)
	entity.SetSource(props, domain.SourceAPI)
	p.writes++
	p.Draft.Ops = append(p.Draft.Ops, store.PutEdge{EdgeKey: key, Props: props})
	p.Draft.Links = append(p.Draft.Links, &LinkChange{Rel: r, Key: key, From: from, To: to, By: ByVerb, InputAt: InputAt{Path: "input"}})
	for _, end := range []entity.Record{from, to} {
		if end.Meta().Version > 0 && p.Draft.becomes(end.Meta().ID) == nil {
			p.Keep(end)
		}
	}
	return nil
}

// Part takes a link away that nobody has proposed anything of. A guard holds it as it
// was read.
func (p *Proposal) Part(r *entity.Relationship, e store.Edge) error {
	if p.Draft.links(e.EdgeKey) {
		return nil
	}
	if err := p.ownedLink(r); err != nil {
		return err
	}
	p.writes++
	p.Draft.Ops = append(p.Draft.Ops, store.RemoveEdge{EdgeKey: e.EdgeKey})
	p.Draft.Links = append(p.Draft.Links, &LinkChange{Rel: r, Key: e.EdgeKey, Exists: true, Goes: true, By: ByVerb, InputAt: InputAt{Path: "input"}})
	p.Guard(store.EdgeAt{EdgeKey: e.EdgeKey, Version: e.Version})
	return nil
}

// links reports whether a draft says something of a link.
func (d *Draft) links(key store.EdgeKey) bool {
	return slices.ContainsFunc(d.Links, func(l *LinkChange) bool { return l.Key == key })
}

// ownedLink refuses that a consequence writes a relationship that it does not own.
func (p *Proposal) ownedLink(r *entity.Relationship) error {
	if p.following != nil && !slices.Contains(p.following.Owns, r.Name) {
		return fmt.Errorf("the consequence %q does not own %s", p.following.Name, r.Name)
	}
	return nil
}
