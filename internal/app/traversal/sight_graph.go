package traversal

import (
	"context"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// Sees tells which items and sites of a graph the caller may see, nil for all.
// Hypothetical items are the caller's own. It costs as much as there is to see.
func Sees(ctx context.Context, v estate.View, g *shape.Graph, assumed []*domain.ConfigurationItem) (func(impact.Node) bool, error) {
	if v.SeesAll(domain.KindConfigurationItem, domain.KindSite) {
		return nil, nil
	}
	seen := map[impact.Node]bool{}
	for _, item := range assumed {
		if n, ok := g.Lookup(item.ID); ok {
			seen[n] = true
		}
	}
	for _, kind := range []string{domain.KindConfigurationItem, domain.KindSite} {
		err := v.Part.EachSeen(ctx, kind, func(n store.Node) error {
			if at, ok := g.Lookup(string(n.ID)); ok {
				seen[at] = true
			}
			return nil
		})
		if err != nil {
			return nil, refusal.OfStore(err)
		}
	}
	return func(n impact.Node) bool { return seen[n] }, nil
}

// SeenGraph returns the graph of the items that the caller may see and of what
// they need, as if there were nothing else; nil when the caller may see all.
func SeenGraph(ctx context.Context, v estate.View) (*shape.Graph, error) {
	if v.SeesAll(domain.KindConfigurationItem) {
		return nil, nil
	}
	head, err := v.App.Store.Head(ctx)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	if v.Past {
		head = v.At
	}
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	var codec entity.TopologyCodec
	var ids []store.ID
	err = v.Part.EachSeen(ctx, domain.KindConfigurationItem, func(n store.Node) error {
		key, facts := codec.Node(n.Kind, n.Props)
		b.AddNode(string(n.ID), key, facts)
		ids = append(ids, n.ID)
		return nil
	})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	for chunk := range slices.Chunk(ids, listing.MaxPage) {
		pages, err := v.Part.Edges(ctx, store.EdgeQuery{Nodes: chunk, Rel: domain.RelDependsOn, Direction: store.Out})
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		for _, p := range pages {
			for _, e := range p.Edges {
				from, ok := b.Lookup(string(e.From))
				if to, known := b.Lookup(string(e.To)); ok && known {
					b.AddArc(from, to, codec.Edge(e.Rel, e.Tag, e.Props))
				}
			}
		}
	}
	return b.Graph(int64(head)), nil
}

// SeenEstate returns the estate for a plan, without what the caller may not
// see: no chain leads through it.
func (a *Area) SeenEstate(ctx context.Context, v estate.View, s Survey) (*shape.Graph, error) {
	if v.SeesAll(domain.KindConfigurationItem, domain.KindSite) {
		return a.Graph(ctx, v, s)
	}
	head, err := a.estate.Store.Head(ctx)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	r := NewPartReader(ctx, v.Part)
	if err := r.Read(s); err != nil {
		return nil, refusal.OfStore(err)
	}
	return r.B.Graph(int64(head)), nil
}
