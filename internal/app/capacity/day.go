// Package capacity reads how much of roll-outs parties take on a day, and what is planned for
// it (P13).
package capacity

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// Full says which parties that support what a step receives take no more on the day that it
// begins: all roll-outs that are planned for it count (P13). It reports whether any party
// has a limit: then what was read holds only while no step changes.
func Full(ctx context.Context, v estate.View, step store.ID, at domain.TimeRange) (es domain.Errors, limited bool, err error) {
	received, err := v.Far(ctx, []store.ID{step}, domain.RelReceives, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return nil, false, err
	}
	items := store.IDsOf(received[step])
	supporting, err := estate.Linked[*domain.Party](ctx, v, items, domain.RelSupportedBy, store.Out)
	if err != nil {
		return nil, false, err
	}
	seen := map[string]bool{}
	for _, item := range items {
		for _, party := range supporting[item] {
			if seen[party.ID] || party.SitesPerDay == nil && party.UsersPerDay == nil {
				continue
			}
			seen[party.ID] = true
			day, err := dayOf(ctx, v, step, party, at)
			if err != nil {
				return nil, false, err
			}
			if e := day.CheckDay(); e != nil {
				es = append(es, e)
			}
		}
	}
	return es, len(seen) > 0, nil
}

// dayOf counts what is planned for a party on the day of a step, with that.
func dayOf(ctx context.Context, v estate.View, step store.ID, party *domain.Party, at domain.TimeRange) (day running.Day, err error) {
	during, date, err := running.DayOf(party, at.From)
	if err != nil {
		return day, err
	}
	id := store.ID(party.ID)
	supported, err := v.Far(ctx, []store.ID{id}, domain.RelSupportedBy, store.In, domain.KindConfigurationItem)
	if err != nil {
		return day, err
	}
	pages, err := v.Edges(ctx, store.EdgeQuery{
		Nodes: store.IDsOf(supported[id]), Rel: domain.RelReceives, Direction: store.In, Kind: domain.KindSiteRollout, Filter: store.And{
			store.Compare{Property: "windowFrom", Op: store.Gte, Value: during.From}, store.Compare{Property: "windowFrom", Op: store.Lt, Value: during.To},
			store.Not{Filter: store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf([]domain.SiteRolloutStatus{domain.SiteSkipped, domain.SiteBackedOut})}},
		},
	})
	if err != nil {
		return day, refusal.OfStore(err)
	}
	steps := []store.ID{step}
	for _, page := range pages {
		for _, n := range page.Nodes {
			if n.ID != step {
				steps = append(steps, n.ID)
			}
		}
	}
	sites, err := estate.Linked[*domain.Site](ctx, v, steps, domain.RelTargets, store.Out)
	day, known := running.Day{Party: party, Date: date}, map[string]bool{}
	for _, one := range steps {
		for _, site := range sites[one] {
			if !known[site.ID] {
				known[site.ID] = true
				day.Sites, day.Users = day.Sites+1, day.Users+optional.Or(site.Users, 0)
			}
		}
	}
	return day, err
}
