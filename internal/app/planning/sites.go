package planning

import (
	"cmp"
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

// Sites lists what each site of a wave receives, in the order of their hours.
func (a *Area) Sites(ctx context.Context, w *domain.Wave) ([]*domain.SiteRollout, error) {
	c := a.estate.CohortOf(ctx, w)
	all, err := estate.LoadOf(c, "sites", func() (map[store.ID][]*domain.SiteRollout, error) {
		far, err := estate.Linked[*domain.SiteRollout](ctx, c.View, c.Members, domain.RelTargets, store.Out)
		for _, list := range far {
			slices.SortFunc(list, func(x, y *domain.SiteRollout) int {
				return cmp.Or(optional.Or(x.WindowFrom, time.Time{}).Compare(optional.Or(y.WindowFrom, time.Time{})), cmp.Compare(x.Key, y.Key))
			})
		}
		return far, err
	})
	return all[store.ID(w.ID)], err
}

// work is what is done at a site, in its order (P3).
type work struct {
	remove, install []*domain.ConfigurationItem
	list            []received
}

// Install lists the items that are put to a site, in their order (P3).
func (a *Area) Install(ctx context.Context, s *domain.SiteRollout) ([]*domain.ConfigurationItem, error) {
	w, err := a.loadWork(ctx, s)
	return w.install, err
}

// Remove lists the items that are taken from a site, in their order (P3).
func (a *Area) Remove(ctx context.Context, s *domain.SiteRollout) ([]*domain.ConfigurationItem, error) {
	w, err := a.loadWork(ctx, s)
	return w.remove, err
}

func (a *Area) loadWork(ctx context.Context, s *domain.SiteRollout) (work, error) {
	all, err := a.allWork(ctx, a.estate.CohortOf(ctx, s))
	return all[store.ID(s.ID)], err
}

// allWork is what is done at the sites of all roll-outs of a cohort.
func (a *Area) allWork(ctx context.Context, c *estate.Cohort) (map[store.ID]work, error) {
	return estate.LoadOf(c, "work", func() (map[store.ID]work, error) { return readWork(ctx, c.View, c.Members) })
}

// readWork reads what is done at the sites of some roll-outs.
func readWork(ctx context.Context, v estate.View, ids []store.ID) (map[store.ID]work, error) {
	pages, err := v.Edges(ctx, store.EdgeQuery{
		Nodes: ids, Rel: domain.RelReceives, Direction: store.Out, Kind: domain.KindConfigurationItem, Order: byKey,
	})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var nodes []store.Node
	for _, page := range pages {
		nodes = append(nodes, page.Nodes...)
	}
	items, all := estate.Decoded[*domain.ConfigurationItem](ctx, v, nodes), map[store.ID]work{}
	for i, page := range pages {
		own := make([]received, len(page.Edges))
		for j, e := range page.Edges {
			own[j] = received{receives.DecodeLink(e.Props).(*domain.Receipt), items[j]}
		}
		items = items[len(own):]
		all[ids[i]] = workOf(own)
	}
	return all, nil
}

// received is an item that a site gets or loses.
type received struct {
	*domain.Receipt
	item *domain.ConfigurationItem
}

// workOf puts what a site gets and loses in the order of its work (P3).
func workOf(list []received) work {
	slices.SortStableFunc(list, func(x, y received) int { return cmp.Compare(optional.Or(x.Ordinal, 0), optional.Or(y.Ordinal, 0)) })
	w := work{remove: []*domain.ConfigurationItem{}, install: []*domain.ConfigurationItem{}, list: list}
	for _, one := range list {
		if one.Action == domain.RemoveItem {
			w.remove = append(w.remove, one.item)
		} else {
			w.install = append(w.install, one.item)
		}
	}
	return w
}

var receives = entity.RelationshipsNamed(domain.RelReceives)[0]

var byKey = []store.Order{{Property: "key"}}
