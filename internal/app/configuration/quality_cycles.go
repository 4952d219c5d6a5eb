package configuration

import (
	"context"
	"strings"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/quality"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// SizedCycle is a set of items that depend on one another.
type SizedCycle struct {
	Size int

	load  *traversal.Items
	nodes []quality.Node
}

// Items loads the first items of the cycle, by key.
func (c *SizedCycle) Items(ctx context.Context, first int) ([]*domain.ConfigurationItem, error) {
	if first < 0 || first > listing.MaxPage {
		return nil, refusal.Wrong("first", "must be from 0 to %d, not %d", listing.MaxPage, first)
	}
	return c.load.All(ctx, c.nodes[:min(first, len(c.nodes))])
}

// Cycles lists the dependency cycles of the whole estate (C2), whatever the
// filter: they are found in the graph in memory, or where there is none, by
// one scan of the store.
func (q *DataQuality) Cycles(ctx context.Context, first *int, after *string) (*FindingPage[SizedCycle], error) {
	limit, err := records.GroupLimit(first)
	if err != nil {
		return nil, err
	}
	g, err := q.graph(ctx)
	if err != nil {
		return nil, err
	}
	load := traversal.NewItems(q.a.estate.Today(ctx), g, nil)
	var all []Finding[SizedCycle]
	cycles, err := quality.Cycles(ctx, g)
	if err != nil {
		return nil, err
	}
	for _, nodes := range cycles {
		all = append(all, Finding[SizedCycle]{
			Size: len(nodes), Name: g.Key(nodes[0]), Node: &SizedCycle{Size: len(nodes), load: load, nodes: nodes},
		})
	}
	return PageOf(all, limit, after)
}

// graph returns the whole estate, as far as the caller may see it.
func (q *DataQuality) graph(ctx context.Context) (*shape.Graph, error) {
	g, err := traversal.SeenGraph(ctx, q.a.estate.Today(ctx))
	if g == nil && err == nil {
		g, err = q.a.dependencies(ctx)
	}
	return g, err
}

// dependencies returns the graph of all items and what they depend on.
func (a *Area) dependencies(ctx context.Context) (*shape.Graph, error) {
	if a.estate.Graphs != nil {
		if g, err := a.traversal.Whole(ctx, a.estate.Today(ctx)); g != nil || err != nil {
			return g, err
		}
	}
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	var codec entity.TopologyCodec
	scan := store.Scan{Kinds: []string{domain.KindConfigurationItem}, Rels: []string{domain.RelDependsOn}, Keep: codec.Scan().Keep}
	revision, err := a.estate.Entire.Scan(ctx, scan, func(batch store.Batch) error {
		for _, n := range batch.Nodes {
			key, facts := codec.Node(n.Kind, n.Props)
			b.AddNode(strings.Clone(string(n.ID)), strings.Clone(key), facts)
		}
		for _, e := range batch.Edges {
			from, ok := b.Lookup(string(e.From))
			to, ok2 := b.Lookup(string(e.To))
			if ok && ok2 {
				b.AddArc(from, to, codec.Edge(e.Rel, e.Tag, e.Props))
			}
		}
		return nil
	})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	return b.Graph(int64(revision)), nil
}
