package environment

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Consequences are what follows for test environments.
func (a *Area) Consequences() []estate.Consequence {
	const anyMeans = estate.ByMutation | estate.ByVerb | estate.ByImport
	return []estate.Consequence{
		{
			Name: "R12 what is not tested gives its environments back", Binds: anyMeans,
			Minds: estate.Interest{Kinds: []string{domain.KindRelease}},
			Owns:  []string{"EnvironmentBooking.cancelledAt"}, Follow: rules{a}.freeBookings,
		},
		{
			Name: "R12 bookings are counted", Binds: anyMeans,
			Minds: estate.Interest{Kinds: []string{domain.KindBooking, domain.KindTestEnvironment}, Rels: []string{domain.RelBooks}},
			Owns:  []string{"TestEnvironment.bookingCount"}, Follow: rules{a}.countBookings,
		},
	}
}

// freeBookings gives back what is still booked for a release that is cancelled, or
// planned again.
func (a rules) freeBookings(ctx context.Context, p *estate.Proposal) error {
	var ids []store.ID
	for _, c := range p.Records {
		was, had := c.Before.(*domain.Release)
		now, is := c.After.(*domain.Release)
		if had && is && was.Status != now.Status && (now.Status == domain.ReleaseCancelled || now.Status == domain.ReleasePlanned) {
			ids = append(ids, store.ID(was.ID))
		}
	}
	booked, err := estate.Linked[*domain.EnvironmentBooking](ctx, a.estate.Everything(), ids, domain.RelBookedFor, store.In)
	if err != nil {
		return err
	}
	for _, id := range ids {
		for _, b := range booked[id] {
			if !b.OpenAt(p.Now()) {
				continue
			}
			if err := p.Change(b, func(after entity.Record) { after.(*domain.EnvironmentBooking).Cancel(nil, p.Now()) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// countBookings counts what is booked and given up with the environment, so that two
// who book at once see each other.
func (a rules) countBookings(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	places, had := map[string]*domain.TestEnvironment{}, map[string]int{}
	var ids []store.ID
	for _, c := range p.Records {
		switch was := c.Before.(type) {
		case *domain.TestEnvironment:
			had[was.ID] = was.BookingCount
		case *domain.EnvironmentBooking:
			ids = append(ids, store.ID(was.ID))
		}
	}
	note := func(e *domain.TestEnvironment) {
		if e.Version == 0 || p.Settled(e.Key) {
			return
		}
		places[e.ID] = e
		if _, known := had[e.ID]; !known {
			had[e.ID] = e.BookingCount
		}
	}
	booked, err := estate.Linked[*domain.TestEnvironment](ctx, a.estate.Everything(), ids, domain.RelBooks, store.Out)
	if err != nil {
		return err
	}
	for _, id := range ids {
		for _, e := range booked[id] {
			note(e)
		}
	}
	for _, l := range p.Links {
		if e, ok := l.To.(*domain.TestEnvironment); ok && !l.Stays {
			note(e)
		}
	}
	for id, e := range places {
		if err := p.Change(e, func(after entity.Record) {
			if now := after.(*domain.TestEnvironment); now.BookingCount == had[id] {
				now.BookingCount++
			}
		}); err != nil {
			return err
		}
	}
	return nil
}
