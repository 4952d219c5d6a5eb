package environment

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/environment"
	"releasegraph/internal/store"
)

// Rules are the rules of test environments.
func (a *Area) Rules() []estate.Rule {
	return []estate.Rule{
		{Name: "R12 bookings never overlap", Binds: estate.ByImport, Minds: estate.Interest{Kinds: []string{domain.KindBooking}, Rels: []string{domain.RelBooks}}, Check: rules{a}.apart},
		{Name: "R12 a stand-in is of no live environment", Binds: estate.ByMutation | estate.ByImport, Minds: estate.Interest{Rels: []string{domain.RelStandsFor}}, Check: rules{a}.standsForLive},
	}
}

// standsForLive holds a stand-in to be of an environment in which is tested, and to
// stand for a live item.
func (a rules) standsForLive(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, l := range p.Links {
		from, ok := l.From.(*domain.ConfigurationItem)
		to, is := l.To.(*domain.ConfigurationItem)
		if !ok || !is || l.Goes || l.Stays {
			continue
		}
		if from.Environment == domain.Live {
			p.Refuse(l, domain.Breaks("R12", "from", "%s is LIVE: what stands in for a live item is of another environment", from.Key))
		}
		if to.Environment != domain.Live {
			p.Refuse(l, domain.Breaks("R12", "to", "%s is of %s: items stand in for live ones", to.Key, to.Environment))
		}
	}
	return nil
}

// apart refuses that an import brings a booking that keeps what another one keeps. What
// is booked by hand is looked at by BookTestEnvironment. A guard holds that nobody books
// meanwhile.
func (a rules) apart(ctx context.Context, p *estate.Proposal) error {
	since, err := a.estate.Head(ctx)
	if err != nil {
		return err
	}
	p.Guard(store.Unchanged{Since: store.Revision(since), Rel: domain.RelBooks})
	brought, err := a.brought(ctx, p)
	if err != nil {
		return err
	}
	places := slices.Sorted(maps.Keys(brought))
	known, err := a.bookings(ctx, a.estate.Unnamed(ctx), places...)
	if err != nil {
		return err
	}
	for _, place := range places {
		list, of := known[place], brought[place]
		list = slices.DeleteFunc(list, func(b environment.Booking) bool { return of[b.ID] != nil })
		for _, one := range of {
			list = append(list, one.Booking)
		}
		for _, clash := range environment.Clashes(list) {
			one, other := of[clash.Later.ID], clash.Earlier
			if one == nil {
				one, other = of[clash.Earlier.ID], clash.Later
			}
			if one != nil {
				p.Refuse(one.at, domain.Breaks("R12", "", "meets another booking of the environment: %s", other.Key))
			}
		}
	}
	return nil
}

// brought is a booking that an import brings, and where it stands there.
type brought struct {
	environment.Booking
	at estate.Placed
}

// brought are the bookings that a proposal brings or moves, by the environments that
// they would keep and by their ids.
func (a rules) brought(ctx context.Context, p *estate.Proposal) (map[store.ID]map[string]*brought, error) {
	if err := p.Ends(ctx); err != nil {
		return nil, err
	}
	of := map[store.ID]map[string]*brought{}
	add := func(at estate.Placed, b *domain.EnvironmentBooking, place store.ID) {
		if of[place] == nil {
			of[place] = map[string]*brought{}
		}
		of[place][b.ID] = &brought{environment.Booking{ID: b.ID, Key: b.Key, Keeps: b.Keeps()}, at}
	}
	goes := map[store.EdgeKey]bool{}
	would := map[string]*domain.EnvironmentBooking{}
	for _, c := range p.Records {
		if b, ok := c.After.(*domain.EnvironmentBooking); ok {
			would[b.ID] = b
		}
	}
	for _, l := range p.Links {
		b, ok := l.From.(*domain.EnvironmentBooking)
		if goes[l.Key] = l.Goes; !ok || l.Goes {
			continue
		}
		if now := would[b.ID]; now != nil {
			b = now
		}
		add(l, b, l.Key.To)
	}
	return of, a.moved(ctx, p, func(c *estate.RecordChange, b *domain.EnvironmentBooking, key store.EdgeKey) {
		if !goes[key] {
			add(c, b, key.To)
		}
	})
}

// moved finds the bookings that change, with the links to the environments that they
// keep already.
func (a rules) moved(ctx context.Context, p *estate.Proposal, found func(*estate.RecordChange, *domain.EnvironmentBooking, store.EdgeKey)) error {
	var ids []store.ID
	for _, c := range p.Records {
		if !c.Created() {
			ids = append(ids, store.ID(c.Before.Meta().ID))
		}
	}
	kept, err := a.estate.Everything().Far(ctx, ids, domain.RelBooks, store.Out, domain.KindTestEnvironment)
	for _, c := range p.Records {
		b, ok := c.After.(*domain.EnvironmentBooking)
		if !ok {
			continue
		}
		id := store.ID(b.ID)
		for _, place := range kept[id] {
			found(c, b, store.EdgeKey{Rel: domain.RelBooks, From: id, To: place.ID})
		}
	}
	return err
}
