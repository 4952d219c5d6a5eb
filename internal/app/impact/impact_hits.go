package impact

import (
	"context"
	"sync"

	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/domain"
	"releasegraph/internal/once"
	"releasegraph/internal/plan/impact"
)

// Hits returns a page of the hits, ordered by depth and key; first defaults to
// the longest page that others have.
func (r *ImpactResult) Hits(ctx context.Context, first *int, after *string) (*ImpactHitPage, error) {
	place, err := parsePlace(after)
	if err != nil {
		return nil, err
	}
	limit, err := listing.RunsLength(first)
	if err != nil {
		return nil, err
	}
	found, more, err := r.Found.Page(ctx, place, max(limit, 1))
	if err != nil {
		return nil, err
	}
	if limit == 0 {
		found, more = nil, len(found) > 0
	}
	page := r.run(r.load, found, more)
	if after != nil {
		before, _, err := r.Found.Page(ctx, impact.Place{}, 1)
		if err != nil {
			return nil, err
		}
		page.HasPrevious = len(before) > 0 && !before[0].Place().After(place)
	}
	return page, nil
}

// run makes a page of what was found, which is the first of several runs where that is more
// than a page holds.
func (r *ImpactResult) run(load *traversal.Items, found []impact.Hit, more bool) *ImpactHitPage {
	page := &ImpactHitPage{load: load, result: r, TotalCount: r.Found.Len(), HasNext: more}
	page.hits = found[:min(len(found), listing.MaxPage)]
	if rest := found[len(page.hits):]; len(rest) > 0 {
		page.HasNext = true
		page.Next = func() *ImpactHitPage {
			next := r.run(load.Anew(), rest, more)
			next.HasPrevious = true
			return next
		}
	}
	all := make([]ImpactHit, len(page.hits))
	page.Nodes = make([]*ImpactHit, len(page.hits))
	for i, h := range page.hits {
		all[i] = ImpactHit{Strength: h.Strength, Depth: h.Depth, page: page, at: i}
		page.Nodes[i] = &all[i]
	}
	return page
}

func parsePlace(cursor *string) (p impact.Place, err error) {
	if cursor != nil {
		p.Depth, p.Key, err = listing.ParsePlaceCursor(*cursor)
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
	// Next makes the next run of a page that is longer than others may be; nil: there is
	// none.
	Next func() *ImpactHitPage

	load   *traversal.Items
	result *ImpactResult
	hits   []impact.Hit
	wanted sync.Once
	chains once.Value[[]shownChain]
	causes once.Value[[][]impact.Node]
}

// want announces the items of the page.
func (p *ImpactHitPage) want() {
	p.wanted.Do(func() {
		for _, h := range p.hits {
			p.load.Want(h.Node)
		}
	})
}

// ImpactHit is an item that is hurt, or needed.
type ImpactHit struct {
	Strength domain.Strength
	Depth    int

	page *ImpactHitPage
	at   int
}

// Cursor is its place in the list.
func (h *ImpactHit) Cursor() string { return listing.PlaceCursor(h.Depth, h.page.hits[h.at].Key) }

// Item loads the item that is hit.
func (h *ImpactHit) Item(ctx context.Context) (*domain.ConfigurationItem, error) {
	h.page.want()
	return h.page.load.One(ctx, h.page.hits[h.at].Node)
}

// NamedItem is the item that is hit, with its id and key alone: nothing is loaded.
func (h *ImpactHit) NamedItem() *domain.ConfigurationItem {
	return h.page.load.Named(h.page.hits[h.at].Node)
}

// Chain is one shortest chain of dependencies that explains the hit (I3).
// It reads as the dependencies run, each link's To the next one's From.
func (h *ImpactHit) Chain(ctx context.Context) ([]*DependencyLink, error) {
	c, err := h.chain(ctx)
	return c.Links, err
}

// HiddenLinks counts the links of the chain that are left out, because the
// caller may not see both their ends.
func (h *ImpactHit) HiddenLinks(ctx context.Context) (int, error) {
	c, err := h.chain(ctx)
	return c.Hidden, err
}

// shownChain is what may be told of a chain.
type shownChain struct {
	Links  []*DependencyLink
	Hidden int
}

func (h *ImpactHit) chain(ctx context.Context) (shownChain, error) {
	chains, err := h.page.chains.Get(func() ([]shownChain, error) { return h.page.chain(ctx) })
	if err != nil {
		return shownChain{}, err
	}
	return chains[h.at], nil
}

// chain finds the chains of all hits of the page.
func (p *ImpactHitPage) chain(ctx context.Context) ([]shownChain, error) {
	chains := make([]shownChain, len(p.hits))
	for i, hit := range p.hits {
		var err error
		if chains[i], err = showChain(ctx, p.load, p.result.Found, hit); err != nil {
			return nil, err
		}
	}
	return chains, nil
}

// showChain tells the chain of a hit, as far as the caller may see it.
func showChain(ctx context.Context, load *traversal.Items, found *impact.Result, hit impact.Hit) (shownChain, error) {
	c := shownChain{Links: []*DependencyLink{}}
	chain, err := found.Chain(ctx, hit)
	if err != nil {
		return c, err
	}
	for _, l := range chain {
		if !found.Sees(l.From) || !found.Sees(l.To) {
			c.Hidden++
			continue
		}
		c.Links = append(c.Links, NewDependencyLink(load, l.From, l.To, l.Link))
	}
	return c, nil
}

// RootCauses loads the sources that reach the hit, by key (I6).
func (h *ImpactHit) RootCauses(ctx context.Context) ([]*domain.ConfigurationItem, error) {
	p := h.page
	causes, err := p.causes.Get(func() ([][]impact.Node, error) {
		causes, err := p.result.Found.RootCauses(ctx, p.hits)
		for _, nodes := range causes {
			p.load.Want(nodes...)
		}
		return causes, err
	})
	if err != nil {
		return nil, err
	}
	return p.load.All(ctx, causes[h.at])
}

// DependencyLink is one dependency of a chain: From depends on To.
type DependencyLink struct {
	Relationship string // always DEPENDS_ON
	Kind         domain.DependencyKind

	load     *traversal.Items
	from, to impact.Node
}

// NewDependencyLink returns a step of a chain, whose ends are loaded with others.
func NewDependencyLink(load *traversal.Items, from, to impact.Node, l domain.Link) *DependencyLink {
	load.Want(from, to)
	return &DependencyLink{Relationship: l.Rel, Kind: l.Kind, load: load, from: from, to: to}
}

// From loads the item that depends.
func (l *DependencyLink) From(ctx context.Context) (*domain.ConfigurationItem, error) {
	return l.load.One(ctx, l.from)
}

// To loads the item that is depended on.
func (l *DependencyLink) To(ctx context.Context) (*domain.ConfigurationItem, error) {
	return l.load.One(ctx, l.to)
}

// NamedFrom is the item that depends, with its id and key alone.
func (l *DependencyLink) NamedFrom() *domain.ConfigurationItem { return l.load.Named(l.from) }

// NamedTo is the item that is depended on, with its id and key alone.
func (l *DependencyLink) NamedTo() *domain.ConfigurationItem { return l.load.Named(l.to) }
