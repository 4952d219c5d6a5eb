// Package booked reads for what times test environments are kept, with what stands
// in them.
package booked

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Booking is the booking of a test environment, with what stands in that.
type Booking struct {
	Record *domain.EnvironmentBooking
	Items  []store.Node
}

// Key tells the booking from records of other kinds.
func (b *Booking) Key() string { return b.Record.Key + "\x00" + domain.KindBooking }

// within selects bookings by time.
func within(periods []domain.TimeRange) store.Filter {
	var any store.Or
	for _, p := range periods {
		any = append(any, store.And{
			store.Compare{Property: "startsAt", Op: store.Lt, Value: p.To},
			store.Compare{Property: "endsAt", Op: store.Gt, Value: p.From},
		})
	}
	return any
}

// Within reads the bookings in some periods that a view shows, by key.
func Within(ctx context.Context, v estate.View, periods []domain.TimeRange) (map[string]*Booking, error) {
	found, err := estate.All[*domain.EnvironmentBooking](ctx, v, store.Query{Filter: within(periods)})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	ids := make([]store.ID, len(found))
	for i, b := range found {
		ids[i] = store.ID(b.ID)
	}
	places, err := v.Far(ctx, ids, domain.RelBooks, store.Out, domain.KindTestEnvironment)
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
	known := make(map[string]*Booking, len(found))
	for _, b := range found {
		one := &Booking{Record: b}
		for _, place := range places[store.ID(b.ID)] {
			one.Items = append(one.Items, items[place.ID]...)
		}
		known[one.Key()] = one
	}
	return known, nil
}

// List is bookings by time.
type List struct{ all []*Booking }

// Add adds a booking that begins no earlier than those before it.
func (l *List) Add(b *Booking) { l.all = append(l.all, b) }

// All are all of them.
func (l *List) All() []*Booking { return l.all }

// TotalCount is how many there are.
func (l *List) TotalCount() int { return len(l.all) }

// Nodes are the first of them.
func (l *List) Nodes(first int) ([]*domain.EnvironmentBooking, error) {
	limit, err := listing.PageLength(&first)
	if err != nil {
		return nil, err
	}
	nodes := make([]*domain.EnvironmentBooking, min(limit, len(l.all)))
	for i := range nodes {
		nodes[i] = l.all[i].Record
	}
	return nodes, nil
}
