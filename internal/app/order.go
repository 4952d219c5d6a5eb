package app

import (
	"context"

	"releasegraph/internal/domain"
)

// InstallationOrder sorts items into steps, dependencies before dependents (P3).
func (a *App) InstallationOrder(ctx context.Context, items []*domain.Ref) (*InstallationOrderResult, error) {
	return nil, errUnfinished
}

// InstallationOrderResult lists the steps in their order.
type InstallationOrderResult struct{ Steps []*InstallationStep }

// InstallationStep is a set of items that can be installed together; with
// Cycle, must be, since they depend on one another.
type InstallationStep struct {
	Ordinal int // from 1
	Cycle   bool
}

// Items loads the items of the step, by key.
func (s *InstallationStep) Items(ctx context.Context) ([]*domain.ConfigurationItem, error) {
	return nil, errUnfinished
}
