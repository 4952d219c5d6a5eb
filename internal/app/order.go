package app

import (
	"context"

	"releasegraph/internal/domain"
	installation "releasegraph/internal/plan/order"
)

// InstallationOrder sorts items into steps, dependencies before dependents
// (P3). Some may be hypothetical (I1); with a moment the order is that of then
// (C4).
func (a *App) InstallationOrder(ctx context.Context, items []*domain.Ref, whatIf *domain.WhatIfInput, asOf *domain.AsOf) (*InstallationOrderResult, error) {
	q, err := a.supposing(ctx, whatIf, asOf)
	if err != nil {
		return nil, err
	}
	found := q.wantAll(domain.KindConfigurationItem, items, "items")
	g, err := q.graph(ctx, a, found, found)
	if err != nil {
		return nil, err
	}
	result, load := &InstallationOrderResult{Steps: []*InstallationStep{}}, q.items(g)
	steps, err := installation.Steps(ctx, g, nodesIn(g, found))
	if err != nil {
		return nil, err
	}
	for i, s := range steps {
		load.want(s.Items...)
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

	load  *items
	nodes []installation.Node
}

// Items loads the items of the step, by key.
func (s *InstallationStep) Items(ctx context.Context) ([]*domain.ConfigurationItem, error) {
	return s.load.all(ctx, s.nodes)
}
