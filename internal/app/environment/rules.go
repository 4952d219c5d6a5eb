package environment

import (
	"context"

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
// is booked one after the other is looked at by bookTestEnvironment.
func (a rules) apart(ctx context.Context, p *estate.Proposal) error {
	places, err := a.bookedNow(ctx, p)
	if err != nil {
		return err
	}
	for _, l := range places {
		overlapping := environment.Overlapping(l.others, l.keeps)
		if len(overlapping) > 0 {
			p.Refuse(l.at, domain.Breaks("R12", "", "meets another booking of the environment: %s", overlapping[0].Key))
		}
	}
	return nil
}

// brought is a booking that an import brings, with the others of its environment.
type brought struct {
	at     estate.Placed
	keeps  domain.TimeRange
	others []environment.Booking
}

// bookedNow puts to each booking that is proposed the others of its environment, as
// they would be. Guards hold that nobody books meanwhile.
func (a rules) bookedNow(ctx context.Context, p *estate.Proposal) (list []brought, err error) {
	if err := p.Ends(ctx); err != nil {
		return nil, err
	}
	would := map[store.ID]*domain.EnvironmentBooking{}
	var old []store.ID
	for _, c := range p.Records {
		now, ok := c.After.(*domain.EnvironmentBooking)
		if !ok {
			continue
		}
		would[store.ID(now.ID)] = now
		if !c.Created() {
			old = append(old, store.ID(now.ID))
		}
	}
	placed, err := estate.Linked[*domain.TestEnvironment](ctx, a.estate.Unnamed(ctx), old, domain.RelBooks, store.Out)
	if err != nil {
		return nil, err
	}
	type one struct {
		at      estate.Placed
		booking *domain.EnvironmentBooking
		place   store.ID
	}
	var all []one
	places := map[store.ID]bool{}
	add := func(at estate.Placed, b *domain.EnvironmentBooking, place store.ID) {
		all, places[place] = append(all, one{at, b, place}), true
	}
	for _, c := range p.Records {
		if now, ok := c.After.(*domain.EnvironmentBooking); ok {
			for _, e := range placed[store.ID(now.ID)] {
				add(c, now, store.ID(e.ID))
			}
		}
	}
	for _, l := range p.Links {
		if b, ok := l.From.(*domain.EnvironmentBooking); ok && !l.Goes && !l.Stays {
			if now := would[store.ID(b.ID)]; now != nil {
				b = now
			}
			add(l, b, l.Key.To)
		}
	}
	ids := make([]store.ID, 0, len(places))
	for id := range places {
		ids = append(ids, id)
	}
	known, err := estate.Linked[*domain.EnvironmentBooking](ctx, a.estate.Unnamed(ctx), ids, domain.RelBooks, store.In)
	if err != nil {
		return nil, err
	}
	since, err := a.estate.Head(ctx)
	if err != nil {
		return nil, err
	}
	p.Guard(store.Unchanged{Since: store.Revision(since), Rel: domain.RelBooks})
	for i, n := range all {
		b := brought{at: n.at, keeps: n.booking.Keeps()}
		for _, k := range known[n.place] {
			if k.ID != n.booking.ID && would[store.ID(k.ID)] == nil {
				b.others = append(b.others, environment.Booking{Key: k.Key, Keeps: k.Keeps()})
			}
		}
		for _, m := range all[:i] {
			if m.place == n.place && m.booking.ID != n.booking.ID {
				b.others = append(b.others, environment.Booking{Key: m.booking.Key, Keeps: m.booking.Keeps()})
			}
		}
		list = append(list, b)
	}
	return list, nil
}
