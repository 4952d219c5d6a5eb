// Package booked reads what takes place besides requests for change: for what times test
// environments are kept, and when roll-outs come to sites.
package booked

import (
	"context"
	"maps"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/store"
)

// Work takes place besides requests for change.
type Work interface {
	// Key tells it from all other work.
	Key() string
	// Record is what it is told by.
	Record() entity.Record
	// Touched are the items that it touches, and the sites at which it takes place.
	Touched() (items, sites []store.Node)
	// Seen is the work as the search for conflicts sees it, with its items and sites as
	// nodes of the graph.
	Seen(nodes func([]store.Node) []conflict.Node) conflict.Work
}

// Within reads what takes place in some periods as a view shows it, by key: bookings, and
// roll-outs whose waves have one of some statuses.
func Within(ctx context.Context, v estate.View, periods []domain.TimeRange, statuses []domain.WaveStatus) (map[string]Work, error) {
	known, err := bookings(ctx, v, periods)
	if err != nil {
		return nil, err
	}
	rollouts, err := rollouts(ctx, v, periods, statuses)
	maps.Copy(known, rollouts)
	return known, err
}

// met selects records by when they begin and end.
func met(from, to string, periods []domain.TimeRange) store.Filter {
	var any store.Or
	for _, p := range periods {
		any = append(any, store.And{store.Compare{Property: from, Op: store.Lt, Value: p.To}, store.Compare{Property: to, Op: store.Gt, Value: p.From}})
	}
	return any
}

// Lists are what takes place in a period, by time.
type Lists struct {
	Bookings Bookings
	Rollouts Rollouts
}

// Add adds work that begins no earlier than what was added before it.
func (l *Lists) Add(w Work) {
	switch w := w.(type) {
	case *Booking:
		l.Bookings.all = append(l.Bookings.all, w)
	case *Rollout:
		l.Rollouts.all = append(l.Rollouts.all, w)
	}
}
