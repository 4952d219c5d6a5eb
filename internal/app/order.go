package app

import (
	"context"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	installation "releasegraph/internal/plan/order"
	"releasegraph/internal/store"
)

// InstallationOrder sorts items into steps, dependencies before dependents (P3).
func (a *App) InstallationOrder(ctx context.Context, items []*domain.Ref) (*InstallationOrderResult, error) {
	if err := authz.May(ActorFrom(ctx), authz.Read, domain.KindConfigurationItem); err != nil {
		return nil, err
	}
	r := &refs{a: a}
	found := r.wantAll(domain.KindConfigurationItem, items, "items")
	if err := r.resolve(ctx); err != nil {
		return nil, err
	}
	g, err := a.estate(ctx, survey{named: found, roots: found, direction: store.Out})
	if err != nil {
		return nil, err
	}
	result, load := &InstallationOrderResult{Steps: []*InstallationStep{}}, newItems(a, g, nil)
	for i, s := range installation.Steps(g, nodesIn(g, found)) {
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
