package app

import (
	"context"
	"sync"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/impact"
)

// Hits returns a page of the hits, ordered by depth and key; first defaults to
// all.
func (r *ImpactResult) Hits(first *int, after *string) (*ImpactHitPage, error) {
	place, err := parsePlace(after)
	if err != nil {
		return nil, err
	}
	limit := 0
	if first != nil {
		if limit = *first; limit < 0 {
			return nil, wrong("first", "must not be negative, but is %d", limit)
		}
	}
	page := &ImpactHitPage{result: r, Nodes: []*ImpactHit{}, TotalCount: r.found.Len()}
	if first != nil && limit == 0 {
		next, _ := r.found.Page(place, 1)
		page.HasNext = len(next) > 0
	} else {
		page.hits, page.HasNext = r.found.Page(place, limit)
	}
	before, _ := r.found.Page(impact.Place{}, 1)
	page.chains = sync.OnceValue(page.chain)
	page.HasPrevious = after != nil && len(before) > 0 && !before[0].Place().After(place)
	for i, h := range page.hits {
		r.load.want(h.Node)
		page.Nodes = append(page.Nodes, &ImpactHit{Strength: h.Strength, Depth: h.Depth, Cursor: placeCursor(h.Depth, h.Key), page: page, at: i})
	}
	return page, nil
}

func parsePlace(cursor *string) (p impact.Place, err error) {
	if cursor != nil {
		p.Depth, p.Key, err = parsePlaceCursor(*cursor)
	}
	return p, err
}

// ImpactHitPage is a page of hits. The items of the page, and those of its
// chains, are loaded together when the first of them is asked for.
type ImpactHitPage struct {
	Nodes       []*ImpactHit
	TotalCount  int
	HasNext     bool
	HasPrevious bool

	result *ImpactResult
	hits   []impact.Hit
	chains func() []shownChain
	traced sync.Once
	causes [][]impact.Node
}

// ImpactHit is an item that is hurt, or needed.
type ImpactHit struct {
	Strength domain.Strength
	Depth    int
	Cursor   string

	page *ImpactHitPage
	at   int
}

// Item loads the item that is hit.
func (h *ImpactHit) Item(ctx context.Context) (*domain.ConfigurationItem, error) {
	return h.page.result.load.one(ctx, h.page.hits[h.at].Node)
}

// Chain is one shortest chain of dependencies that explains the hit (I3).
// It reads as the dependencies run, each link's To the next one's From.
func (h *ImpactHit) Chain() []*DependencyLink { return h.chain().links }

// HiddenLinks counts the links of the chain that are left out, because the
// caller may not see both their ends.
func (h *ImpactHit) HiddenLinks() int { return h.chain().hidden }

// shownChain is what may be told of a chain.
type shownChain struct {
	links  []*DependencyLink
	hidden int
}

func (h *ImpactHit) chain() shownChain { return h.page.chains()[h.at] }

// chain finds the chains of all hits of the page.
func (p *ImpactHitPage) chain() []shownChain {
	chains := make([]shownChain, len(p.hits))
	for i, hit := range p.hits {
		chains[i] = showChain(p.result.load, p.result.found, hit)
	}
	return chains
}

// showChain tells the chain of a hit, as far as the caller may see it.
func showChain(load *items, found *impact.Result, hit impact.Hit) shownChain {
	c := shownChain{links: []*DependencyLink{}}
	for _, l := range found.Chain(hit) {
		if !found.Sees(l.From) || !found.Sees(l.To) {
			c.hidden++
			continue
		}
		c.links = append(c.links, newDependencyLink(load, l.From, l.To, l.Link))
	}
	return c
}

// RootCauses loads the sources that reach the hit, by key (I6).
func (h *ImpactHit) RootCauses(ctx context.Context) ([]*domain.ConfigurationItem, error) {
	p := h.page
	p.traced.Do(func() {
		p.causes = p.result.found.RootCauses(p.hits)
		for _, nodes := range p.causes {
			p.result.load.want(nodes...)
		}
	})
	return p.result.load.all(ctx, p.causes[h.at])
}

// DependencyLink is one dependency of a chain: From depends on To.
type DependencyLink struct {
	Relationship string // always DEPENDS_ON
	Kind         domain.DependencyKind

	load     *items
	from, to impact.Node
}

func newDependencyLink(load *items, from, to impact.Node, l domain.Link) *DependencyLink {
	load.want(from, to)
	return &DependencyLink{Relationship: l.Rel, Kind: l.Kind, load: load, from: from, to: to}
}

// From loads the item that depends.
func (l *DependencyLink) From(ctx context.Context) (*domain.ConfigurationItem, error) {
	return l.load.one(ctx, l.from)
}

// To loads the item that is depended on.
func (l *DependencyLink) To(ctx context.Context) (*domain.ConfigurationItem, error) {
	return l.load.one(ctx, l.to)
}
