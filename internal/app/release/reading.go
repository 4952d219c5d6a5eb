package release

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
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// part is a release with what it changes, as a package and its parts are read.
type part struct {
	release *domain.Release
	changes []release.Content
	bundles []string // keys
}

// reading is all that is read of a release: of itself, and of the releases below
// it. Guards hold what was read as it was.
type reading struct {
	view   estate.View
	of     *domain.Release
	parts  map[string]*part // by key; itself among them
	leaves []string         // of a PACKAGE, by key
	units  *Units
	guards []store.Guard
}

// read reads a release and, below a package, its parts.
func read(ctx context.Context, v estate.View, r *domain.Release) (*reading, error) {
	g := &reading{view: v, of: r, parts: map[string]*part{}, units: NewUnits(v)}
	g.keep(r)
	for level := []*domain.Release{r}; len(level) > 0; {
		next, err := g.readLevel(ctx, level)
		if err != nil {
			return nil, err
		}
		level = next
	}
	if r.Category != domain.PackageRelease {
		return g, nil
	}
	bundles := map[string][]string{}
	for key, p := range g.parts {
		bundles[key] = p.bundles
	}
	leaves, err := release.Leaves(ctx, bundles, r.Key)
	if err == nil {
		g.leaves = leaves
	}
	return g, ctx.Err() // a package without parts has no leaves
}

// keep guards that a record stays as it was read.
func (g *reading) keep(r entity.Record) {
	g.guards = append(g.guards, store.NodeAt{ID: store.ID(r.Meta().ID), Version: int64(r.Meta().Version)})
}

// readLevel reads what releases change and bundle, and returns those that are
// bundled and were not read before.
func (g *reading) readLevel(ctx context.Context, level []*domain.Release) ([]*domain.Release, error) {
	ids := make([]store.ID, len(level))
	for i, r := range level {
		ids[i] = store.ID(r.ID)
		g.parts[r.Key] = &part{release: r}
	}
	changed, err := g.view.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelChanges, Direction: store.Out, Kind: domain.KindConfigurationItem, Order: byKey})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var nodes []store.Node
	for _, page := range changed {
		nodes = append(nodes, page.Nodes...)
	}
	items := estate.Decoded[*domain.ConfigurationItem](ctx, g.view, nodes)
	for i, page := range changed {
		for j := range page.Nodes {
			item := items[0]
			items = items[1:]
			g.units.Know(item)
			g.parts[level[i].Key].changes = append(g.parts[level[i].Key].changes, ContentOf(item, page.Edges[j]))
			g.guards = append(g.guards, store.EdgeAt{EdgeKey: page.Edges[j].EdgeKey, Version: page.Edges[j].Version})
		}
	}
	bundled, err := estate.Linked[*domain.Release](ctx, g.view, ids, domain.RelBundles, store.Out)
	if err != nil {
		return nil, err
	}
	var next []*domain.Release
	for i, r := range level {
		for _, b := range bundled[ids[i]] {
			g.parts[r.Key].bundles = append(g.parts[r.Key].bundles, b.Key)
			if g.parts[b.Key] == nil {
				g.parts[b.Key] = &part{release: b}
				g.keep(b)
				next = append(next, b)
			}
		}
	}
	return next, nil
}

var byKey = []store.Order{{Property: "key"}}

// ContentOf is what a link of CHANGES says of an item.
func ContentOf(item *domain.ConfigurationItem, e store.Edge) release.Content {
	c := entity.RelationshipsNamed(domain.RelChanges)[0].DecodeLink(e.Props).(*domain.ReleaseChange)
	return release.Content{
		Item: item.Key, Action: release.Action(c.Action), From: optional.Or(c.FromVersion, ""), To: optional.Or(c.ToVersion, ""), Coexists: c.Coexists,
	}
}

