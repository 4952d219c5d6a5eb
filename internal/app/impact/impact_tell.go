package impact

import (
	"context"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/plan/tell"
	"releasegraph/internal/store"
)

// ToTell returns a page of the parties to tell of the hits (I7): those of most
// hits first, then by key; first defaults to the
// longest page. Of a graph in memory they are
// as of its revision; otherwise they are read when they are asked for, with a
// fixed number of hits to a call.
func (r *ImpactResult) ToTell(ctx context.Context, first *int, after *string) (*ToTellPage, error) {
	if err := r.load.View.App.May(ctx, authz.Read, domain.KindParty); err != nil {
		return nil, err
	}
	part, err := listing.ParseCut(first, after)
	if err != nil {
		return nil, err
	}
	r.told.Do(func() { r.audience, r.tellErr = r.findAudience(ctx) })
	if r.tellErr != nil {
		return nil, r.tellErr
	}
	page := &ToTellPage{TotalCount: len(r.audience.parties), Nodes: []*ToTell{}, result: r, items: &traversal.FirstItems{Load: r.load}}
	parties, previous, next := listing.CutOf(r.audience.parties, part)
	page.HasPrevious, page.HasNext = previous, next
	return page, r.fillTellPage(ctx, page, parties)
}

// audience is whom to tell of the hits.
type audience struct {
	hits    []impact.Hit
	graph   *shape.Graph
	parties []*tell.Party
}

func (r *ImpactResult) findAudience(ctx context.Context) (*audience, error) {
	hits, _, err := r.Found.Page(ctx, impact.Place{}, 0)
	if err != nil {
		return nil, err
	}
	g := r.Found.Graph()
	au := &audience{hits: hits, graph: g}
	there, err := anyParty(ctx, r.load.View)
	if err != nil {
		return nil, err
	}
	if there && !knowsParties(g) {
		if au.graph, err = partiesOf(ctx, r.load.View, g, hits); err != nil {
			return nil, err
		}
	}
	list := make([]tell.Hit, len(hits))
	for i, h := range hits {
		list[i] = tell.Hit{Node: h.Node, Strength: h.Strength}
		if au.graph != g {
			list[i].Node = -1
			if n, ok := au.graph.Lookup(g.ID(h.Node)); ok {
				list[i].Node = n
			}
		}
	}
	parties, err := tell.Whom(ctx, au.graph, list)
	if err != nil {
		return nil, err
	}
	au.parties, err = seenParties(ctx, r.load.View, au.graph, parties)
	return au, err
}

// anyParty reports whether there is anybody who could be told: an estate
// without parties is not searched for theirs, hit by hit.
func anyParty(ctx context.Context, v estate.View) (bool, error) {
	found, err := v.Find(ctx, store.Query{Kind: domain.KindParty, First: 1})
	if err != nil {
		return false, refusal.OfStore(err)
	}
	return len(found.Nodes) > 0, nil
}

// knowsParties reports whether a graph holds parties: the one in memory does,
// if there are any. One that was read for a question holds what that is about.
func knowsParties(g *shape.Graph) bool {
	return slices.ContainsFunc(g.Labels(), func(l domain.Link) bool {
		_, ok := domain.WhyToldBy(l.Rel)
		return ok
	})
}

// partiesOf reads the parties of hits into a graph of their own.
func partiesOf(ctx context.Context, v estate.View, g *shape.Graph, hits []impact.Hit) (*shape.Graph, error) {
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	var codec entity.TopologyCodec
	add := func(n store.Node) tell.Node {
		if at, ok := b.Lookup(string(n.ID)); ok {
			return at
		}
		key, facts := codec.Node(n.Kind, n.Props)
		return b.AddNode(string(n.ID), key, facts)
	}
	for chunk := range slices.Chunk(hits, listing.MaxPage) {
		ids := make([]store.ID, len(chunk))
		for i, h := range chunk {
			ids[i] = store.ID(g.ID(h.Node))
		}
		for _, rel := range domain.PartyRelationships {
			pages, err := v.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: rel, Direction: store.Out})
			if err != nil {
				return nil, refusal.OfStore(err)
			}
			for i, p := range pages {
				for _, party := range p.Nodes {
					item := add(store.Node{ID: ids[i], Kind: domain.KindConfigurationItem})
					b.AddArc(item, add(party), domain.Link{Rel: rel})
				}
			}
		}
	}
	return b.Graph(g.Revision()), nil
}

// fillTellPage loads the parties of a page at once.
func (r *ImpactResult) fillTellPage(ctx context.Context, page *ToTellPage, parties []*tell.Party) error {
	ids := make([]string, len(parties))
	for i, p := range parties {
		ids[i] = r.audience.graph.ID(p.Node)
	}
	var records []any
	for chunk := range slices.Chunk(ids, listing.MaxPage) {
		some, err := r.load.View.Records(ctx, chunk)
		if err != nil {
			return err
		}
		records = append(records, some...)
	}
	for i, p := range parties {
		party, ok := records[i].(*domain.Party)
		if !ok { // removed since the revision of the answer, which still speaks of it
			party = &domain.Party{Record: domain.Record{ID: ids[i], Key: p.Key, Name: p.Key}, Type: domain.PartyTeam}
		}
		one := &ToTell{Party: party, Hits: p.Hits, Full: p.Full, Degraded: p.Hits - p.Full, Cursor: listing.PlaceCursor(p.Hits, p.Key)}
		for _, reason := range p.Reasons {
			told := &ToldReason{Why: reason.Why, Hits: len(reason.Hits), page: page, hits: reason.Hits}
			one.Reasons, page.items.Of = append(one.Reasons, told), append(page.items.Of, told)
		}
		page.Nodes = append(page.Nodes, one)
	}
	return nil
}

// ToTellPage is a page of the parties to tell.
type ToTellPage struct {
	Nodes       []*ToTell
	TotalCount  int
	HasNext     bool
	HasPrevious bool

	result *ImpactResult
	items  *traversal.FirstItems
}

// ToTell is a party to tell, and of how much.
type ToTell struct {
	Party                *domain.Party
	Hits, Full, Degraded int
	Reasons              []*ToldReason
	Cursor               string
}

// ToldReason is one reason to tell a party.
type ToldReason struct {
	Why  domain.WhyTold
	Hits int

	page *ToTellPage
	hits []int
}

// Items loads the first of the items that are hit, by depth and key. Those of
// the whole page are loaded together.
func (t *ToldReason) Items(ctx context.Context, first int) ([]*domain.ConfigurationItem, error) {
	return t.page.items.Get(ctx, t, first)
}

// Nodes returns the first of the items for which the party is told.
func (t *ToldReason) Nodes(first int) []impact.Node {
	nodes := make([]impact.Node, min(first, len(t.hits)))
	for i := range nodes {
		nodes[i] = t.page.result.audience.hits[t.hits[i]].Node
	}
	return nodes
}

// seenParties leaves out the parties that the caller may not see.
func seenParties(ctx context.Context, v estate.View, g *shape.Graph, parties []*tell.Party) ([]*tell.Party, error) {
	ids := make([]store.ID, len(parties))
	for i, p := range parties {
		ids[i] = store.ID(g.ID(p.Node))
	}
	hidden, err := v.Hidden(ctx, ids...)
	return slices.DeleteFunc(parties, func(p *tell.Party) bool { return hidden[store.ID(g.ID(p.Node))] }), err
}
