package release

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// Estate tells which items the units group. It is asked for one level of a
// closure at a time, so that its answers can be loaded in batches.
type Estate interface {
	// UnitsOf returns the units of each of the items. An item in no unit may be
	// missing.
	UnitsOf(ctx context.Context, items []string) (map[string][]string, error)
	// ItemsOf returns the items that each of the units groups.
	ItemsOf(ctx context.Context, units []string) (map[string][]Member, error)
}

// Member is an item of a unit.
type Member struct {
	Item           string
	Status         domain.ItemStatus
	ProductVersion string
}

// Brought says by what an item is held: a unit, and the first of its items that
// made the release hold the unit.
type Brought struct{ Unit, By string }

// HeldItem is an item that a release holds. Because is nil for an item that it
// CHANGES itself.
type HeldItem struct {
	Content
	Because *Brought
	// Status is that of the item where it was brought; empty for what the release
	// CHANGES itself.
	Status domain.ItemStatus
}

// LeftOut is an item of a held unit that a DELTA release leaves out.
type LeftOut struct{ Item, Unit string }

// Holding is all that a release holds (R2).
type Holding struct {
	// Items are those that it CHANGES, by key, and then those that its units
	// bring, in the order in which they were found.
	Items []HeldItem
	// Units are held in this order: breadth first, those of one level by key.
	// Items that are in no unit follow, by key.
	Units []Unit
	// LeftOut is what a DELTA release leaves out, by item and unit.
	LeftOut []LeftOut
}

// Close works out what a FULL or DELTA release holds, from what it CHANGES (R2).
//
// A unit that groups a held item is held, whatever is done to the item. FULL:
// each item of a held unit joins as REBUILD and holds its other units in turn,
// until nothing joins any more. DELTA: nothing joins. What is WITHDRAWN or
// DISPOSED never joins and is not left out either; what is PLANNED, ORDERED or
// IN_DEVELOPMENT joins, and Incomplete tells of it. The work is linear in the
// units that are held and their items. It stops when its context ends.
func Close(ctx context.Context, e Estate, category Category, changes []Content) (*Holding, error) {
	c := &closure{steps: pace.Of(ctx), estate: e, items: map[string]bool{}, units: map[string]bool{}}
	for _, one := range slices.SortedFunc(slices.Values(changes), func(a, b Content) int { return cmp.Compare(a.Item, b.Item) }) {
		if !c.items[one.Item] {
			c.items[one.Item] = true
			c.level = append(c.level, one.Item)
			c.found.Items = append(c.found.Items, HeldItem{Content: one})
		}
	}
	for len(c.level) > 0 {
		fresh, err := c.hold(ctx)
		if err != nil {
			return nil, err
		}
		members, err := c.ask(ctx, fresh)
		if err != nil {
			return nil, err
		}
		if category == Full {
			err = c.join(fresh, members)
		} else {
			err = c.leaveOut(fresh, members)
		}
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(c.alone)
	for _, item := range c.alone {
		c.found.Units = append(c.found.Units, Unit{item, true})
	}
	return &c.found, nil
}

// closure is on its way, level by level.
type closure struct {
	steps  *pace.Pace
	estate Estate
	items  map[string]bool // held
	units  map[string]bool // held
	level  []string        // the items found last
	alone  []string        // items in no unit
	found  Holding
}

// heldUnit is a unit with the item that made the release hold it.
type heldUnit struct{ key, by string }

// hold finds the units of the newest items that are not yet held, by key.
func (c *closure) hold(ctx context.Context) ([]heldUnit, error) {
	of, err := c.estate.UnitsOf(ctx, c.level)
	if err != nil {
		return nil, err
	}
	var fresh []heldUnit
	for _, item := range c.level {
		if err := c.steps.Steps(1 + len(of[item])); err != nil {
			return nil, err
		}
		if len(of[item]) == 0 {
			c.alone = append(c.alone, item)
		}
		for _, unit := range of[item] {
			if !c.units[unit] {
				c.units[unit] = true
				fresh = append(fresh, heldUnit{unit, item})
			}
		}
	}
	slices.SortFunc(fresh, func(a, b heldUnit) int { return cmp.Compare(a.key, b.key) })
	for _, u := range fresh {
		c.found.Units = append(c.found.Units, Unit{Key: u.key})
	}
	c.level = nil
	return fresh, nil
}

func (c *closure) ask(ctx context.Context, units []heldUnit) (map[string][]Member, error) {
	if len(units) == 0 {
		return nil, nil
	}
	keys := make([]string, len(units))
	for i, u := range units {
		keys[i] = u.key
	}
	return c.estate.ItemsOf(ctx, keys)
}

// join takes in the items of the units that have just been held.
func (c *closure) join(units []heldUnit, members map[string][]Member) error {
	for _, u := range units {
		for _, m := range byItem(members[u.key]) {
			if err := c.steps.Step(); err != nil {
				return err
			}
			if c.items[m.Item] || !m.Status.Changeable() {
				continue
			}
			c.items[m.Item] = true
			c.level = append(c.level, m.Item)
			c.found.Items = append(c.found.Items, HeldItem{
				Content: Content{Item: m.Item, Action: Rebuild, From: m.ProductVersion, To: m.ProductVersion, Coexists: true},
				Because: &Brought{u.key, u.by}, Status: m.Status,
			})
		}
	}
	return nil
}

func (c *closure) leaveOut(units []heldUnit, members map[string][]Member) error {
	for _, u := range units {
		for _, m := range members[u.key] {
			if err := c.steps.Step(); err != nil {
				return err
			}
			if !c.items[m.Item] && m.Status.Changeable() {
				c.found.LeftOut = append(c.found.LeftOut, LeftOut{m.Item, u.key})
			}
		}
	}
	slices.SortFunc(c.found.LeftOut, func(a, b LeftOut) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.Unit, b.Unit))
	})
	return nil
}

func byItem(members []Member) []Member {
	return slices.SortedFunc(slices.Values(members), func(a, b Member) int { return cmp.Compare(a.Item, b.Item) })
}

// Contents are those of the items, in their order.
func (h *Holding) Contents() []Content {
	list := make([]Content, len(h.Items))
	for i, one := range h.Items {
		list[i] = one.Content
	}
	return list
}

// Incomplete is the need CONTENT_COMPLETE: items that a unit brings although
// they are not built yet.
func (h *Holding) Incomplete() (list []Lack) {
	for _, one := range h.Items {
		switch one.Status {
		case domain.ItemPlanned, domain.ItemOrdered, domain.ItemInDevelopment:
			list = append(list, NeedContentComplete.lack(one.Item,
				"%s of unit %s is %s and held: ADD it or take it from the unit", one.Item, one.Because.Unit, one.Status))
		}
	}
	return byAbout(list)
}

// Leaves lists, by key, the FULL and DELTA releases under a package, each once.
// bundles are the parts of each release that has any; a release without is a
// leaf, so that a package without parts has none but itself.
func Leaves(ctx context.Context, bundles map[string][]string, release string) ([]string, error) {
	steps := pace.Of(ctx)
	seen, leaves := map[string]bool{release: true}, map[string]bool{}
	for open := []string{release}; len(open) > 0; {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		if err := steps.Steps(1 + len(bundles[at])); err != nil {
			return nil, err
		}
		if len(bundles[at]) == 0 {
			leaves[at] = true
		}
		for _, part := range bundles[at] {
			if !seen[part] {
				seen[part] = true
				open = append(open, part)
			}
		}
	}
	if leaves[release] {
		return nil, fmt.Errorf("%s bundles no release", release)
	}
	return slices.Sorted(maps.Keys(leaves)), nil
}
