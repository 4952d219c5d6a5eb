package slot

import (
	"context"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/digraph"
	"releasegraph/internal/plan/rollout/model"
	"releasegraph/internal/plan/rollout/receive"
)

// bearing knows which windows, freezes and works bear on a site and on a content.
type bearing struct {
	m        *model.Model
	got      *receive.Received
	pace     *pace.Pace
	windows  *conflict.Windows
	freezes  *conflict.Windows
	sites    map[int32]*disturbed
	contents map[int32]*disturbed
	within   *digraph.Graph // what a site is PART_OF
	works    []work
}

// disturbed is what bears on one thing.
type disturbed struct {
	parties [][]int32
	freezes []int32
	works   []int32
}

// work is what a piece of work conflicts with (H6).
type work struct {
	// items are those that it touches, that depend on these or that these depend on;
	// own are those that it touches.
	items []uint64
	own   []int32
	// at are the sites at which it takes place, holds these and all that hold them.
	holds, at map[int32]bool
}

func newBearing(ctx context.Context, m *model.Model, got *receive.Received) (*bearing, error) {
	b := &bearing{m: m, got: got, pace: pace.Of(ctx), sites: map[int32]*disturbed{}, contents: map[int32]*disturbed{}}
	if err := b.parts(); err != nil {
		return nil, err
	}
	if len(m.In.Windows)+len(m.In.Freezes) > 0 {
		g := b.graph()
		var err error
		if b.windows, err = b.read(ctx, g, m.In.Windows); err != nil {
			return nil, err
		}
		if b.freezes, err = b.read(ctx, g, m.In.Freezes); err != nil {
			return nil, err
		}
	}
	return b, b.readWorks()
}

// parts lays out what sites are part of.
func (b *bearing) parts() error {
	parts := digraph.New(b.m.Sites())
	for site := range int32(b.m.Sites()) {
		for _, place := range b.m.Site(site).PartOf {
			no, err := b.m.SiteNo(place)
			if err != nil {
				return err
			}
			parts.Add(site, no)
		}
	}
	b.within = parts.Unique()
	return nil
}

// graph is the estate as the calendar sees it: items by their numbers, sites behind
// them.
func (b *bearing) graph() *conflict.Graph {
	g := adjacency.NewBuilder[domain.Facts, domain.Link]()
	for item := range int32(b.m.Items()) {
		i := b.m.Item(item)
		facts := domain.NewFacts(domain.KindConfigurationItem, i.Class, i.Environment, i.Status, uint8(i.Criticality), 0)
		g.AddNode(domain.KindConfigurationItem+":"+i.Key, i.Key, facts)
	}
	for site := range int32(b.m.Sites()) {
		key := b.m.Site(site).Key
		g.AddNode(domain.KindSite+":"+key, key, domain.NewFacts(domain.KindSite, "", "", "", 0, 0))
	}
	uses := domain.Link{Rel: domain.RelDependsOn, Kind: domain.Uses, Impact: domain.ImpactFull}
	for item := range int32(b.m.Items()) {
		for _, to := range b.m.Depends.Out(item) {
			g.AddArc(item, to, uses)
		}
	}
	return g.Graph(0)
}

func (b *bearing) site(no int32) conflict.Node { return int32(b.m.Items()) + no }

// read looks up to what windows or freezes apply. Of a site with its parts, all parts
// are named.
func (b *bearing) read(ctx context.Context, g *conflict.Graph, list []rollout.Opening) (*conflict.Windows, error) {
	parts := b.within.Reverse()
	regions := map[string][]int32{}
	for site := range int32(b.m.Sites()) {
		if r := b.m.Site(site).Region; r != "" {
			regions[r] = append(regions[r], site)
		}
	}
	windows := make([]conflict.Window, len(list))
	for i := range list {
		o := &list[i]
		scope := conflict.Scope{Everywhere: o.Everywhere, Classes: o.Classes, Environments: o.Environments}
		var sites []int32
		for _, place := range o.Sites {
			no, err := b.m.SiteNo(place)
			if err != nil {
				return nil, err
			}
			sites = append(sites, no)
		}
		for _, r := range o.Regions {
			sites = append(sites, regions[r]...)
		}
		for _, no := range reach(parts, sites) {
			scope.Sites = append(scope.Sites, b.site(no))
		}
		for _, place := range o.Services {
			no, err := b.m.ItemNo(place)
			if err != nil {
				return nil, err
			}
			scope.Services = append(scope.Services, no)
		}
		if !o.Excepted {
			windows[i] = conflict.Window{Scope: scope}
		}
	}
	return conflict.NewWindows(ctx, g, windows)
}

