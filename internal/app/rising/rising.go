package rising

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/refusal"
	held "releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Brought is what an import has brought of releases so far: in which order, and
// the items that it put into units.
type Brought struct {
	order map[store.ID]int
	items map[store.ID]bool
}

const broughtMemory = "R3 brought"

func newBrought() *Brought {
	return &Brought{order: map[store.ID]int{}, items: map[store.ID]bool{}}
}

// noteBrought remembers which releases an import brings or changes the content of,
// so that their numbers can be compared when all is there (R3).
func noteBrought(ctx context.Context, p *estate.Proposal) error {
	kept, err := p.Memory(broughtMemory, func() (any, error) {
		return newBrought(), nil
	})
	if err != nil {
		return err
	}
	kept.(*Brought).note(p)
	return ctx.Err()
}

// note remembers what a proposal brings of releases and units.
func (b *Brought) note(p *estate.Proposal) {
	note := func(id store.ID) {
		if _, known := b.order[id]; !known {
			b.order[id] = len(b.order) + 1
		}
	}
	for _, c := range p.Records {
		if _, is := c.After.(*domain.Release); is {
			note(store.ID(c.After.Meta().ID))
		}
	}
	for _, l := range p.Links {
		switch {
		case l.Stays || l.Goes:
		case l.Rel.Name == domain.RelChanges:
			note(l.Key.From)
		case l.Rel.Name == domain.RelGroups:
			b.items[l.Key.To] = true
		}
	}
}

// Fall is a release that went live and whose number did not rise, and why.
type Fall struct {
	Release string
	Number  string
	// Unit is the unit, or the item of no unit, of which it is.
	Unit string
	// Than is the release that was live before; nil where the number cannot be read.
	Than *string
	Why  string
}

// Falls compares the numbers of the releases of all units that an import touched,
// by what it kept in mind (R3). History is as it was: what falls is told, and
// stays. What is read and kept grows with the releases of these units.
func (a *Area) Falls(ctx context.Context, memory map[string]any) ([]Fall, error) {
	b, ok := memory[broughtMemory].(*Brought)
	if !ok {
		return nil, nil
	}
	return a.falls(ctx, a.estate.Today(ctx), b)
}

func (a *Area) falls(ctx context.Context, v estate.View, b *Brought) ([]Fall, error) {
	h := &history{view: v, brought: b, lived: map[release.Unit][]release.Lived{}, of: map[store.ID]release.Unit{}}
	h.units = held.NewUnits(h.view)
	if err := h.read(ctx); err != nil {
		return nil, err
	}
	numbering, err := a.numberingsOf(ctx, h)
	if err != nil {
		return nil, err
	}
	list := []Fall{}
	for _, unit := range slices.SortedFunc(maps.Keys(h.lived), func(x, y release.Unit) int { return cmp.Compare(x.Key, y.Key) }) {
		n := numbering(unit)
		for _, f := range release.Fallen(unit, h.lived[unit], n.Releases, n.parallel) {
			list = append(list, Fall{Release: f.Release, Number: h.numbers[f.Release], Unit: unit.Key, Than: optional.Text(f.Than), Why: f.Why})
		}
	}
	return list, nil
}

// history is the releases of some units that went live.
type history struct {
	view    estate.View
	brought *Brought
	units   *held.Units
	lived   map[release.Unit][]release.Lived
	numbers map[string]string         // by release
	of      map[store.ID]release.Unit // one unit of each release
}

// together is how many records are asked about at once.
const together = 1_000

func (h *history) read(ctx context.Context) error {
	items := h.brought.items
	for some := range slices.Chunk(slices.Collect(maps.Keys(h.brought.order)), together) {
		far, err := h.view.Far(ctx, some, domain.RelChanges, store.Out, domain.KindConfigurationItem)
		if err != nil {
			return err
		}
		for _, list := range far {
			for _, n := range list {
				items[n.ID] = true
			}
		}
	}
	if err := h.readUnits(ctx, slices.Sorted(maps.Keys(items))); err != nil {
		return err
	}
	return h.readReleases(ctx)
}

