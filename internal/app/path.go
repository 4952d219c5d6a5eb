package app

import (
	"context"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/path"
	"releasegraph/internal/store"
)

// DependencyPath finds a shortest chain of dependencies from one item to
// another, nil when there is none. From an item to itself it is empty.
func (a *App) DependencyPath(ctx context.Context, from, to domain.Ref) (*DependencyPathResult, error) {
	if err := authz.May(ActorFrom(ctx), authz.Read, domain.KindConfigurationItem); err != nil {
		return nil, err
	}
	r, ends := &refs{a: a}, make([]store.Node, 2)
	r.want(domain.KindConfigurationItem, from, "from", &ends[0])
	r.want(domain.KindConfigurationItem, to, "to", &ends[1])
	if err := r.resolve(ctx); err != nil {
		return nil, err
	}
	g, err := a.estate(ctx, survey{named: ends, roots: ends[:1], direction: store.Out})
	if err != nil {
		return nil, err
	}
	nodes := nodesIn(g, ends)
	if len(nodes) < len(ends) {
		return nil, nil // removed meanwhile
	}
	chain, ok := path.Find(g, nodes[0], nodes[1])
	if !ok {
		return nil, nil
	}
	result := &DependencyPathResult{Length: len(chain), Chain: []*DependencyLink{}}
	load := newItems(a, g, nil)
	for _, l := range chain {
		result.Chain = append(result.Chain, newDependencyLink(load, l.From, l.To, l.Link))
	}
	return result, nil
}

// DependencyPathResult is a chain of dependencies, each link's To the next
// one's From.
type DependencyPathResult struct {
	Length int
	Chain  []*DependencyLink
}