// reach lists some nodes and all to which they lead.
func reach(g *digraph.Graph, from []int32) []int32 {
	seen := map[int32]bool{}
	var list []int32
	for _, v := range from {
		if !seen[v] {
			seen[v] = true
			list = append(list, v)
		}
	}
	for i := 0; i < len(list); i++ {
		for _, w := range g.Out(list[i]) {
			if !seen[w] {
				seen[w] = true
				list = append(list, w)
			}
		}
	}
	return list
}

// readWorks works out what else is planned conflicts with.
func (b *bearing) readWorks() error {
	if len(b.m.In.Works) == 0 {
		return nil
	}
	back := b.m.Depends.Reverse()
	for i := range b.m.In.Works {
		w := &b.m.In.Works[i]
		one := work{items: make([]uint64, (b.m.Items()+63)/64), holds: map[int32]bool{}, at: map[int32]bool{}}
		var items, sites []int32
		for _, place := range w.Items {
			no, err := b.m.ItemNo(place)
			if err != nil {
				return err
			}
			items = append(items, no)
		}
		for _, place := range w.Sites {
			no, err := b.m.SiteNo(place)
			if err != nil {
				return err
			}
			sites = append(sites, no)
			one.at[no] = true
		}
		one.own = items
		for _, g := range []*digraph.Graph{b.m.Depends, back} {
			for _, item := range reach(g, items) {
				one.items[item/64] |= 1 << (item % 64)
			}
		}
		for _, no := range reach(b.within, sites) {
			one.holds[no] = true
		}
		if err := b.pace.Steps(b.m.Items()); err != nil {
			return err
		}
		b.works = append(b.works, one)
	}
	return nil
}

// class joins what bears on the site and on the content of a step.
func (b *bearing) class(s receive.Step) (class, error) {
	site, content := b.ofSite(s.Site), b.ofContent(s.Content)
	if err := b.pace.Steps(1 + len(b.works)); err != nil {
		return class{}, err
	}
	join := func(x, y []int32) []int32 {
		if len(x) == 0 {
			return y
		}
		list := slices.Concat(x, y)
		slices.Sort(list)
		return slices.Compact(list)
	}
	parties := slices.Concat(site.parties, content.parties)
	slices.SortFunc(parties, slices.Compare[[]int32])
	parties = slices.CompactFunc(parties, slices.Equal[[]int32])
	return class{parties: parties, freezes: join(site.freezes, content.freezes), works: join(site.works, content.works)}, nil
}

func (b *bearing) ofSite(site int32) *disturbed {
	d := b.sites[site]
	if d != nil {
		return d
	}
	d = b.by(conflict.Work{Sites: []conflict.Node{b.site(site)}})
	within := reach(b.within, []int32{site})
	for i, w := range b.works {
		if w.holds[site] || slices.ContainsFunc(within, func(s int32) bool { return w.at[s] }) {
			d.works = append(d.works, int32(i))
		}
	}
	b.sites[site] = d
	return d
}

func (b *bearing) ofContent(content int32) *disturbed {
	d := b.contents[content]
	if d != nil {
		return d
	}
	actions := b.got.Contents[content].Actions
	items := make([]conflict.Node, len(actions))
	for i := range actions {
		items[i] = actions[i].Item
	}
	d = b.by(conflict.Work{Items: items})
	for i, w := range b.works {
		if slices.ContainsFunc(items, func(item int32) bool { return w.items[item/64]&(1<<(item%64)) > 0 }) {
			d.works = append(d.works, int32(i))
		}
	}
	b.contents[content] = d
	return d
}

func (b *bearing) by(w conflict.Work) *disturbed {
	d := &disturbed{}
	if b.windows == nil {
		return d
	}
	for _, party := range b.windows.Parties(w) {
		d.parties = append(d.parties, narrow(party))
	}
	d.freezes = narrow(b.freezes.Applying(w))
	return d
}

func narrow(list []int) []int32 {
	short := make([]int32, len(list))
	for i, n := range list {
		short[i] = int32(n)
	}
	return short
}

// Conflict is the kind of conflict of a step with a piece of work, by place (H6).
func (c *Calendar) Conflict(step receive.Step, place int32) domain.ConflictKind {
	w := &c.bearing.works[place]
	kind := domain.ConflictSite
	for _, a := range c.bearing.got.Contents[step.Content].Actions {
		if slices.Contains(w.own, a.Item) {
			return domain.ConflictDirect
		}
		if w.items[a.Item/64]&(1<<(a.Item%64)) > 0 {
			kind = domain.ConflictDependency
		}
	}
	return kind
}
