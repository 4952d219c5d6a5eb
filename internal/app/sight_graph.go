package app

import (
	"context"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/store"
)

// sees tells which items and sites of a graph the caller may see, nil for all.
// Hypothetical items are the caller's own. It costs as much as there is to see.
func sees(ctx context.Context, v view, g *Graph, assumed []*domain.ConfigurationItem) (func(impact.Node) bool, error) {
	if v.sight.all(domain.KindConfigurationItem, domain.KindSite) {
		return nil, nil
	}
	seen := map[impact.Node]bool{}
	for _, item := range assumed {
		if n, ok := g.Lookup(item.ID); ok {
			seen[n] = true
		}
	}
	for _, kind := range []string{domain.KindConfigurationItem, domain.KindSite} {
		err := v.part.EachSeen(ctx, kind, func(n store.Node) error {
			if at, ok := g.Lookup(string(n.ID)); ok {
				seen[at] = true
			}
			return nil
		})
		if err != nil {
			return nil, storeError(err)
		}
	}
	return func(n impact.Node) bool { return seen[n] }, nil
}

// seenGraph is the graph of the items that the caller may see and of what they
// need, as if there were nothing else; nil when the caller may see all.
func seenGraph(ctx context.Context, v view) (*Graph, error) {
	if v.sight.all(domain.KindConfigurationItem) {
		return nil, nil
	}
	head, err := v.app.store.Head(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	if v.past {
		head = v.at
	}
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	var codec entity.TopologyCodec
	var ids []store.ID
	err = v.part.EachSeen(ctx, domain.KindConfigurationItem, func(n store.Node) error {
		key, facts := codec.Node(n.Kind, n.Props)
		b.AddNode(string(n.ID), key, facts)
		ids = append(ids, n.ID)
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	for chunk := range slices.Chunk(ids, maxPage) {
		pages, err := v.part.Edges(ctx, store.EdgeQuery{Nodes: chunk, Rel: domain.RelDependsOn, Direction: store.Out})
		if err != nil {
			return nil, storeError(err)
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

// seenEstate is the estate for a plan, without what the caller may not see: no
// chain leads through it.
func (a *App) seenEstate(ctx context.Context, v view, s survey) (*Graph, error) {
	if v.sight.all(domain.KindConfigurationItem, domain.KindSite) {
		return a.estate(ctx, v, s)
	}
	head, err := a.store.Head(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	r := newPartReader(ctx, v.part)
	if err := r.read(s); err != nil {
		return nil, storeError(err)
	}
	return r.b.Graph(int64(head)), nil
}
