// Package feed hands out the forward schedule as calendar files, under secret addresses
// too.
package feed

import (
	"context"
	"crypto/rand"
	"net/url"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/calendar"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/schedule"
	"releasegraph/internal/store"
)

// Area holds the use cases of calendar feeds.
type Area struct {
	estate   *estate.Estate
	calendar *calendar.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, calendar *calendar.Area) *Area {
	return &Area{estate: e, calendar: calendar}
}

// Path is where the server answers with the calendar feed.
const Path = "/calendar.ics"

// Created is what creating a feed did.
type Created struct {
	CalendarFeed *domain.CalendarFeed
	Path         *string // once
	Revision     int64
	DryRun       bool
	Changes      []domain.Change
}

// Create makes a secret address of the forward schedule (H5).
func (a *Area) Create(ctx context.Context, key, name string, site, service *domain.Ref, o *domain.WriteOptions) (*Created, error) {
	secret := domain.FeedSecret + rand.Text() + rand.Text()
	m := estate.Mutation{Action: authz.Create, Kind: domain.KindCalendarFeed, Options: o, Input: []any{"create", domain.KindCalendarFeed, key, name, site, service}}
	written, err := a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		record, newErr := k.Bring(map[string]any{"key": key, "name": name, "createdBy": acting.Name(ctx), "fingerprint": domain.Fingerprint(secret)}, "input")
		var at, of store.Node
		r := &estate.Refs{View: a.estate.Today(ctx)}
		if site != nil {
			r.Want(domain.KindSite, *site, "input.site", &at)
		}
		if service != nil {
			r.Want(domain.KindConfigurationItem, *service, "input.service", &of)
		}
		if err := refusal.Both(newErr, r.Resolve(ctx)); err != nil {
			return nil, nil, err
		}
		f := record.(*domain.CalendarFeed)
		f.Sources = domain.BroughtBy(domain.SourceAPI)
		d, _ := a.estate.Creating(f)
		d.Join(domain.RelFeedAt, f, at.ID)
		d.Join(domain.RelFeedOf, f, of.ID)
		return d, f, nil
	})
	return created(written, secret, err)
}

func created(w *estate.Written, secret string, err error) (*Created, error) {
	if err != nil {
		return nil, err
	}
	f, _ := w.Record.(*domain.CalendarFeed)
	out := &Created{CalendarFeed: f, Revision: w.Revision, DryRun: w.DryRun, Changes: w.Changes}
	// Two of the same may have met, of which the other's secret is kept.
	if f != nil && !w.DryRun && f.Fingerprint == domain.Fingerprint(secret) {
		path := Path + "?secret=" + url.QueryEscape(secret)
		out.Path = &path
	}
	return out, nil
}

// The part of the schedule that a feed holds: the last quarter, and a year.
const (
	feedBehind = 90 * 24 * time.Hour
	feedAhead  = 366 * 24 * time.Hour
)

// Calendar returns the forward schedule as an iCalendar file, for whoever asks,
// at a site or for a service where one is named (H5).
func (a *Area) Calendar(ctx context.Context, site, service *domain.Ref) (string, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindChangeRequest); err != nil {
		return "", err
	}
	return a.file(ctx, "Forward schedule of change", site, service)
}

// BySecret returns the calendar of a feed, for whoever knows its secret;
// named sites and services narrow it further.
func (a *Area) BySecret(ctx context.Context, secret string, site, service *domain.Ref) (string, error) {
	v := a.estate.Everything()
	found, err := v.Lookup(ctx, domain.KindCalendarFeed, "fingerprint", domain.Fingerprint(secret))
	if err != nil {
		return "", refusal.OfStore(err)
	}
	n, ok := found[domain.Fingerprint(secret)]
	if !ok {
		return "", &domain.Error{Code: domain.NotFound, Message: "there is no calendar at this address; it may have been revoked"}
	}
	ctx = acting.WithActor(ctx, domain.Actor{Name: "calendar feed", Roles: []domain.Role{domain.Viewer}})
	name, _ := n.Props["name"].(string)
	var own [2]*domain.Ref
	for i, end := range []struct{ rel, kind string }{{domain.RelFeedAt, domain.KindSite}, {domain.RelFeedOf, domain.KindConfigurationItem}} {
		far, err := v.Far(ctx, []store.ID{n.ID}, end.rel, store.Out, end.kind)
		if err != nil {
			return "", err
		}
		for _, f := range far[n.ID] {
			id := string(f.ID)
			own[i] = &domain.Ref{ID: &id}
		}
	}
	return a.file(ctx, name, narrower(own[0], site), narrower(own[1], service))
}

// narrower returns a feed's own reference, or the one asked for where it has
// none: a secret never shows more than it was made for.
func narrower(own, asked *domain.Ref) *domain.Ref {
	if own != nil {
		return own
	}
	return asked
}

func (a *Area) file(ctx context.Context, name string, site, service *domain.Ref) (string, error) {
	// The same day gives the same file, as long as nothing is changed.
	today := a.estate.Clock().Truncate(24 * time.Hour)
	during := domain.TimeRange{From: today.Add(-feedBehind), To: today.Add(feedAhead)}
	list, besides, err := a.calendar.Scheduled(ctx, during, site, service)
	if err != nil {
		return "", err
	}
	entries := make([]schedule.Entry, len(list))
	for i, c := range list {
		if entries[i], err = entryOf(ctx, c); err != nil {
			return "", err
		}
	}
	for _, b := range besides.Bookings.All() {
		entries = append(entries, entryOfBooking(b))
	}
	for _, r := range besides.Rollouts.All() {
		entry, err := entryOfRollout(ctx, r)
		if err != nil {
			return "", err
		}
		entries = append(entries, entry)
	}
	return schedule.Calendar(name, entries), nil
}
