package release

import (
	"context"
	"slices"

	"releasegraph/internal/app/configuration"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Contents is all that a release holds (R2).
type Contents struct {
	Nodes []*Content
	// Units are the keys of the units that it holds; items of no unit are units of
	// their own, and not among them.
	Units   []string
	LeftOut []*LeftOut
}

// TotalCount counts what it holds.
func (c *Contents) TotalCount() int { return len(c.Nodes) }

// Content is what a release does to one item, and why it holds it.
type Content struct {
	Action      ContentAction
	FromVersion *string
	ToVersion   *string
	Coexists    bool
	Because     *Because

	item *configuration.ConfigurationItemKey
}

// Item is the item; nil where the caller may not see it.
func (c *Content) Item(ctx context.Context) (*domain.ConfigurationItem, error) {
	return c.item.Item(ctx)
}

// ContentAction is what a release does to an item that it holds.
type ContentAction string

// Because says why a release holds an item.
type Because struct {
	Rule, Text string
	// Unit and By are the unit that brought the item, and the item because of which
	// it is held; nil of what the release changes itself.
	Unit, By *string
}

// LeftOut is an item of a held unit that a DELTA leaves out (R20).
type LeftOut struct {
	Unit string

	item *configuration.ConfigurationItemKey
}

// Item is the item; nil where the caller may not see it.
func (l *LeftOut) Item(ctx context.Context) (*domain.ConfigurationItem, error) {
	return l.item.Item(ctx)
}

// Contents works out what a release holds, each item with the reason (R2).
func (a *Area) Contents(ctx context.Context, r *domain.Release) (*Contents, error) {
	g, h, err := a.holds(ctx, r)
	if err != nil {
		return nil, err
	}
	keys, left := make([]string, len(h.items)), make([]string, len(h.leftOut))
	for i, one := range h.items {
		keys[i] = one.Item
	}
	for i, one := range h.leftOut {
		left[i] = one.Item
	}
	named, others := a.configuration.ItemsOf(ctx, r, keys), a.configuration.ItemsOf(ctx, r, left)
	out := &Contents{Nodes: make([]*Content, len(h.items)), LeftOut: make([]*LeftOut, len(left)), Units: []string{}}
	for i, one := range h.items {
		out.Nodes[i] = &Content{
			Action: ContentAction(one.Action), FromVersion: optional.Text(one.From), ToVersion: optional.Text(one.To), Coexists: one.Coexists,
			Because: because(g, one), item: named[i],
		}
	}
	for i, one := range h.leftOut {
		out.LeftOut[i] = &LeftOut{Unit: one.Unit, item: others[i]}
	}
	for _, u := range h.units {
		if !u.Own {
			out.Units = append(out.Units, u.Key)
		}
	}
	return out, nil
}

// holds reads a release, of the moment of its view, and works out what it holds.
func (a *Area) holds(ctx context.Context, r *domain.Release) (*reading, *held, error) {
	g, err := read(ctx, a.estate.CohortOf(ctx, r).View, r)
	if err != nil {
		return nil, nil, err
	}
	h, err := a.heldBy(ctx, g)
	return g, h, err
}

// heldBy works out what a release holds that was read, by the numbering of its policy.
func (a *Area) heldBy(ctx context.Context, g *reading) (*held, error) {
	c, err := a.policies.Of(ctx, g.view, g.of, g.changed())
	if err != nil {
		return nil, err
	}
	return g.held(ctx, policy.NumberingOf(c.Policy))
}

// Held reads the items that releases hold, each once (R2).
func (a *Area) Held(ctx context.Context, v estate.View, releases []store.Node) ([]store.Node, error) {
	var ids []store.ID
	for _, r := range estate.Decoded[*domain.Release](ctx, v, releases) {
		g, err := read(ctx, v, r)
		if err != nil {
			return nil, err
		}
		h, err := a.heldBy(ctx, g)
		if err != nil {
			return nil, err
		}
		for _, one := range h.items {
			ids = append(ids, store.ID(g.units.items[one.Item].ID))
		}
	}
	found, err := v.Nodes(ctx, ids...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var nodes []store.Node
	for _, id := range ids {
		if n, there := found[id]; there {
			nodes = append(nodes, n)
		}
	}
	return nodes, nil
}

// numberingOf is how the versions of a release that is being edited are read.
func (a *Area) numberingOf(ctx context.Context, r *domain.Release) (policy.Numbering, error) {
	g, err := read(ctx, a.estate.Unnamed(ctx), r)
	if err != nil {
		return policy.Numbering{}, err
	}
	c, err := a.policies.Of(ctx, g.view, r, g.changed())
	if err != nil {
		return policy.Numbering{}, err
	}
	return policy.NumberingOf(c.Policy), nil
}

// because says why a release holds an item.
func because(g *reading, one release.HeldItem) *Because {
	if one.Because == nil {
		return &Because{Rule: "R2", Text: "changed by " + g.of.Key}
	}
	return &Because{Rule: "R2", Text: "held by " + one.Because.Unit + " with " + one.Because.By, Unit: &one.Because.Unit, By: &one.Because.By}
}

// sealed is what the digest of the content stands for (R21).
func (f *facts) sealed() release.Signed {
	s := release.Signed{
		Release: f.of.Key, ReleaseVersion: f.of.ReleaseVersion, Type: f.of.Type, Category: f.of.Category,
		Natures: f.natures(), Units: []string{}, Contents: []release.Content{}, Requests: []release.SignedRequest{}, Kit: []release.KitItem{},
		Deliverables: []release.SignedDeliverable{}, Defects: []string{},
	}
	if f.of.Category == domain.PackageRelease {
		s.Parts = append([]string{}, f.leaves...)
	}
	for _, u := range f.held.units {
		s.Units = append(s.Units, u.Key)
	}
	for _, one := range f.held.items {
		s.Contents = append(s.Contents, one.Content)
	}
	for _, c := range f.requests {
		s.Requests = append(s.Requests, release.SignedRequest{Key: c.request.Key, ContentVersion: c.request.ContentVersion})
	}
	for _, p := range f.kit.parts {
		s.Kit = append(s.Kit, release.KitItem{Key: p.media.Key, Sha256: p.media.Sha256})
	}
	for _, d := range f.defects {
		s.Defects = append(s.Defects, d.Key)
	}
	if f.beside != nil {
		s.Deliverables = append(s.Deliverables, f.beside.Brought()...)
	}
	if f.policy.Record != nil {
		s.Policy = &release.SignedPolicy{Key: f.policy.Record.Key, PolicyVersion: f.policy.Record.PolicyVersion}
	}
	return s
}

// natures are the natures of deployment that a release has, by its items (section
// 9).
func (f *facts) natures() []string {
	found := map[domain.DeploymentNature]bool{}
	for _, one := range f.held.items {
		if one.Action != release.Remove {
			item := f.units.items[one.Item]
			if nature, has := domain.NatureOf(item.Class, f.supplied[one.Item]); has {
				found[nature] = true
			}
		}
	}
	list := []string{}
	for _, nature := range domain.DeploymentNatures {
		if found[nature] {
			list = append(list, string(nature))
		}
	}
	return list
}

// Coming is an item that a release holds, and whether the release adds it.
type Coming struct {
	Item *domain.ConfigurationItem
	Adds bool
}

// Adding works out what a release holds that adds something; of any other it is
// empty.
func (a *Area) Adding(ctx context.Context, v estate.View, r *domain.Release) ([]Coming, error) {
	g, err := read(ctx, v, r)
	if err != nil || !slices.ContainsFunc(g.carriers(), (*part).adds) {
		return nil, err
	}
	h, err := a.heldBy(ctx, g)
	if err != nil {
		return nil, err
	}
	list := make([]Coming, len(h.items))
	for i, one := range h.items {
		list[i] = Coming{g.units.items[one.Item], one.Action == release.Add}
	}
	return list, nil
}

// adds reports whether the release adds an item.
func (p *part) adds() bool {
	return slices.ContainsFunc(p.changes, func(c release.Content) bool { return c.Action == release.Add })
}
