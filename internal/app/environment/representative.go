package environment

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/release"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/environment"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Representativeness is how a test environment compares with production, for a
// release (R12).
type Representativeness struct {
	Percent, Total, Matched, OtherVersion, Missing int
	Explanation                                    string

	parts []*EnvironmentPart
}

// EnvironmentPart is an item that a test environment should have.
type EnvironmentPart struct {
	Item           *domain.ConfigurationItem
	Held           bool
	State          EnvironmentPartState
	StandIn        *domain.ConfigurationItem
	Version        *string
	LiveVersions   []string
	BroughtVersion *string
}

// EnvironmentPartState is how a part is there.
type EnvironmentPartState string

// Parts are the parts in a state, by their keys; nil: all.
func (r *Representativeness) Parts(state *EnvironmentPartState) []*EnvironmentPart {
	list := []*EnvironmentPart{}
	for _, p := range r.parts {
		if state == nil || p.State == *state {
			list = append(list, p)
		}
	}
	return list
}

// Representativeness compares a test environment with production, for a release. It
// does so for all environments of a page at once.
func (a *Area) Representativeness(ctx context.Context, e *domain.TestEnvironment, ref domain.Ref) (*Representativeness, error) {
	c := a.estate.CohortOf(ctx, e)
	all, err := estate.LoadOf(c, "representativeness "+optional.Or(ref.Key, "")+"\x00"+optional.Or(ref.ID, ""), func() (map[store.ID]*Representativeness, error) {
		r, err := estate.One[*domain.Release](ctx, c.View, ref, "release")
		if err != nil {
			return nil, err
		}
		standing, err := a.releases.StandingFor(ctx, r)
		if err != nil {
			return nil, err
		}
		g, err := a.compare(ctx, standing, c.Members)
		if err != nil {
			return nil, err
		}
		told := map[store.ID]*Representativeness{}
		for _, id := range c.Members {
			told[id] = g.told(id)
		}
		return told, nil
	})
	return all[store.ID(e.ID)], err
}

// compared is how test environments compare with production, with the items that are
// compared.
type compared struct {
	by    map[store.ID]*environment.Comparison
	items map[string]*domain.ConfigurationItem // by id
	here  map[string]*domain.ConfigurationItem // by key: what stands in
}

// compare compares test environments with production, for a release.
func (a *Area) compare(ctx context.Context, s *release.Standing, places []store.ID) (*compared, error) {
	parts, items, err := a.parts(ctx, s)
	if err != nil {
		return nil, err
	}
	g := &compared{by: map[store.ID]*environment.Comparison{}, items: items, here: map[string]*domain.ConfigurationItem{}}
	standIns, err := g.standIns(ctx, s.View, places)
	if err != nil {
		return nil, err
	}
	same := policy.NumberingOf(s.Policy).Items.Same
	for _, id := range places {
		g.by[id] = environment.Compare(parts, standIns[id], same)
	}
	return g, nil
}

