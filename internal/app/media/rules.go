package media

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Rules are the rules of media and licences.
func (a *Area) Rules() []estate.Rule {
	const mutationOrImport = estate.ByMutation | estate.ByImport
	return []estate.Rule{
		{Name: "L1 what is accepted never changes", Binds: mutationOrImport, Minds: estate.Interest{Kinds: []string{domain.KindMediaItem}, Rels: []string{domain.RelMasterOf}}, Check: acceptedStays},
		{Name: "L1 one master of a version", Binds: estate.ByMutation, Minds: estate.Interest{Rels: []string{domain.RelMasterOf}}, Check: rules{a}.oneMaster},
		{Name: "L3 a licence in use stays", Binds: mutationOrImport, Minds: estate.Interest{Kinds: []string{domain.KindLicence}}, Check: rules{a}.licenceStays},
	}
}

// acceptedStays refuses to change or to remove what was accepted, and to declare
// anew what was received (L1). Whatever the
// means: what was deployed must be what is kept.
func acceptedStays(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.MediaItem)
		switch {
		case !ok:
		case !was.Status.Fixed() && c.Gone():
		case !was.Status.Fixed():
			p.Refuse(c, was.CheckReceived(c.After.(*domain.MediaItem))...)
		case c.Gone():
			p.Refuse(c, domain.Breaks("L1", "", "%s is %s, and stays: retire it (%s)", was.Key, was.Status, domain.RetireMediaItem))
		default:
			p.Refuse(c, was.CheckFixed(c.After.(*domain.MediaItem))...)
		}
	}
	for _, l := range p.Links {
		m, ok := l.From.(*domain.MediaItem)
		if ok && m.Version > 0 && !l.Stays && (!l.Exists || l.Goes) && m.Status.Fixed() && l.By == estate.ByMutation {
			p.Refuse(l, domain.Breaks("L1", "from", "%s is %s: what it is a copy of never changes", m.Key, m.Status))
		}
	}
	return nil
}

// oneMaster refuses a second master copy of one version of an item.
func (a rules) oneMaster(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, l := range p.Links {
		m, ok := l.From.(*domain.MediaItem)
		item, is := l.To.(*domain.ConfigurationItem)
		if !ok || !is || l.Goes || l.Stays {
			continue
		}
		c, err := a.policies.ForItems(ctx, a.estate.Unnamed(ctx), []*domain.ConfigurationItem{item})
		if err != nil {
			return err
		}
		versions := policy.NumberingOf(c.Policy).Items
		if _, err := versions.Read(m.ProductVersion); err != nil {
			p.Refuse(l, domain.Breaks("R3", "from", "of %s: %s", m.Key, err))
			continue
		}
		far, err := estate.Linked[*domain.MediaItem](ctx, a.estate.Unnamed(ctx), []store.ID{store.ID(item.ID)}, domain.RelMasterOf, store.In)
		if err != nil {
			return err
		}
		for _, other := range far[store.ID(item.ID)] {
			if other.ID != m.ID && other.Kind == m.Kind && versions.Same(other.ProductVersion, m.ProductVersion) {
				p.Refuse(l, domain.Breaks("L1", "from", "%s %s has a master copy already: %s (%s)", item.Key, m.ProductVersion, other.Key, other.Status))
			}
		}
		p.Keep(item) // two who connect a copy at once both hold the item
	}
	return nil
}

// licenceStays refuses to remove a licence by which something is used (L3).
func (a rules) licenceStays(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		if !c.Gone() {
			continue
		}
		id := store.ID(c.Before.Meta().ID)
		counts, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{id}, Rel: domain.RelLicensedBy, Direction: store.In})
		if err != nil {
			return refusal.OfStore(err)
		}
		if counts[0] > 0 {
			p.Refuse(c, domain.Breaks("L3", "", "%s is used: end it (endLicence)", c.Before.Meta().Key))
		} else {
			p.Guard(store.NoEdges{ID: id, Rel: domain.RelLicensedBy, Direction: store.In})
		}
	}
	return nil
}