// carriers are the releases whose contents make up those of the release: itself,
// or the leaves of a package.
func (g *reading) carriers() []*part {
	if g.of.Category != domain.PackageRelease {
		return []*part{g.parts[g.of.Key]}
	}
	list := make([]*part, len(g.leaves))
	for i, key := range g.leaves {
		list[i] = g.parts[key]
	}
	return list
}

// changed are the items that the release, or the leaves of a package, change.
func (g *reading) changed() (items []*domain.ConfigurationItem) {
	for _, p := range g.carriers() {
		for _, c := range p.changes {
			items = append(items, g.units.items[c.Item])
		}
	}
	return items
}

// ids are those of some parts.
func ids(parts []*part) []store.ID {
	list := make([]store.ID, len(parts))
	for i, p := range parts {
		list[i] = store.ID(p.release.ID)
	}
	return list
}

// holding works out what a FULL or DELTA release holds.
func (g *reading) holding(ctx context.Context, p *part) (*release.Holding, error) {
	return release.Close(ctx, g.units, p.release.Category, p.changes)
}

// held is all that the release holds, merged where it is a package.
type held struct {
	items   []release.HeldItem
	units   []release.Unit
	leftOut []release.LeftOut
	// lacks are those of the content itself.
	lacks []release.Lack
}

// held works out all that the release holds (R2).
func (g *reading) held(ctx context.Context, items policy.Numbering) (*held, error) {
	if g.of.Category != domain.PackageRelease {
		h, err := g.holding(ctx, g.parts[g.of.Key])
		if err != nil {
			return nil, err
		}
		return &held{items: h.Items, units: h.Units, leftOut: h.LeftOut, lacks: h.Incomplete()}, nil
	}
	return g.heldByParts(ctx, items)
}

// heldByParts merges what the leaves of a package hold.
func (g *reading) heldByParts(ctx context.Context, n policy.Numbering) (*held, error) {
	all, known := &held{}, map[release.Unit]bool{}
	because := map[string]*release.Brought{}
	var leaves []release.Leaf
	for _, p := range g.carriers() {
		h, err := g.holding(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, one := range h.Items {
			because[one.Item] = one.Because
		}
		for _, u := range h.Units {
			if !known[u] {
				known[u] = true
				all.units = append(all.units, u)
			}
		}
		all.lacks = append(all.lacks, h.Incomplete()...)
		leaves = append(leaves, release.Leaf{Release: p.release.Key, Type: p.release.Type, Contents: h.Contents()})
	}
	requires, err := g.requires(ctx)
	if err != nil {
		return nil, err
	}
	merged, err := release.Merge(ctx, leaves, requires, n.Items)
	if err != nil {
		return nil, err
	}
	for _, one := range merged.Items {
		item := release.HeldItem{Content: one.Content}
		if one.Action == release.Rebuild {
			item.Because = because[one.Item]
		}
		all.items = append(all.items, item)
	}
	all.lacks = append(all.lacks, merged.Lacks...)
	slices.SortFunc(all.items, func(a, b release.HeldItem) int { return cmp.Compare(a.Item, b.Item) })
	return all, nil
}

// requires are the releases that each leaf, and each of those in turn, requires.
func (g *reading) requires(ctx context.Context) (map[string][]string, error) {
	requires, open := map[string][]string{}, map[store.ID]string{}
	for _, p := range g.carriers() {
		open[store.ID(p.release.ID)] = p.release.Key
	}
	for len(open) > 0 {
		far, err := g.view.Far(ctx, slices.Collect(maps.Keys(open)), domain.RelRequires, store.Out, domain.KindRelease)
		if err != nil {
			return nil, err
		}
		next := map[store.ID]string{}
		for id, key := range open {
			requires[key] = []string{}
			for _, n := range far[id] {
				requires[key] = append(requires[key], n.Props.Text("key"))
				next[n.ID] = n.Props.Text("key")
			}
		}
		maps.DeleteFunc(next, func(_ store.ID, key string) bool { return requires[key] != nil })
		open = next
	}
	return requires, nil
}
