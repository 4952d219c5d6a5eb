package impact

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/path"
	"releasegraph/internal/store"
)

// DependencyPath finds a shortest chain of dependencies from one item to
// another, nil when there is none that the caller may see whole. From an item to itself it is empty. Both may
// be hypothetical (I1); with a moment the chain is that of then (C4).
func (a *Area) DependencyPath(ctx context.Context, from, to domain.Ref, whatIf *domain.WhatIfInput, asOf *domain.AsOf) (*DependencyPathResult, error) {
	q, err := a.supposing(ctx, whatIf, asOf)
	if err != nil {
		return nil, err
	}
	ends := make([]store.Node, 2)
	q.Want(domain.KindConfigurationItem, from, "from", &ends[0])
	q.Want(domain.KindConfigurationItem, to, "to", &ends[1])
	g, err := q.seenGraph(ctx, a, ends[:1:1], ends)
	if err != nil {
		return nil, err
	}
	nodes := NodesIn(g, ends)
	if len(nodes) < len(ends) {
		return nil, nil // removed meanwhile
	}
	chain, ok, err := path.Find(ctx, g, nodes[0], nodes[1])
	if err != nil || !ok {
		return nil, err
	}
	result := &DependencyPathResult{Length: len(chain), Chain: []*DependencyLink{}}
	load := q.items(g)
	for _, l := range chain {
		result.Chain = append(result.Chain, NewDependencyLink(load, l.From, l.To, l.Link))
	}
	return result, nil
}

// DependencyPathResult is a chain of dependencies, each link's To the next
// one's From.
type DependencyPathResult struct {
	Length int
	Chain  []*DependencyLink
}