// standIns reads what stands for live items in some test environments.
func (g *compared) standIns(ctx context.Context, v estate.View, places []store.ID) (map[store.ID][]environment.StandIn, error) {
	pages, err := v.Edges(ctx, store.EdgeQuery{
		Nodes: places, Rel: domain.RelComprises, Direction: store.Out, Kind: domain.KindConfigurationItem, Order: []store.Order{{Property: "key"}},
	})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var nodes []store.Node
	for _, page := range pages {
		nodes = append(nodes, page.Nodes...)
	}
	items := estate.Decoded[*domain.ConfigurationItem](ctx, v, nodes)
	for _, item := range items {
		g.here[item.Key] = item
	}
	behind, err := v.Far(ctx, store.IDsOf(nodes), domain.RelStandsFor, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	rel := entity.RelationshipsNamed(domain.RelComprises)[0]
	list := map[store.ID][]environment.StandIn{}
	for i, page := range pages {
		for j, n := range page.Nodes {
			said := rel.DecodeLink(page.Edges[j].Props).(*domain.EnvironmentItem)
			one := environment.StandIn{Key: items[0].Key, Version: optional.Or(said.Version, optional.Or(items[0].ProductVersion, "")), For: items[0].ID}
			for _, live := range behind[n.ID] {
				one.For = string(live.ID)
			}
			list[places[i]] = append(list[places[i]], one)
			items = items[1:]
		}
	}
	return list, nil
}

// parts are what a test environment of a release should have: what the release
// holds, but for what it takes away, and what that depends on in LIVE.
func (a *Area) parts(ctx context.Context, s *release.Standing) ([]environment.Part, map[string]*domain.ConfigurationItem, error) {
	brings, roots := map[string]string{}, []*domain.ConfigurationItem{}
	gone := map[string]bool{}
	for _, c := range s.Signed().Contents {
		brings[c.Item], gone[c.Item] = c.To, c.Action == plan.Remove
	}
	for _, item := range s.Items {
		if !gone[item.Key] {
			roots = append(roots, item)
		}
	}
	items, err := a.needed(ctx, s.View, roots)
	if err != nil {
		return nil, nil, err
	}
	live, err := versions(ctx, s.View, items)
	if err != nil {
		return nil, nil, err
	}
	var parts []environment.Part
	known := map[string]*domain.ConfigurationItem{}
	for i, item := range items {
		held := i < len(roots)
		if known[item.ID] = item; held && !environment.Comparable(item.Class) {
			continue
		}
		p := environment.Part{ID: item.ID, Key: item.Key, Held: held, Live: live[store.ID(item.ID)]}
		if held {
			p.Brought = brings[item.Key]
		}
		parts = append(parts, p)
	}
	return parts, known, nil
}

// needed returns some items, and then what they depend on in LIVE.
func (a *Area) needed(ctx context.Context, v estate.View, roots []*domain.ConfigurationItem) ([]*domain.ConfigurationItem, error) {
	if len(roots) == 0 {
		return nil, nil
	}
	nodes, ids := make([]store.Node, len(roots)), make([]string, len(roots))
	for i, item := range roots {
		nodes[i], ids[i] = store.Node{ID: store.ID(item.ID), Kind: domain.KindConfigurationItem}, item.ID
	}
	g, err := a.traversal.SeenEstate(ctx, v, traversal.Survey{Roots: nodes, Named: nodes, Direction: store.Out})
	if err != nil {
		return nil, err
	}
	needed, err := environment.Needed(ctx, g, ids)
	if err != nil {
		return nil, err
	}
	asked := make([]store.ID, len(needed))
	for i, id := range needed {
		asked[i] = store.ID(id)
	}
	found, err := estate.ByID[*domain.ConfigurationItem](ctx, v, asked...)
	items := slices.Clone(roots)
	for _, id := range asked {
		if item := found[id]; item != nil {
			items = append(items, item)
		}
	}
	return items, err
}

// versions are those of items that run in LIVE: where they are installed, or else
// their own.
func versions(ctx context.Context, v estate.View, items []*domain.ConfigurationItem) (map[store.ID][]string, error) {
	ids, live := make([]store.ID, len(items)), map[store.ID][]string{}
	for i, item := range items {
		ids[i] = store.ID(item.ID)
	}
	pages, err := v.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	for i, item := range items {
		var list []string
		for _, e := range pages[i].Edges {
			version := e.Props.Text("activeVersion")
			if version == "" {
				version = e.Props.Text("version")
			}
			if version != "" && !slices.Contains(list, version) {
				list = append(list, version)
			}
		}
		if len(list) == 0 && optional.Or(item.ProductVersion, "") != "" {
			list = append(list, *item.ProductVersion)
		}
		slices.Sort(list)
		live[ids[i]] = list
	}
	return live, nil
}

// told is a comparison as people read it.
func (g *compared) told(id store.ID) *Representativeness {
	c := g.by[id]
	r := &Representativeness{
		Percent: c.Percent(), Total: len(c.Parts), Matched: c.Matched, OtherVersion: c.Other, Missing: c.Missing, Explanation: c.Text(),
	}
	for _, p := range c.Parts {
		one := &EnvironmentPart{
			Item: g.items[p.ID], Held: p.Held, State: EnvironmentPartState(p.State), LiveVersions: append([]string{}, p.Live...), BroughtVersion: optional.Text(p.Brought),
		}
		if p.StandIn != nil {
			one.StandIn, one.Version = g.here[p.StandIn.Key], optional.Text(p.StandIn.Version)
		}
		r.parts = append(r.parts, one)
	}
	return r
}
