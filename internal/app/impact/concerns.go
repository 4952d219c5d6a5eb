package impact

import (
	"context"
	"slices"
	"sync"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/once"
	"releasegraph/internal/plan/concern"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// concernKind is a kind of record that can bear on items: by which
// relationship, and in which statuses it counts; nil: in any.
type concernKind struct {
	kind, rel string
	statuses  []any
	// read, where it is set, finds who bears on the items, by way of rel, which
	// is no relationship of the estate then.
	read func(context.Context, *Concerns) (*shape.Graph, error)
}

// What bears on items (I7).
var (
	OpenProblems   = &concernKind{kind: domain.KindProblem, rel: domain.RelConcerns, statuses: store.AnyOf(domain.OpenProblemStatuses)}
	PublishedKnown = &concernKind{kind: domain.KindKnownError, rel: domain.RelPresentIn, statuses: store.AnyOf([]domain.KnownErrorStatus{domain.KnownErrorPublished})}
	ChangesUnder   = &concernKind{kind: domain.KindChangeRequest, rel: domain.RelAffects, statuses: store.AnyOf(domain.ChangesInFlight)}
)

func (k *concernKind) counts(status string) bool {
	return k.statuses == nil || slices.Contains(k.statuses, any(status))
}

// Concerns finds what bears on the items of an answer. Each kind of record is
// looked for once, when it is first asked for, for all items together.
type Concerns struct {
	Load  *traversal.Items
	Found *impact.Result
	// self tells that the sources count as well, before the hits.
	self bool

	// items are those asked about: the sources, where they count, by key, then
	// the hits by depth and key.
	items once.Value[[]impact.Hit]
	mu    sync.Mutex
	lists map[*concernKind]*once.Value[*concernList]
}

// concernList is what of one kind bears on the items, in the graph that holds
// it.
type concernList struct {
	graph    *shape.Graph
	subjects []*concern.Subject
}

// NewConcerns gathers what bears on what was hit.
func NewConcerns(items *traversal.Items, found *impact.Result, self bool) *Concerns {
	return &Concerns{Load: items, Found: found, self: self, lists: map[*concernKind]*once.Value[*concernList]{}}
}

// Asked lists the items that are asked about.
func (c *Concerns) Asked(ctx context.Context) ([]impact.Hit, error) {
	return c.items.Get(func() ([]impact.Hit, error) { return c.gather(ctx) })
}

func (c *Concerns) gather(ctx context.Context) (all []impact.Hit, err error) {
	if c.self {
		g := c.Found.Graph()
		for _, n := range c.Found.Sources() {
			all = append(all, impact.Hit{Node: n, Key: g.Key(n), Strength: domain.StrengthFull})
		}
	}
	hits, _, err := c.Found.Page(ctx, impact.Place{}, 0)
	return append(all, hits...), err
}

// of finds what of one kind bears on the items.
func (c *Concerns) of(ctx context.Context, k *concernKind) (*concernList, error) {
	if err := c.Load.View.App.May(ctx, authz.Read, k.kind); err != nil {
		return nil, err
	}
	c.mu.Lock()
	list := c.lists[k]
	if list == nil {
		list = &once.Value[*concernList]{}
		c.lists[k] = list
	}
	c.mu.Unlock()
	return list.Get(func() (*concernList, error) { return c.search(ctx, k) })
}

func (c *Concerns) search(ctx context.Context, k *concernKind) (*concernList, error) {
	g := c.Found.Graph()
	hits, err := c.Asked(ctx)
	if err != nil {
		return nil, err
	}
	list := &concernList{graph: g}
	switch {
	case k.read != nil:
		list.graph, err = k.read(ctx, c)
	case !slices.ContainsFunc(g.Labels(), func(l domain.Link) bool { return l.Rel == k.rel }):
		list.graph, err = c.read(ctx, k)
	}
	if err != nil {
		return nil, err
	}
	asked := make([]concern.Item, len(hits))
	for i, h := range hits {
		asked[i] = concern.Item{Node: h.Node, Strength: h.Strength}
		if list.graph != g {
			asked[i].Node = -1
			if n, ok := list.graph.Lookup(g.ID(h.Node)); ok {
				asked[i].Node = n
			}
		}
	}
	subjects, err := concern.About(ctx, list.graph, asked, k.rel, k.counts)
	if err != nil {
		return nil, err
	}
	list.subjects, err = c.seen(ctx, list.graph, subjects)
	return list, err
}

// seen leaves out what the caller may not see.
func (c *Concerns) seen(ctx context.Context, g *shape.Graph, subjects []*concern.Subject) ([]*concern.Subject, error) {
	ids := make([]store.ID, len(subjects))
	for i, s := range subjects {
		ids[i] = store.ID(g.ID(s.Node))
	}
	hidden, err := c.Load.View.Hidden(ctx, ids...)
	return slices.DeleteFunc(subjects, func(s *concern.Subject) bool { return hidden[store.ID(g.ID(s.Node))] }), err
}

// read reads what bears on the items into a graph of its own, a fixed number
// of items to a call; with nothing to be found, in one call.
func (c *Concerns) read(ctx context.Context, k *concernKind) (*shape.Graph, error) {
	v, g := c.Load.View, c.Found.Graph()
	b := newBearing()
	counts := store.Compare{Property: "status", Op: store.OneOf, Value: k.statuses}
	n, err := v.Count(ctx, k.kind, counts)
	if err != nil || n == 0 {
		return b.Graph(g.Revision()), refusal.OfStore(err)
	}
	items, err := c.Asked(ctx)
	if err != nil {
		return nil, err
	}
	for chunk := range slices.Chunk(items, listing.MaxPage) {
		ids := make([]store.ID, len(chunk))
		for i, h := range chunk {
			ids[i] = store.ID(g.ID(h.Node))
		}
		pages, err := v.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: k.rel, Direction: store.In, Kind: k.kind, Filter: counts})
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		for i, p := range pages {
			for _, subject := range p.Nodes {
				b.add(subject, ids[i], k.rel)
			}
		}
	}
	return b.Graph(g.Revision()), nil
}

// bearing is a graph of what bears on items, in the making.
type bearing struct {
	*adjacency.Builder[domain.Facts, domain.Link]
}

func newBearing() bearing { return bearing{adjacency.NewBuilder[domain.Facts, domain.Link]()} }

// add has a record bear on an item.
func (b bearing) add(subject store.Node, item store.ID, rel string) {
	from := b.node(subject)
	b.AddArc(from, b.node(store.Node{ID: item, Kind: domain.KindConfigurationItem}), domain.Link{Rel: rel})
}

func (b bearing) node(n store.Node) concern.Node {
	if at, ok := b.Lookup(string(n.ID)); ok {
		return at
	}
	var codec entity.TopologyCodec
	key, facts := codec.Node(n.Kind, n.Props)
	return b.AddNode(string(n.ID), key, facts)
}

// count tells how many of a kind bear on the items.
func (c *Concerns) count(ctx context.Context, k *concernKind) (int, error) {
	list, err := c.of(ctx, k)
	if err != nil {
		return 0, err
	}
	return len(list.subjects), nil
}
