package forecast

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/media"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

var byKey = []store.Order{{Property: "key"}}

// PlannedLicenceUse is what planned releases are going to add to the use of a
// licence (L3).
type PlannedLicenceUse struct {
	Licence  *domain.Licence
	Releases []*domain.Release
	*media.PlannedUse
}

// LicenceUse counts, before a release is authorised, what it would use of the
// licences of the software that it adds (L3). A release that is not going to
// install anything uses none.
func (a *Area) LicenceUse(ctx context.Context, r *domain.Release) ([]*PlannedLicenceUse, error) {
	c := a.estate.CohortOf(ctx, r)
	uses, err := estate.EachOf(c, "planned licence use", func(releases []*domain.Release) ([][]*PlannedLicenceUse, error) {
		return a.licenceUses(ctx, c.View, releases)
	})
	return uses[store.ID(r.ID)], err
}

func (a *Area) licenceUses(ctx context.Context, v estate.View, releases []*domain.Release) ([][]*PlannedLicenceUse, error) {
	plans, err := a.goings(ctx, v, releases)
	if err != nil {
		return nil, err
	}
	var added []store.ID
	for _, plan := range plans {
		for _, g := range plan {
			if g.Adds {
				added = append(added, store.ID(g.Item.ID))
			}
		}
	}
	licences, err := estate.Linked[*domain.Licence](ctx, v, added, domain.RelLicensedBy, store.Out)
	if err != nil {
		return nil, err
	}
	list := make([][]*PlannedLicenceUse, len(releases))
	for i, plan := range plans {
		list[i] = []*PlannedLicenceUse{}
		var of []*domain.Licence
		for _, g := range plan {
			if g.Adds {
				of = append(of, licences[store.ID(g.Item.ID)]...)
			}
		}
		slices.SortFunc(of, func(x, y *domain.Licence) int { return cmp.Compare(x.Key, y.Key) })
		for _, l := range slices.CompactFunc(of, func(x, y *domain.Licence) bool { return x.ID == y.ID }) {
			use, err := a.media.PlannedUse(ctx, v, l, plan)
			if err != nil {
				return nil, err
			}
			list[i] = append(list[i], &PlannedLicenceUse{Licence: l, Releases: releases[i : i+1], PlannedUse: use})
		}
	}
	return list, nil
}

// PlannedUse counts what all planned releases together are going to use of a
// licence (L3).
func (a *Area) PlannedUse(ctx context.Context, l *domain.Licence) (*PlannedLicenceUse, error) {
	c := a.estate.CohortOf(ctx, l)
	uses, err := estate.EachOf(c, "planned use", func(licences []*domain.Licence) ([]*PlannedLicenceUse, error) {
		return a.plannedUses(ctx, c.View, licences)
	})
	return uses[store.ID(l.ID)], err
}

func (a *Area) plannedUses(ctx context.Context, v estate.View, licences []*domain.Licence) ([]*PlannedLicenceUse, error) {
	ids := make([]store.ID, len(licences))
	for i, l := range licences {
		ids[i] = store.ID(l.ID)
	}
	items, err := estate.Linked[*domain.ConfigurationItem](ctx, v, ids, domain.RelLicensedBy, store.In)
	if err != nil {
		return nil, err
	}
	releases, err := adding(ctx, v, items)
	if err != nil {
		return nil, err
	}
	plans, err := a.goings(ctx, v, releases)
	if err != nil {
		return nil, err
	}
	list := make([]*PlannedLicenceUse, len(licences))
	for i, l := range licences {
		own := map[string]bool{}
		for _, item := range items[ids[i]] {
			own[item.ID] = true
		}
		use := &PlannedLicenceUse{Licence: l, Releases: []*domain.Release{}}
		var of [][]media.Going
		for j, plan := range plans {
			if slices.ContainsFunc(plan, func(g media.Going) bool { return g.Adds && own[g.Item.ID] }) {
				use.Releases, of = append(use.Releases, releases[j]), append(of, plan)
			}
		}
		if use.PlannedUse, err = a.media.PlannedUse(ctx, v, l, of...); err != nil {
			return nil, err
		}
		list[i] = use
	}
	return list, nil
}

// adding reads the planned releases that add some items, and the planned packages
// that bundle those, by key.
func adding(ctx context.Context, v estate.View, items map[store.ID][]*domain.ConfigurationItem) ([]*domain.Release, error) {
	var ids []store.ID
	for _, list := range items {
		for _, item := range list {
			ids = append(ids, store.ID(item.ID))
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	planned := store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf(domain.PlannedReleases)}
	q := store.EdgeQuery{
		Nodes: ids, Rel: domain.RelChanges, Direction: store.In, Kind: domain.KindRelease, Filter: planned, Order: byKey,
		EdgeFilter: store.Compare{Property: "action", Op: store.Eq, Value: string(domain.AddItem)},
	}
	var found []store.Node
	seen := map[store.ID]bool{}
	for len(q.Nodes) > 0 {
		pages, err := v.Edges(ctx, q)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		q = store.EdgeQuery{Rel: domain.RelBundles, Direction: store.In, Kind: domain.KindRelease, Filter: planned, Order: byKey}
		for _, page := range pages {
			for _, n := range page.Nodes {
				if !seen[n.ID] {
					seen[n.ID] = true
					found, q.Nodes = append(found, n), append(q.Nodes, n.ID)
				}
			}
		}
	}
	releases := estate.Decoded[*domain.Release](ctx, v, found)
	slices.SortFunc(releases, func(x, y *domain.Release) int { return cmp.Compare(x.Key, y.Key) })
	return releases, nil
}

// goings reads what planned releases hold and where that is installed: of each that
// adds something, since nothing else takes a seat.
func (a *Area) goings(ctx context.Context, v estate.View, releases []*domain.Release) ([][]media.Going, error) {
	plans, ids := make([][]media.Going, len(releases)), []store.ID{}
	for i, r := range releases {
		if !slices.Contains(domain.PlannedReleases, r.Status) {
			continue
		}
		held, err := a.releases.Adding(ctx, v, r)
		if err != nil {
			return nil, err
		}
		for _, one := range held {
			plans[i] = append(plans[i], media.Going{Item: one.Item, Adds: one.Adds})
			ids = append(ids, store.ID(one.Item.ID))
		}
	}
	slices.Sort(ids)
	at, err := estate.Linked[*domain.Site](ctx, v, slices.Compact(ids), domain.RelInstalledAt, store.Out)
	for _, plan := range plans {
		for j := range plan {
			plan[j].At = at[store.ID(plan[j].Item.ID)]
		}
	}
	return plans, err
}
