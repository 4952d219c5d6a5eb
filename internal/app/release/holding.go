package release

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Units answers a closure from the store, a level of it at a time, and keeps what
// it read (R2).
type Units struct {
	view    estate.View
	items   map[string]*domain.ConfigurationItem // by key
	units   map[string]*domain.ReleaseUnit       // by key
	unitsOf map[string][]string                  // keys of units by key of item
	itemsOf map[string][]release.Member          // by key of unit
}

// NewUnits reads from a view, as it is asked.
func NewUnits(v estate.View) *Units {
	return &Units{
		view: v, items: map[string]*domain.ConfigurationItem{}, units: map[string]*domain.ReleaseUnit{},
		unitsOf: map[string][]string{}, itemsOf: map[string][]release.Member{},
	}
}

// Know keeps items that were read elsewhere.
func (u *Units) Know(items ...*domain.ConfigurationItem) {
	for _, i := range items {
		u.items[i.Key] = i
	}
}

// UnitsOf returns the units of each of the items.
func (u *Units) UnitsOf(ctx context.Context, items []string) (map[string][]string, error) {
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
func (u *Units) ItemsOf(ctx context.Context, keys []string) (map[string][]release.Member, error) {
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
			u.Know(item)
			members = append(members, release.Member{Item: item.Key, Status: item.Status, ProductVersion: optional.Or(item.ProductVersion, "")})
		}
		u.itemsOf[unit[id]] = members
	}
	return u.itemsOf, nil
}

// Item is an item that was read, by its key; nil for any other.
func (u *Units) Item(key string) *domain.ConfigurationItem { return u.items[key] }

// Items are the keys of the items that were read.
func (u *Units) Items() []string { return slices.Sorted(maps.Keys(u.items)) }

// Keys are the keys of the units that were read.
func (u *Units) Keys() []string { return slices.Sorted(maps.Keys(u.units)) }

// Any is one of the items that a unit groups, of which was read what it groups.
func (u *Units) Any(unit string) *domain.ConfigurationItem { return u.items[u.itemsOf[unit][0].Item] }
