package support

import (
	"context"
	"slices"
	"strings"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/store"
)

// Waste is a site for which support is paid and where nothing uses what is
// supported (L7). Contract or Party is nil.
type Waste struct {
	Contract *domain.ConfigurationItem
	Party    *domain.Party
	Site     *domain.Site
}

// together is how many contracts or teams are looked at at once.
const together = 100

// Rows are listed by contract, then by team: each has a place of its own.
const contractPlace, partyPlace = "contract/", "party/"

// Wasted lists the sites for which support is paid in vain (L7): for a contract,
// where nothing is installed that the contract depends on; for a team, where nothing
// is installed that it supports.
func (a *Area) Wasted(ctx context.Context, first *int, after *string) (*listing.Rows[Waste], error) {
	for _, kind := range []string{domain.KindConfigurationItem, domain.KindParty} {
		if err := a.estate.May(ctx, authz.Read, kind); err != nil {
			return nil, err
		}
	}
	rows, err := listing.NewRows[Waste](first, after)
	if err != nil {
		return nil, err
	}
	r := report{view: a.estate.Today(ctx), rows: rows}
	from, behindContracts := strings.CutPrefix(rows.From(), partyPlace)
	if !behindContracts {
		more, err := each(ctx, r, payer[*domain.ConfigurationItem]{
			place: contractPlace, rel: domain.RelDependsOn, direction: store.Out,
			waste: func(c *domain.ConfigurationItem, s *domain.Site) *Waste { return &Waste{Contract: c, Site: s} },
		}, strings.TrimPrefix(from, contractPlace))
		if err != nil || !more {
			return rows, err
		}
		from = ""
	}
	_, err = each(ctx, r, payer[*domain.Party]{
		place: partyPlace, rel: domain.RelSupportedBy, direction: store.In,
		waste: func(p *domain.Party, s *domain.Site) *Waste { return &Waste{Party: p, Site: s} },
	}, from)
	return rows, err
}

// report is a page of waste that is filled.
type report struct {
	view estate.View
	rows *listing.Rows[Waste]
}

// payer is a kind of record for which support is paid at sites, and how what it
// supports is found from there.
type payer[R entity.Record] struct {
	place     string
	rel       string
	direction store.Direction
	waste     func(R, *domain.Site) *Waste
}

var paid = store.Related{Rel: domain.RelCoversCost, Direction: store.Out}

// each goes through the records of a kind that are paid at some site, by key, until
// the page is full. It reports whether the page takes more.
func each[R entity.Record](ctx context.Context, r report, p payer[R], from string) (bool, error) {
	for {
		some, err := estate.All[R](ctx, r.view, store.Query{
			First: together, Order: []store.Order{{Property: "key"}},
			Filter: store.And{store.Compare{Property: "key", Op: store.Gte, Value: from}, paid},
		})
		if err != nil {
			return false, err
		}
		more, err := add(ctx, r, p, some)
		if err != nil || !more || len(some) < together {
			return more, err
		}
		from = listing.Behind(some[len(some)-1].Meta().Key)
	}
}

// add adds the sites at which some records are paid in vain.
func add[R entity.Record](ctx context.Context, r report, p payer[R], some []R) (bool, error) {
	ids := make([]store.ID, len(some))
	for i, one := range some {
		ids[i] = store.ID(one.Meta().ID)
	}
	paidAt, err := estate.Linked[*domain.Site](ctx, r.view, ids, domain.RelCoversCost, store.Out)
	if err != nil {
		return false, err
	}
	used, err := usedAt(ctx, r.view, ids, p.rel, p.direction)
	if err != nil {
		return false, err
	}
	for i, one := range some {
		sites, keys := map[string]*domain.Site{}, []string{}
		for _, s := range paidAt[ids[i]] {
			sites[s.Key], keys = s, append(keys, s.Key)
		}
		for _, key := range library.Waste(keys, func(site string) bool { return used[ids[i]][sites[site].ID] }) {
			if !r.rows.Add(p.place+one.Meta().Key, key, p.waste(one, sites[key])) {
				return false, nil
			}
		}
	}
	return true, nil
}

// usedAt tells at which sites something is installed that some records support, by
// the sites' ids.
func usedAt(ctx context.Context, v estate.View, ids []store.ID, rel string, d store.Direction) (map[store.ID]map[string]bool, error) {
	supported, err := v.Far(ctx, ids, rel, d, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	var items []store.ID
	for _, list := range supported {
		for _, n := range list {
			items = append(items, n.ID)
		}
	}
	slices.Sort(items)
	installed, err := v.Far(ctx, slices.Compact(items), domain.RelInstalledAt, store.Out, domain.KindSite)
	if err != nil {
		return nil, err
	}
	used := map[store.ID]map[string]bool{}
	for id, list := range supported {
		used[id] = map[string]bool{}
		for _, n := range list {
			for _, site := range installed[n.ID] {
				used[id][string(site.ID)] = true
			}
		}
	}
	return used, nil
}
