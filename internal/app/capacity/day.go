// Package capacity reads how much of roll-outs parties take on a day, and what is planned for
// it (P13).
package capacity

import (
	"context"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// Days are the days of parties, with what is planned for them.
type Days struct {
	view estate.View
	// supporting are the parties with limits that support what a step receives, by step.
	supporting map[store.ID][]*domain.Party
	// taken are the steps that are planned for a day besides, by party and date.
	taken map[spot][]store.ID
	// planned are the steps of a day as they were read.
	planned map[spot][]store.ID
	users   map[store.ID][]*domain.Site
}

// spot is a day of a party.
type spot struct{ party, date string }

// New returns the days as a view shows them.
func New(v estate.View) *Days {
	return &Days{v, map[store.ID][]*domain.Party{}, map[spot][]store.ID{}, map[spot][]store.ID{}, map[store.ID][]*domain.Site{}}
}

// Limited reports whether a party that supports what a step receives takes only so much a
// day: then what is read of days holds only while no step changes.
func (d *Days) Limited(ctx context.Context, step store.ID) (bool, error) {
	list, err := d.parties(ctx, step)
	return len(list) > 0, err
}

// Full says which parties that support what a step receives take no more on the day that it
// begins: all roll-outs that are planned for it count (P13). Until is when the last of
// these days ends, zero: none is full.
func (d *Days) Full(ctx context.Context, step store.ID, at domain.TimeRange) (es domain.Errors, until time.Time, err error) {
	list, err := d.parties(ctx, step)
	if err != nil {
		return nil, until, err
	}
	for _, party := range list {
		day, during, err := d.day(ctx, step, party, at)
		if err != nil {
			return nil, until, err
		}
		if e := day.CheckDay(); e != nil {
			es = append(es, e)
			if during.To.After(until) {
				until = during.To
			}
		}
	}
	return es, until, nil
}

// Take counts a step on the day on which it is to begin.
func (d *Days) Take(ctx context.Context, step store.ID, at domain.TimeRange) error {
	list, err := d.parties(ctx, step)
	if err != nil {
		return err
	}
	for _, party := range list {
		_, date, err := running.DayOf(party, at.From)
		if err != nil {
			return err
		}
		on := spot{party.ID, date}
		d.taken[on] = append(d.taken[on], step)
	}
	return nil
}

// parties are those with limits that support what a step receives.
func (d *Days) parties(ctx context.Context, step store.ID) ([]*domain.Party, error) {
	if known, is := d.supporting[step]; is {
		return known, nil
	}
	received, err := d.view.Far(ctx, []store.ID{step}, domain.RelReceives, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	items := store.IDsOf(received[step])
	supporting, err := estate.Linked[*domain.Party](ctx, d.view, items, domain.RelSupportedBy, store.Out)
	if err != nil {
		return nil, err
	}
	seen, list := map[string]bool{}, []*domain.Party{}
	for _, item := range items {
		for _, party := range supporting[item] {
			if !seen[party.ID] && (party.SitesPerDay != nil || party.UsersPerDay != nil) {
				seen[party.ID], list = true, append(list, party)
			}
		}
	}
	d.supporting[step] = list
	return list, nil
}

// day counts what is planned for a party on the day of a step, with that.
func (d *Days) day(ctx context.Context, step store.ID, party *domain.Party, at domain.TimeRange) (day running.Day, during domain.TimeRange, err error) {
	during, date, err := running.DayOf(party, at.From)
	if err != nil {
		return day, during, err
	}
	on := spot{party.ID, date}
	planned, is := d.planned[on]
	if !is {
		if planned, err = d.read(ctx, party, during); err != nil {
			return day, during, err
		}
		d.planned[on] = planned
	}
	day = running.Day{Party: party, Date: date}
	steps, known := append(append([]store.ID{step}, planned...), d.taken[on]...), map[string]bool{}
	if err := d.readUsers(ctx, steps); err != nil {
		return day, during, err
	}
	for _, one := range steps {
		for _, site := range d.users[one] {
			if !known[site.ID] {
				known[site.ID] = true
				day.Sites, day.Users = day.Sites+1, day.Users+optional.Or(site.Users, 0)
			}
		}
	}
	return day, during, nil
}

// read lists the steps that are planned for a party on a day.
func (d *Days) read(ctx context.Context, party *domain.Party, during domain.TimeRange) (steps []store.ID, err error) {
	id := store.ID(party.ID)
	supported, err := d.view.Far(ctx, []store.ID{id}, domain.RelSupportedBy, store.In, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	pages, err := d.view.Edges(ctx, store.EdgeQuery{
		Nodes: store.IDsOf(supported[id]), Rel: domain.RelReceives, Direction: store.In, Kind: domain.KindSiteRollout, Filter: store.And{
			store.Compare{Property: "windowFrom", Op: store.Gte, Value: during.From}, store.Compare{Property: "windowFrom", Op: store.Lt, Value: during.To},
			store.Not{Filter: store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf([]domain.SiteRolloutStatus{domain.SiteSkipped, domain.SiteBackedOut})}},
		},
	})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	for _, page := range pages {
		steps = append(steps, store.IDsOf(page.Nodes)...)
	}
	return steps, nil
}

// readUsers reads the sites of steps, as far as they were not.
func (d *Days) readUsers(ctx context.Context, steps []store.ID) error {
	var fresh []store.ID
	for _, id := range steps {
		if _, is := d.users[id]; !is {
			d.users[id], fresh = nil, append(fresh, id)
		}
	}
	sites, err := estate.Linked[*domain.Site](ctx, d.view, fresh, domain.RelTargets, store.Out)
	for id, list := range sites {
		d.users[id] = list
	}
	return err
}
