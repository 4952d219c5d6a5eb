package variant

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/plan/version"
	"releasegraph/internal/store"
)

// UnitVariants is what a release makes of the number of versions of a unit that are live.
type UnitVariants struct {
	// Unit is the key of the unit, or of an item that is in none.
	Unit               string
	Now, During, After int
	// Allowed is nil where the policy allows any number.
	Allowed *int
	// Warning is nil where there is nothing to say.
	Warning *string
}

// Of tells, for each unit of which a release changes something, how many versions are
// live now, while it is rolled out, and after it, as far as the caller may see the sites
// (R18). A release that would raise them above what its policy allows says so; nothing
// stands against it.
func (a *Area) Of(ctx context.Context, r *domain.Release) ([]*UnitVariants, error) {
	s, err := a.releases.StandingFor(ctx, r)
	if err != nil {
		return nil, err
	}
	changed := map[string]release.Content{}
	for _, c := range s.Signed().Contents {
		changed[c.Item] = c
	}
	units, err := a.unitsOf(ctx, s.View, s.Items)
	if err != nil {
		return nil, err
	}
	list := []*UnitVariants{}
	versions := policy.NumberingOf(s.Policy).Items
	for _, unit := range slices.Sorted(maps.Keys(units)) {
		standing, err := standingOf(ctx, s.View, units[unit])
		if err != nil {
			return nil, err
		}
		keys := keysOf(units[unit])
		sites := receiving(standing, changed, versions)
		bigBang := r.Approach != nil && *r.Approach == domain.BigBang
		spread, err := release.Variants(ctx, keys, standing, slices.Collect(maps.Values(changed)), sites, bigBang, versions)
		if err != nil {
			return nil, err
		}
		list = append(list, told(unit, spread, s.Policy.MaxVariants))
	}
	return list, nil
}

func told(unit string, s release.Spread, allowed *int) *UnitVariants {
	one := &UnitVariants{Unit: unit, Now: s.Now, During: s.During, After: s.After, Allowed: allowed}
	if allowed != nil {
		for _, lack := range release.TooManyVariants(release.Unit{Key: unit}, s, *allowed) {
			one.Warning = &lack.Text
		}
	}
	return one
}

// unitsOf are the items of each unit that groups one of some items, by its key. An item
// that is in none is a unit of its own (R2).
func (a *Area) unitsOf(ctx context.Context, v estate.View, items []*domain.ConfigurationItem) (map[string][]*domain.ConfigurationItem, error) {
	units := map[string][]*domain.ConfigurationItem{}
	grouping, err := estate.Linked[*domain.ReleaseUnit](ctx, v, entity.IDsOf(items), domain.RelGroups, store.In)
	if err != nil {
		return nil, err
	}
	byID := map[store.ID]string{}
	for _, item := range items {
		of := grouping[store.ID(item.ID)]
		if len(of) == 0 {
			units[item.Key] = []*domain.ConfigurationItem{item}
		}
		for _, unit := range of {
			byID[store.ID(unit.ID)] = unit.Key
		}
	}
	members, err := estate.Linked[*domain.ConfigurationItem](ctx, v, slices.Sorted(maps.Keys(byID)), domain.RelGroups, store.Out)
	for id, key := range byID {
		units[key] = members[id]
	}
	return units, err
}

func keysOf(items []*domain.ConfigurationItem) []string {
	keys := make([]string, len(items))
	for i, item := range items {
		keys[i] = item.Key
	}
	return keys
}

// standingOf tells which of some items are at which sites.
func standingOf(ctx context.Context, v estate.View, items []*domain.ConfigurationItem) ([]release.Standing, error) {
	pages, err := v.Edges(ctx, store.EdgeQuery{Nodes: entity.IDsOf(items), Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var standing []release.Standing
	for i, page := range pages {
		for j, site := range page.Nodes {
			says := page.Edges[j].Props
			standing = append(standing, release.Standing{Item: items[i].Key, Site: site.Props.Text("key"), Version: says.Text("version"), Active: says.Text("activeVersion")})
		}
	}
	return standing, nil
}

// receiving are the sites that get something of a release: where a version is lower than
// the one that it brings, or goes away (P2).
func receiving(standing []release.Standing, changed map[string]release.Content, versions *version.Reader) []string {
	sites := map[string]bool{}
	for _, s := range standing {
		c, gets := changed[s.Item]
		if !gets {
			continue
		}
		order, err := versions.Compare(cmp.Or(s.Active, s.Version), c.To)
		if c.Action == release.Remove || err == nil && order < 0 {
			sites[s.Site] = true
		}
	}
	return slices.Sorted(maps.Keys(sites))
}
