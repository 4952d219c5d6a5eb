package running

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
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

var (
	receives    = entity.RelationshipsNamed(domain.RelReceives)[0]
	installedAt = entity.RelationshipsNamed(domain.RelInstalledAt)[0]
)

// ground is what is installed at the sites of steps, as it was read and as it will be
// (D6).
type ground struct {
	c *course
	// work is what steps do, by their id.
	work map[string][]action
	// items are those that they do it to, by id.
	items map[store.ID]*standing
	// spots are what is installed where.
	spots map[spot]*installed
}

// action is what a step does to an item.
type action struct {
	item store.ID
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
	// changed says that it was.
	changed bool
}

func newGround(c *course) *ground {
	return &ground{c: c, work: map[string][]action{}, items: map[store.ID]*standing{}, spots: map[spot]*installed{}}
}

// read reads what some steps do, and what is installed where they do it.
func (g *ground) read(ctx context.Context, steps []*running.Step) error {
	steps = slices.DeleteFunc(slices.Clone(steps), func(s *running.Step) bool { _, known := g.work[s.ID]; return known })
	if len(steps) == 0 {
		return nil
	}
	if err := g.readWork(ctx, steps); err != nil {
		return err
	}
	var sites []store.ID
	for _, s := range steps {
		sites = append(sites, g.c.sites[s.ID].ID)
	}
	slices.Sort(sites)
	sites = slices.Compact(sites)
	return g.readSpots(ctx, slices.DeleteFunc(sites, func(id store.ID) bool { return id == "" }))
}

// readWork reads what steps receive. One that says nothing receives what its release
// changes of what is there, as one does that was brought from elsewhere (P2).
func (g *ground) readWork(ctx context.Context, steps []*running.Step) error {
	ids := make([]store.ID, len(steps))
	for i, s := range steps {
		ids[i] = store.ID(s.ID)
	}
	pages, err := g.c.view.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelReceives, Direction: store.Out, Kind: domain.KindConfigurationItem})
	if err != nil {
		return refusal.OfStore(err)
	}
	var silent []*running.Step
	for i, s := range steps {
		g.work[s.ID] = nil
		for j, e := range pages[i].Edges {
			g.work[s.ID] = append(g.work[s.ID], action{item: e.To, Receipt: *receives.DecodeLink(e.Props).(*domain.Receipt)})
			g.know(pages[i].Nodes[j])
		}
		if len(pages[i].Edges) == 0 {
			silent = append(silent, s)
		}
	}
	return g.readSilent(ctx, silent)
}

func (g *ground) know(n store.Node) {
	if g.items[n.ID] == nil {
		item := entity.DecodeNode(n).(*domain.ConfigurationItem)
		g.items[n.ID] = &standing{item, item}
	}
}

// readSilent reads what steps do that do not say it.
func (g *ground) readSilent(ctx context.Context, steps []*running.Step) error {
	releases := map[store.ID]bool{}
	for _, s := range steps {
		if id := g.c.releaseOf(s); id != "" {
			releases[id] = true
		}
	}
	ids := slices.Sorted(maps.Keys(releases))
	if len(ids) == 0 {
		return nil
	}
	pages, err := g.c.view.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelChanges, Direction: store.Out, Kind: domain.KindConfigurationItem})
	if err != nil {
		return refusal.OfStore(err)
	}
	changes := entity.RelationshipsNamed(domain.RelChanges)[0]
	for i, id := range ids {
		for j, e := range pages[i].Edges {
			says := changes.DecodeLink(e.Props).(*domain.ReleaseChange)
			g.know(pages[i].Nodes[j])
			for _, s := range steps {
				if g.c.releaseOf(s) == id {
					g.work[s.ID] = append(g.work[s.ID], action{
						item: e.To, Receipt: domain.Receipt{Action: says.Action, FromVersion: says.FromVersion, ToVersion: says.ToVersion}, silent: true,
					})
				}
			}
		}
	}
	return nil
}

// readSpots reads what is installed at some sites of the items that are known.
func (g *ground) readSpots(ctx context.Context, sites []store.ID) error {
	if len(sites) == 0 || len(g.items) == 0 {
		return nil
	}
	items := slices.Sorted(maps.Keys(g.items))
	pages, err := g.c.view.Edges(ctx, store.EdgeQuery{
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

func (g *ground) at(at spot) *installed {
	if g.spots[at] == nil {
		g.spots[at] = &installed{edge: store.Edge{EdgeKey: store.EdgeKey{Rel: domain.RelInstalledAt, From: at.item, To: at.site}}}
	}
	return g.spots[at]
}

// take writes what a report of a step says of what is installed, unless something newer
// is known (D5, D6): what was installed, and whether it runs.
func (g *ground) take(s *running.Step, at time.Time, runs bool) {
	site := g.c.sites[s.ID].ID
	if site == "" {
		return
	}
	for _, work := range g.work[s.ID] {
		spot := g.at(spot{work.item, site})
		if spot.is != nil && spot.is.Since != nil && at.Before(*spot.is.Since) {
			continue
		}
		if work.silent && work.Action != domain.AddItem && spot.is == nil {
			continue
		}
		if work.Action == domain.RemoveItem {
			spot.remove()
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

// back puts back what was there before a step (D7).
func (g *ground) back(s *running.Step, at time.Time) {
	site := g.c.sites[s.ID].ID
	if site == "" {
		return
	}
	for _, work := range g.work[s.ID] {
		if g.c.stays[g.items[work.item].was.Key] {
			continue
		}
		spot := g.at(spot{work.item, site})
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

// settle brings items to the status that follows from where they are installed (D6):
// those that some steps added and that run are LIVE, those that they removed and that
// are installed nowhere any more are WITHDRAWN. Taken back it is the other way round.
func (g *ground) settle(ctx context.Context, steps []*running.Step) error {
	net, runs := map[store.ID]int{}, map[store.ID]bool{}
	for at, spot := range g.spots {
		if spot.changed {
			net[at.item] += some(spot.is != nil) - some(spot.was)
			runs[at.item] = runs[at.item] || spot.is != nil && spot.is.ActiveVersion != nil
		}
	}
	var gone []store.ID
	for _, s := range steps {
		back := s.Status == domain.SiteBackedOut
		for _, work := range g.work[s.ID] {
			item := g.items[work.item]
			switch added := work.Action == domain.AddItem; {
			case !added && work.Action != domain.RemoveItem:
			case added != back && runs[work.item] && item.is.Status != domain.ItemLive && item.is.Status != domain.ItemDisposed:
				item.come(domain.ItemLive)
			case item.is.Status == domain.ItemLive && (added && back || !added && s.Activated()):
				gone = append(gone, work.item)
			}
		}
	}
	slices.Sort(gone)
	return g.leave(ctx, slices.Compact(gone), net, steps)
}

// leave has those of some items leave their status that are installed nowhere any more.
func (g *ground) leave(ctx context.Context, items []store.ID, net map[store.ID]int, steps []*running.Step) error {
	if len(items) == 0 {
		return nil
	}
	counts, err := g.c.view.CountEdges(ctx, store.EdgeQuery{Nodes: items, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite})
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

func (g *ground) added(item store.ID, steps []*running.Step) bool {
	return slices.ContainsFunc(steps, func(s *running.Step) bool {
		return slices.ContainsFunc(g.work[s.ID], func(w action) bool { return w.item == item && w.Action == domain.AddItem })
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

// write adds to a draft what has changed.
func (g *ground) write(d *estate.Draft) {
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
