// Package ground knows what is installed where, as the steps of roll-outs change it: as it
// was read, and as it will be (D6, D7).
package ground

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

var (
	receives    = entity.RelationshipsNamed(domain.RelReceives)[0]
	installedAt = entity.RelationshipsNamed(domain.RelInstalledAt)[0]
)

// Ground is what is installed at the sites of steps, as it was read and as it will be
// (D6).
type Ground struct {
	view estate.View
	// Stays are the keys of items that the back-out plan leaves as they are (D7).
	Stays map[string]bool
	// work is what steps do, by their id.
	work map[string][]Action
	// items are those that they do it to, by id.
	items map[store.ID]*standing
	// spots are what is installed where.
	spots map[spot]*installed
}

// Step is a step that changes what is installed at a site.
type Step struct {
	*domain.SiteRollout
	// Site is where, Release what the site receives; "" where that is not known.
	Site, Release store.ID
}

// Action is what a step does to an item.
type Action struct {
	Item *domain.ConfigurationItem
	domain.Receipt
	// silent says that the step does not say it: it is what its release changes.
	silent bool
}

// standing is an item, as it was read and as it will be.
type standing struct{ was, is *domain.ConfigurationItem }

// spot is an item at a site.
type spot struct{ item, site store.ID }

// installed is what is installed at a spot; is nil: nothing.
type installed struct {
	edge store.Edge
	was  bool
	is   *domain.Installation
	// changed says that it was, ended that it was taken away by what runs.
	changed, ended bool
}

// New returns what a view knows.
func New(v estate.View) *Ground {
	return &Ground{view: v, work: map[string][]Action{}, items: map[store.ID]*standing{}, spots: map[spot]*installed{}}
}

// Work is what a step does, once it was read.
func (g *Ground) Work(step string) []Action { return g.work[step] }

// Does is what a step does there, once it was read: of what its release changes, what is
// or was installed there, where the step does not say more.
func (g *Ground) Does(s Step) []Action {
	return slices.DeleteFunc(slices.Clone(g.work[s.ID]), func(a Action) bool {
		return a.silent && g.spots[spot{store.ID(a.Item.ID), s.Site}] == nil
	})
}

// Read reads what some steps do, and what is installed where they do it.
func (g *Ground) Read(ctx context.Context, steps []Step) error {
	steps = slices.DeleteFunc(slices.Clone(steps), func(s Step) bool { _, known := g.work[s.ID]; return known })
	if len(steps) == 0 {
		return nil
	}
	if err := g.readWork(ctx, steps); err != nil {
		return err
	}
	var sites []store.ID
	for _, s := range steps {
		sites = append(sites, s.Site)
	}
	slices.Sort(sites)
	sites = slices.Compact(sites)
	return g.readSpots(ctx, slices.DeleteFunc(sites, func(id store.ID) bool { return id == "" }))
}

// readWork reads what steps receive. One that says nothing receives what its release
// changes of what is there, as one does that was brought from elsewhere (P2).
func (g *Ground) readWork(ctx context.Context, steps []Step) error {
	ids := make([]store.ID, len(steps))
	for i, s := range steps {
		ids[i] = store.ID(s.ID)
	}
	pages, err := g.view.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelReceives, Direction: store.Out, Kind: domain.KindConfigurationItem})
	if err != nil {
		return refusal.OfStore(err)
	}
	items := itemsIn(ctx, g.view, pages)
	var silent []Step
	for i, s := range steps {
		g.work[s.ID] = nil
		for j, e := range pages[i].Edges {
			g.work[s.ID] = append(g.work[s.ID], Action{Item: g.know(items[pages[i].Nodes[j].ID]), Receipt: *receives.DecodeLink(e.Props).(*domain.Receipt)})
		}
		if len(pages[i].Edges) == 0 {
			silent = append(silent, s)
		}
	}
	return g.readSilent(ctx, silent)
}

// itemsIn are the items at the far ends of some edges.
func itemsIn(ctx context.Context, v estate.View, pages []store.EdgePage) map[store.ID]*domain.ConfigurationItem {
	var nodes []store.Node
	for _, page := range pages {
		nodes = append(nodes, page.Nodes...)
	}
	items := map[store.ID]*domain.ConfigurationItem{}
	for i, item := range estate.Decoded[*domain.ConfigurationItem](ctx, v, nodes) {
		items[nodes[i].ID] = item
	}
	return items
}

