package impact

import (
	"context"

	"releasegraph/internal/app/traversal"
	"releasegraph/internal/domain"
	installation "releasegraph/internal/plan/order"
)

// InstallationOrder sorts items into steps, dependencies before dependents
// (P3). Some may be hypothetical (I1); with a moment the order is that of then
// (C4).
func (a *Area) InstallationOrder(ctx context.Context, items []*domain.Ref, whatIf *domain.WhatIfInput, asOf *domain.AsOf) (*InstallationOrderResult, error) {
	q, err := a.supposing(ctx, whatIf, asOf)
	if err != nil {
		return nil, err
	}
	found := q.WantAll(domain.KindConfigurationItem, items, "items")
	g, err := q.graph(ctx, a, found, found)
	if err != nil {
		return nil, err
	}
	result, load := &InstallationOrderResult{Steps: []*InstallationStep{}}, q.items(g)
	steps, err := installation.Steps(ctx, g, NodesIn(g, found))
	if err != nil {
		return nil, err
	}
	for i, s := range steps {
		load.Want(s.Items...)
		result.Steps = append(result.Steps, &InstallationStep{Ordinal: i + 1, Cycle: s.Cycle, load: load, nodes: s.Items})
	}
	return result, nil
}

// InstallationOrderResult lists the steps in their order.
type InstallationOrderResult struct{ Steps []*InstallationStep }

// InstallationStep is a set of items that can be installed together; with
// Cycle, must be, since they depend on one another.
type InstallationStep struct {
	Ordinal int // from 1
	Cycle   bool

	load  *traversal.Items
	nodes []installation.Node
}

// Items loads the items of the step, by key.
func (s *InstallationStep) Items(ctx context.Context) ([]*domain.ConfigurationItem, error) {
	return s.load.All(ctx, s.nodes)
}
