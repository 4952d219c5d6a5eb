package records

import (
	"context"
	"fmt"
	"strings"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/scoped"
)

// moveOne takes a to-one relationship away from the record that it leads to,
// in the same change set, and keeps a relationship within one kind a tree.
func (a *Area) moveOne(ctx context.Context, d *estate.Draft, p *pair) error {
	edges, _, err := a.outgoing(ctx, p.rel, p.fromID())
	if err != nil {
		return err
	}
	if len(edges) == 0 {
		d.Guards = append(d.Guards, store.NoEdges{ID: p.fromID(), Rel: p.rel.Name, Direction: store.Out})
	}
	for _, e := range edges {
		d.Guards = append(d.Guards, store.EdgeAt{EdgeKey: e.EdgeKey, Version: e.Version})
		if e.EdgeKey != p.key() {
			d.Ops = append(d.Ops, store.RemoveEdge{EdgeKey: e.EdgeKey})
		}
	}
	if p.rel.From == p.rel.To {
		return a.keepTree(ctx, d, p)
	}
	return nil
}

// keepTree refuses a link that would make a record its own ancestor. Guards
// hold the whole chain of ancestors as it was seen, so that two links made at
// the same time cannot close a circle together.
func (a *Area) keepTree(ctx context.Context, d *estate.Draft, p *pair) error {
	chain := []link{{p.fromID(), p.from.Meta().Key}, {p.toID(), p.to.Meta().Key}}
	seen := map[store.ID]bool{}
	for at := p.toID(); !seen[at]; {
		seen[at] = true
		edges, nodes, err := a.outgoing(ctx, p.rel, at)
		if err != nil {
			return err
		}
		if len(edges) == 0 {
			d.Guards = append(d.Guards, store.NoEdges{ID: at, Rel: p.rel.Name, Direction: store.Out})
			return nil
		}
		d.Guards = append(d.Guards, store.EdgeAt{EdgeKey: edges[0].EdgeKey, Version: edges[0].Version})
		chain = append(chain, link{nodes[0].ID, nodes[0].Props.Text("key")})
		if at = edges[0].To; at == p.fromID() {
			return a.notATree(ctx, p.rel, chain)
		}
	}
	return nil
}

// link is a record of a chain.
type link struct {
	id  store.ID
	key string
}

// notATree says what circle would be closed, without the names that are hidden
// from the caller.
func (a *Area) notATree(ctx context.Context, rel *entity.Relationship, links []link) error {
	ids, chain := make([]store.ID, len(links)), make([]string, len(links))
	for i, l := range links {
		ids[i], chain[i] = l.id, l.key
	}
	hidden, err := a.estate.Today(ctx).Hidden(ctx, ids...)
	if err != nil {
		return err
	}
	for i, id := range ids {
		if hidden[id] {
			chain[i] = scoped.Unseen
		}
	}
	return &domain.Error{
		Code: domain.RuleViolation, Rule: rel.Name + " tree", Field: "input.to",
		Message: fmt.Sprintf("%s must stay a tree, and this would close a circle: %s", rel.Name, strings.Join(chain, " → ")),
		Details: map[string]any{"chain": chain},
	}
}

// outgoing reads a record's edges of a relationship, with their other ends.
func (a *Area) outgoing(ctx context.Context, rel *entity.Relationship, id store.ID) ([]store.Edge, []store.Node, error) {
	pages, err := a.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{id}, Rel: rel.Name, Direction: store.Out, Kind: rel.To})
	if err != nil {
		return nil, nil, refusal.OfStore(err)
	}
	return pages[0].Edges, pages[0].Nodes, nil
}