// know keeps an item in mind, and returns it as it was first read.
func (g *Ground) know(item *domain.ConfigurationItem) *domain.ConfigurationItem {
	id := store.ID(item.ID)
	if g.items[id] == nil {
		g.items[id] = &standing{item, item}
	}
	return g.items[id].was
}

// readSilent reads what steps do that do not say it.
func (g *Ground) readSilent(ctx context.Context, steps []Step) error {
	releases := map[store.ID]bool{}
	for _, s := range steps {
		if id := s.Release; id != "" {
			releases[id] = true
		}
	}
	ids := slices.Sorted(maps.Keys(releases))
	if len(ids) == 0 {
		return nil
	}
	pages, err := g.view.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelChanges, Direction: store.Out, Kind: domain.KindConfigurationItem})
	if err != nil {
		return refusal.OfStore(err)
	}
	changes, items := entity.RelationshipsNamed(domain.RelChanges)[0], itemsIn(ctx, g.view, pages)
	for i, id := range ids {
		for j, e := range pages[i].Edges {
			says := changes.DecodeLink(e.Props).(*domain.ReleaseChange)
			item := g.know(items[pages[i].Nodes[j].ID])
			for _, s := range steps {
				if s.Release == id {
					g.work[s.ID] = append(g.work[s.ID], Action{
						Item: item, Receipt: domain.Receipt{Action: says.Action, FromVersion: says.FromVersion, ToVersion: says.ToVersion}, silent: true,
					})
				}
			}
		}
	}
	return nil
}

// readSpots reads what is installed at some sites of the items that are known.
func (g *Ground) readSpots(ctx context.Context, sites []store.ID) error {
	if len(sites) == 0 || len(g.items) == 0 {
		return nil
	}
	items := slices.Sorted(maps.Keys(g.items))
	pages, err := g.view.Edges(ctx, store.EdgeQuery{
		Nodes: sites, Rel: domain.RelInstalledAt, Direction: store.In, Kind: domain.KindConfigurationItem,
		Filter: store.Compare{Property: "id", Op: store.OneOf, Value: store.AnyOf(items)},
	})
	if err != nil {
		return refusal.OfStore(err)
	}
	for i, site := range sites {
		for _, e := range pages[i].Edges {
			if at := (spot{e.From, site}); g.spots[at] == nil {
				g.spots[at] = &installed{edge: e, was: true, is: installedAt.DecodeLink(e.Props).(*domain.Installation)}
			}
		}
	}
	return nil
}

func (g *Ground) at(at spot) *installed {
	if g.spots[at] == nil {
		g.spots[at] = &installed{edge: store.Edge{EdgeKey: store.EdgeKey{Rel: domain.RelInstalledAt, From: at.item, To: at.site}}}
	}
	return g.spots[at]
}

// Take writes what a report of a step says of what is installed, unless something newer
// is known (D5, D6): what was installed, and whether it runs.
func (g *Ground) Take(s Step, at time.Time, runs bool) {
	if s.Site == "" {
		return
	}
	for _, work := range g.work[s.ID] {
		spot := g.at(spot{store.ID(work.Item.ID), s.Site})
		if spot.is != nil && spot.is.Since != nil && at.Before(*spot.is.Since) {
			continue
		}
		if work.silent && spot.is == nil { // what it adds, and where, nobody says
			continue
		}
		if work.Action == domain.RemoveItem {
			spot.remove()
			spot.ended = runs
			continue
		}
		next := domain.Installation{}
		if spot.is != nil {
			next = *spot.is
		}
		if !equal(next.Version, work.ToVersion) {
			next.Version, next.Since = work.ToVersion, &at
		}
		if runs {
			next.ActiveVersion = work.ToVersion
		}
		spot.put(next)
	}
}

// Back puts back what was there before a step (D7).
func (g *Ground) Back(s Step, at time.Time) {
	if s.Site == "" {
		return
	}
	for _, work := range g.work[s.ID] {
		if g.Stays[work.Item.Key] {
			continue
		}
		spot := g.at(spot{store.ID(work.Item.ID), s.Site})
		if work.Action == domain.AddItem {
			spot.remove()
			continue
		}
		if spot.is == nil && work.Action != domain.RemoveItem {
			continue
		}
		next := domain.Installation{}
		if spot.is != nil {
			next = *spot.is
		}
		if equal(next.Version, work.FromVersion) && equal(next.ActiveVersion, work.FromVersion) && spot.is != nil {
			continue
		}
		next.Version, next.ActiveVersion, next.Since = work.FromVersion, work.FromVersion, &at
		spot.put(next)
	}
}