// readUnits reads the units of some items, with all that they group.
func (h *history) readUnits(ctx context.Context, ids []store.ID) error {
	for some := range slices.Chunk(ids, together) {
		found, err := estate.ByID[*domain.ConfigurationItem](ctx, h.view, some...)
		if err != nil {
			return err
		}
		var keys []string
		for _, item := range found {
			h.units.Know(item)
			keys = append(keys, item.Key)
		}
		if _, err := h.units.UnitsOf(ctx, keys); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(h.units.Keys(), together) {
		if _, err := h.units.ItemsOf(ctx, some); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(h.units.Items(), together) {
		if _, err := h.units.UnitsOf(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// readReleases reads the releases that change something of the units, and went
// live.
func (h *history) readReleases(ctx context.Context) error {
	type one struct {
		node    store.Node
		changes []release.Content
	}
	byID := map[store.ID]*one{}
	live := store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf([]domain.ReleaseStatus{domain.ReleaseDeploying, domain.ReleaseVerifying, domain.ReleaseClosed})}
	for some := range slices.Chunk(h.units.Items(), together) {
		ids := make([]store.ID, len(some))
		for i, key := range some {
			ids[i] = store.ID(h.units.Item(key).ID)
		}
		pages, err := h.view.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelChanges, Direction: store.In, Kind: domain.KindRelease, Filter: live})
		if err != nil {
			return refusal.OfStore(err)
		}
		for i, page := range pages {
			for j, n := range page.Nodes {
				if byID[n.ID] == nil {
					byID[n.ID] = &one{node: n}
				}
				byID[n.ID].changes = append(byID[n.ID].changes, held.ContentOf(h.units.Item(some[i]), page.Edges[j]))
			}
		}
	}
	h.numbers = make(map[string]string, len(byID))
	for id, r := range byID {
		holding, err := release.Close(ctx, h.units, release.Category(r.node.Props.Text("category")), r.changes)
		if err != nil {
			return err
		}
		l := h.livedOf(r.node)
		h.numbers[l.Release] = l.Number
		for _, unit := range holding.Units {
			h.lived[unit] = append(h.lived[unit], l)
			h.of[id] = unit
		}
	}
	return nil
}

// livedOf says when a release went live: where nobody does, when it came here, and
// in which order the import brought it.
func (h *history) livedOf(n store.Node) release.Lived {
	at := n.CreatedAt
	for _, name := range []string{"statusSince", "liveAt"} {
		if t, ok := n.Props[name].(time.Time); ok {
			at = t
		}
	}
	return release.Lived{
		Release: n.Props.Text("key"), Number: n.Props.Text("releaseVersion"), Type: release.Type(n.Props.Text("type")), At: at, Order: h.brought.order[n.ID],
	}
}

// unitNumbering is how the numbers of a unit's releases are read.
type unitNumbering struct {
	policy.Numbering
	parallel bool
}

func numberingBy(p *domain.ReleasePolicy) unitNumbering {
	return unitNumbering{policy.NumberingOf(p), p.ParallelLines}
}

// numberingsOf finds by which policy the numbers of each unit are read: one that a
// release of it follows, else the one that applies to an item of it, else the
// default.
func (a *Area) numberingsOf(ctx context.Context, h *history) (func(release.Unit) unitNumbering, error) {
	byUnit, usual := map[release.Unit]unitNumbering{}, numberingBy(domain.DefaultPolicy())
	inForce, err := a.policies.InForce(ctx, h.view)
	if err != nil {
		return nil, err
	}
	for some := range slices.Chunk(slices.SortedFunc(maps.Keys(h.lived), func(x, y release.Unit) int { return cmp.Compare(x.Key, y.Key) }), together) {
		items := make([]*domain.ConfigurationItem, len(some))
		for i, unit := range some {
			items[i] = h.itemOf(unit)
		}
		chosen, err := inForce.ForEach(ctx, items)
		if err != nil {
			return nil, err
		}
		for i, c := range chosen {
			if c.Record != nil {
				byUnit[some[i]] = numberingBy(c.Policy)
			}
		}
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(h.of)), together) {
		far, err := estate.Linked[*domain.ReleasePolicy](ctx, h.view, some, domain.RelFollows, store.Out)
		if err != nil {
			return nil, err
		}
		for id, list := range far {
			for _, p := range list {
				byUnit[h.of[id]] = numberingBy(p.Whole())
			}
		}
	}
	return func(unit release.Unit) unitNumbering {
		if n, ok := byUnit[unit]; ok {
			return n
		}
		return usual
	}, nil
}

// itemOf is an item of a unit: itself, where it is in none.
func (h *history) itemOf(unit release.Unit) *domain.ConfigurationItem {
	if unit.Own {
		return h.units.Item(unit.Key)
	}
	return h.units.Any(unit.Key)
}
