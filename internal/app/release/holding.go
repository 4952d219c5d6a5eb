package release

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// units answers a closure from the store, a level of it at a time, and keeps what
// it read (R2).
type units struct {
	view    estate.View
	items   map[string]*domain.ConfigurationItem // by key
	units   map[string]*domain.ReleaseUnit       // by key
	unitsOf map[string][]string                  // keys of units by key of item
	itemsOf map[string][]release.Member          // by key of unit
}

func newUnits(v estate.View) *units {
	return &units{
		view: v, items: map[string]*domain.ConfigurationItem{}, units: map[string]*domain.ReleaseUnit{},
		unitsOf: map[string][]string{}, itemsOf: map[string][]release.Member{},
	}
}

// know keeps items that were read elsewhere.
func (u *units) know(items ...*domain.ConfigurationItem) {
	for _, i := range items {
		u.items[i.Key] = i
	}
}

// UnitsOf returns the units of each of the items.
func (u *units) UnitsOf(ctx context.Context, items []string) (map[string][]string, error) {
	var ask []store.ID
	keys := map[store.ID]string{}
	for _, key := range items {
		if _, known := u.unitsOf[key]; !known {
			id := store.ID(u.items[key].ID)
			ask, keys[id] = append(ask, id), key
		}
	}
	far, err := estate.Linked[*domain.ReleaseUnit](ctx, u.view, ask, domain.RelGroups, store.In)
	if err != nil {
		return nil, err
	}
	for _, id := range ask {
		of := []string{}
		for _, unit := range far[id] {
			u.units[unit.Key] = unit
			of = append(of, unit.Key)
		}
		u.unitsOf[keys[id]] = of
	}
	return u.unitsOf, nil
}

// ItemsOf returns the items that each of the units groups.
func (u *units) ItemsOf(ctx context.Context, keys []string) (map[string][]release.Member, error) {
	var ask []store.ID
	unit := map[store.ID]string{}
	for _, key := range keys {
		if _, known := u.itemsOf[key]; !known {
			id := store.ID(u.units[key].ID)
			ask, unit[id] = append(ask, id), key
		}
	}
	far, err := estate.Linked[*domain.ConfigurationItem](ctx, u.view, ask, domain.RelGroups, store.Out)
	if err != nil {
		return nil, err
	}
	for _, id := range ask {
		members := []release.Member{}
		for _, item := range far[id] {
			u.know(item)
			members = append(members, release.Member{Item: item.Key, Status: item.Status, ProductVersion: optional.Or(item.ProductVersion, "")})
		}
		u.itemsOf[unit[id]] = members
	}
	return u.itemsOf, nil
}
