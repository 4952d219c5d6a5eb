package environment

import (
	"context"
	"fmt"
	"strings"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/environment"
	"releasegraph/internal/store"
)

// Book is a booking to make.
type Book struct {
	Environment domain.Ref
	Release     domain.Ref
	StartsAt    time.Time
	EndsAt      time.Time
	Comment     *string
}

// BookTestEnvironment keeps a test environment for a release, for a time that no
// other booking keeps (R12). A guard holds the environment, which counts its bookings.
func (a *Area) BookTestEnvironment(ctx context.Context, in Book, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: book, Kind: domain.KindBooking, Options: o, Input: []any{"book", domain.KindBooking, in}}
	return a.estate.Mutate(ctx, m, func(*entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindTestEnvironment), in.Environment, "input.environment")
		if err != nil {
			return nil, nil, err
		}
		place := found.(*domain.TestEnvironment)
		of, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindRelease), in.Release, "input.release")
		if err != nil {
			return nil, nil, err
		}
		r := of.(*domain.Release)
		key, err := a.records.FreeKey(ctx, domain.KindBooking, place.Key, "booking", place.BookingCount+1)
		if err != nil {
			return nil, nil, err
		}
		b := &domain.EnvironmentBooking{StartsAt: in.StartsAt, EndsAt: in.EndsAt, Comment: in.Comment, BookedBy: acting.Name(ctx), BookedAt: a.estate.Clock()}
		b.Key, b.Name, b.Sources = key, place.Key+" for "+r.Key, domain.BroughtBy(domain.SourceAPI)
		if err := a.mayBook(ctx, b, place, r); err != nil {
			return nil, nil, err
		}
		d, _ := a.estate.Creating(b)
		d.Known = append(d.Known, place, r)
		d.Hold(place, r)
		d.Join(domain.RelBooks, b, store.ID(place.ID))
		d.Join(domain.RelBookedFor, b, store.ID(r.ID))
		return d, b, nil
	})
}

// mayBook says all that is wrong with a booking.
func (a *Area) mayBook(ctx context.Context, b *domain.EnvironmentBooking, place *domain.TestEnvironment, r *domain.Release) error {
	es := b.Check().Under("input")
	if !r.Status.Bookable() {
		es = append(es, domain.Breaks("R12", "input.release", "%s is %s: environments are booked for what is still to be tested", r.Key, r.Status))
	}
	if now := a.estate.Clock(); !b.EndsAt.After(now) {
		es = append(es, domain.Breaks("R12", "input.endsAt", "is past: it is %s", instant(now)))
	}
	if len(es) > 0 {
		return es.Err()
	}
	e, err := a.taken(ctx, store.ID(place.ID), b.Keeps(), "input.startsAt")
	if err != nil {
		return err
	}
	if e != nil {
		return e
	}
	return nil
}

// taken says which bookings keep any of a time, and when the environment is free, or
// nil. Releases are named as far as the caller may see them.
func (a *Area) taken(ctx context.Context, place store.ID, when domain.TimeRange, field string) (*domain.Error, error) {
	booked, err := a.bookings(ctx, a.estate.Unnamed(ctx), place)
	if err != nil {
		return nil, err
	}
	var others []string
	for _, b := range environment.Overlapping(booked[place], when) {
		others = append(others, fmt.Sprintf("%s keeps it for %s from %s to %s", b.Key, b.Release, instant(b.Keeps.From), instant(b.Keeps.To)))
	}
	if len(others) == 0 {
		return nil, nil
	}
	free := "it is not free for so long within 90 days"
	if slot, found := environment.FreeSlot(booked[place], when); found {
		free = "it is free from " + instant(slot.From)
	}
	return domain.Breaks("R12", field, "meets another booking: %s; %s", strings.Join(others, ", "), free), nil
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// bookings reads when some environments are kept, and for what.
func (a *Area) bookings(ctx context.Context, v estate.View, places ...store.ID) (map[store.ID][]environment.Booking, error) {
	booked, err := estate.Linked[*domain.EnvironmentBooking](ctx, v, places, domain.RelBooks, store.In)
	if err != nil {
		return nil, err
	}
	var ids []store.ID
	for _, id := range places {
		for _, b := range booked[id] {
			ids = append(ids, store.ID(b.ID))
		}
	}
	releases, err := v.Far(ctx, ids, domain.RelBookedFor, store.Out, domain.KindRelease)
	if err != nil {
		return nil, err
	}
	list := map[store.ID][]environment.Booking{}
	for _, id := range places {
		for _, b := range booked[id] {
			one := environment.Booking{ID: b.ID, Key: b.Key, Keeps: b.Keeps(), Release: "no release"}
			for _, n := range releases[store.ID(b.ID)] {
				one.Release, one.For = n.Props.Text("key"), string(n.ID)
			}
			list[id] = append(list[id], one)
		}
	}
	return list, nil
}

// CancelEnvironmentBooking gives a booking up: from now on it keeps nothing.
func (a *Area) CancelEnvironmentBooking(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: book, Kind: domain.KindBooking, Options: o.Because(in.Reason), Input: []any{"cancel", domain.KindBooking, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, book, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		before, now := found.(*domain.EnvironmentBooking), a.estate.Clock()
		if !before.OpenAt(now) {
			return nil, nil, domain.Breaks("R12", "input.ref", "%s is over, or was given up", before.Key)
		}
		after := entity.Clone(before).(*domain.EnvironmentBooking)
		after.Cancel(optional.Text(acting.Name(ctx)), now)
		d := &estate.Draft{}
		d.Decide(before, after)
		return d, after, nil
	})
}
