package booked

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/store"
)

// Booking is the booking of a test environment, with what stands in that.
type Booking struct {
	Of    *domain.EnvironmentBooking
	Items []store.Node
}

// Key tells the booking from records of other kinds.
func (b *Booking) Key() string { return b.Of.Key + "\x00" + domain.KindBooking }

// Record is the booking.
func (b *Booking) Record() entity.Record { return b.Of }

// Touched are the items that stand in the environment.
func (b *Booking) Touched() (items, sites []store.Node) { return b.Items, nil }

// Seen is the booking as the search for conflicts sees it: it touches what stands in the
// environment, for as long as it is kept.
func (b *Booking) Seen(nodes func([]store.Node) []conflict.Node) conflict.Work {
	return conflict.Work{Key: b.Key(), When: b.Of.Keeps(), Items: nodes(b.Items), Anytime: true}
}

// bookings reads the bookings in some periods, by key.
func bookings(ctx context.Context, v estate.View, periods []domain.TimeRange) (map[string]Work, error) {
	known := map[string]Work{}
	found, err := estate.All[*domain.EnvironmentBooking](ctx, v, store.Query{Filter: met("startsAt", "endsAt", periods)})
	if err != nil || len(found) == 0 {
		return known, err
	}
	places, err := v.Far(ctx, entity.IDsOf(found), domain.RelBooks, store.Out, domain.KindTestEnvironment)
	if err != nil {
		return nil, err
	}
	var all []store.ID
	for _, list := range places {
		all = append(all, store.IDsOf(list)...)
	}
	slices.Sort(all)
	items, err := v.Far(ctx, slices.Compact(all), domain.RelComprises, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	for _, b := range found {
		one := &Booking{Of: b}
		for _, place := range places[store.ID(b.ID)] {
			one.Items = append(one.Items, items[place.ID]...)
		}
		known[one.Key()] = one
	}
	return known, nil
}

// Bookings are bookings by time.
type Bookings struct{ all []*Booking }

// All are all of them.
func (l *Bookings) All() []*Booking { return l.all }

// TotalCount is how many there are.
func (l *Bookings) TotalCount() int { return len(l.all) }

// Nodes are the first of them.
func (l *Bookings) Nodes(first int) ([]*domain.EnvironmentBooking, error) {
	limit, err := listing.PageLength(&first)
	if err != nil {
		return nil, err
	}
	nodes := make([]*domain.EnvironmentBooking, min(limit, len(l.all)))
	for i := range nodes {
		nodes[i] = l.all[i].Of
	}
	return nodes, nil
}