func equal(a, b *string) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

func (i *installed) remove() {
	if i.is != nil {
		i.is, i.changed = nil, true
	}
}

func (i *installed) put(next domain.Installation) {
	if i.is == nil || !equal(i.is.Version, next.Version) || !equal(i.is.ActiveVersion, next.ActiveVersion) {
		i.is, i.changed = &next, true
	}
}

// Settle brings items to the status that follows from where they are installed (D6):
// those that some steps add or remove and that run somewhere anew are LIVE, those that
// are installed nowhere any more are WITHDRAWN, or PLANNED again. The steps are those
// that moved, or of which was told what is installed.
func (g *Ground) Settle(ctx context.Context, steps []Step) error {
	net, runs := map[store.ID]int{}, map[store.ID]bool{}
	for at, spot := range g.spots {
		if spot.changed {
			net[at.item] += some(spot.is != nil) - some(spot.was)
			runs[at.item] = runs[at.item] || spot.is != nil && spot.is.ActiveVersion != nil
		}
	}
	var gone []store.ID
	for _, s := range steps {
		for _, work := range g.work[s.ID] {
			id := store.ID(work.Item.ID)
			item := g.items[id]
			switch {
			case work.Action != domain.AddItem && work.Action != domain.RemoveItem:
			case runs[id] && item.is.Status != domain.ItemLive && item.is.Status != domain.ItemDisposed:
				item.come(domain.ItemLive)
			case item.is.Status == domain.ItemLive && g.left(s, work):
				gone = append(gone, id)
			}
		}
	}
	slices.Sort(gone)
	return g.leave(ctx, slices.Compact(gone), net, steps)
}

// left reports whether a step took an item away: what it had added was taken back, or
// what it removes was, and that runs.
func (g *Ground) left(s Step, work Action) bool {
	if work.Action == domain.AddItem {
		return s.Status == domain.SiteBackedOut
	}
	at := g.spots[spot{store.ID(work.Item.ID), s.Site}]
	return s.Activated() || at != nil && at.ended && at.is == nil
}

// leave has those of some items leave their status that are installed nowhere any more.
func (g *Ground) leave(ctx context.Context, items []store.ID, net map[store.ID]int, steps []Step) error {
	if len(items) == 0 {
		return nil
	}
	counts, err := g.view.CountEdges(ctx, store.EdgeQuery{Nodes: items, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite})
	if err != nil {
		return refusal.OfStore(err)
	}
	for i, id := range items {
		switch {
		case int(counts[i])+net[id] > 0:
		case g.added(id, steps):
			g.items[id].come(domain.ItemPlanned)
		default:
			g.items[id].come(domain.ItemWithdrawn)
		}
	}
	return nil
}

func (g *Ground) added(item store.ID, steps []Step) bool {
	return slices.ContainsFunc(steps, func(s Step) bool {
		return slices.ContainsFunc(g.work[s.ID], func(w Action) bool { return store.ID(w.Item.ID) == item && w.Action == domain.AddItem })
	})
}

func some(is bool) int {
	if is {
		return 1
	}
	return 0
}

func (s *standing) come(to domain.ItemStatus) {
	next := entity.Clone(s.was).(*domain.ConfigurationItem)
	next.Status = to
	s.is = next
}

// Write adds to a draft what has changed.
func (g *Ground) Write(d *estate.Draft) {
	spots := slices.SortedFunc(maps.Keys(g.spots), func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.item, b.item), cmp.Compare(a.site, b.site))
	})
	for _, at := range spots {
		if spot := g.spots[at]; spot.changed {
			spot.write(d, g.items[at.item].was)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(g.items)) {
		if one := g.items[id]; one.is != one.was {
			d.Decide(one.was, one.is)
		}
	}
}

func (i *installed) write(d *estate.Draft, item *domain.ConfigurationItem) {
	switch {
	case i.is == nil && i.was:
		d.Part(domain.RelInstalledAt, item, i.edge.To)
		d.Guards = append(d.Guards, store.EdgeAt{EdgeKey: i.edge.EdgeKey, Version: i.edge.Version})
	case i.is != nil:
		d.Link(domain.RelInstalledAt, item, i.edge.To, i.is)
		if d.Links[len(d.Links)-1].Exists = i.was; i.was {
			d.Guards = append(d.Guards, store.EdgeAt{EdgeKey: i.edge.EdgeKey, Version: i.edge.Version})
		}
	}
}
