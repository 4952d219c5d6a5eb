package impact

import (
	"context"
	"slices"

	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/concern"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/shape"
)

// ConcernPage is a page of what bears on items.
type ConcernPage struct {
	Nodes       []*Concern
	TotalCount  int
	HasNext     bool
	HasPrevious bool

	about *Concerns
	items *traversal.FirstItems
}

// Concern is a record that bears on items: a problem, a known error or a
// request for change.
type Concern struct {
	record entity.Record
	// Hits counts the items that it bears on, Full those that stop.
	Hits, Full, Degraded int
	Cursor               string

	page  *ConcernPage
	items []int
}

// Page returns a page of what of one kind bears on the items: those of most
// items first, then by key; first defaults to the
// longest page.
func (c *Concerns) Page(ctx context.Context, k *concernKind, first *int, after *string) (*ConcernPage, error) {
	list, err := c.of(ctx, k)
	if err != nil {
		return nil, err
	}
	part, err := listing.ParseCut(first, after)
	if err != nil {
		return nil, err
	}
	page := &ConcernPage{TotalCount: len(list.subjects), Nodes: []*Concern{}, about: c, items: &traversal.FirstItems{Load: c.Load}}
	subjects, previous, next := listing.CutOf(list.subjects, part)
	page.HasPrevious, page.HasNext = previous, next
	return page, page.fill(ctx, k, list.graph, subjects)
}

// fill loads the records of a page at once.
func (p *ConcernPage) fill(ctx context.Context, k *concernKind, g *shape.Graph, subjects []*concern.Subject) error {
	for chunk := range slices.Chunk(subjects, listing.MaxPage) {
		ids := make([]string, len(chunk))
		for i, s := range chunk {
			ids[i] = g.ID(s.Node)
		}
		records, err := p.about.Load.View.Records(ctx, ids)
		if err != nil {
			return err
		}
		for i, s := range chunk {
			record, ok := records[i].(entity.Record)
			if !ok { // removed since the revision of the answer, which still speaks of it
				record = rememberedRecord(k.kind, ids[i], g.Key(s.Node))
			}
			one := &Concern{
				record: record, Hits: len(s.Items), Full: s.Full, Degraded: len(s.Items) - s.Full,
				Cursor: listing.PlaceCursor(len(s.Items), s.Key), page: p, items: s.Items,
			}
			p.Nodes, p.items.Of = append(p.Nodes, one), append(p.items.Of, one)
		}
	}
	return nil
}

// rememberedRecord makes a record of what the graph knows of it.
func rememberedRecord(kind, id, key string) entity.Record {
	record, _ := entity.KindNamed(kind).Bring(map[string]any{"key": key, "name": key}, "") // all else gets its default
	record.Meta().ID = id
	return record
}

// Problem returns the problem that bears on the items, nil when it is of
// another kind.
func (c *Concern) Problem() *domain.Problem { return as[*domain.Problem](c.record) }

// KnownError returns the known error that bears on the items.
func (c *Concern) KnownError() *domain.KnownError { return as[*domain.KnownError](c.record) }

// ChangeRequest returns the request for change that bears on the items.
func (c *Concern) ChangeRequest() *domain.ChangeRequest { return as[*domain.ChangeRequest](c.record) }

func as[T any](record any) (t T) {
	t, _ = record.(T)
	return t
}

// Items loads the first of the items, by depth and key. Those of the whole
// page are loaded together.
func (c *Concern) Items(ctx context.Context, first int) ([]*domain.ConfigurationItem, error) {
	return c.page.items.Get(ctx, c, first)
}

// Nearest loads the item that is nearest to where the question started.
func (c *Concern) Nearest(ctx context.Context) (*domain.ConfigurationItem, error) {
	items, err := c.Items(ctx, 1)
	if err != nil {
		return nil, err
	}
	return items[0], nil
}

// Chain is one shortest chain of dependencies that leads to the nearest item;
// empty where the question started there.
func (c *Concern) Chain(ctx context.Context) ([]*DependencyLink, error) {
	chain, err := c.chain(ctx)
	return chain.Links, err
}

// HiddenLinks counts the links of the chain that are left out, because the
// caller may not see both their ends.
func (c *Concern) HiddenLinks(ctx context.Context) (int, error) {
	chain, err := c.chain(ctx)
	return chain.Hidden, err
}

func (c *Concern) chain(ctx context.Context) (shownChain, error) {
	about := c.page.about
	return about.ChainTo(ctx, about.items.Value[c.items[0]]) // known since the page was made
}

// ChainTo returns the chain to an item, as far as the caller may see it: none
// to where the question started.
func (c *Concerns) ChainTo(ctx context.Context, hit impact.Hit) (shownChain, error) {
	if hit.Depth == 0 {
		return shownChain{Links: []*DependencyLink{}}, nil
	}
	return showChain(ctx, c.Load, c.Found, hit)
}

// Nodes returns the first of the items by which the record concerns the question.
func (c *Concern) Nodes(first int) []impact.Node {
	hits := c.page.about.items.Value // known since the page was made
	nodes := make([]impact.Node, min(first, len(c.items)))
	for i := range nodes {
		nodes[i] = hits[c.items[i]].Node
	}
	return nodes
}
