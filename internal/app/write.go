package app

import (
	"context"

	"releasegraph/internal/domain"
)

// Written is what a mutation of a record did, or with a dry run would do.
type Written struct {
	Record   any // nil when removed
	Revision int64
	DryRun   bool
	Changes  []domain.Change
}

// Create adds a record.
func (a *App) Create(ctx context.Context, kind string, values map[string]any, o *domain.WriteOptions) (*Written, error) {
	return nil, errUnfinished
}

// Update changes a record: fields that the patch does not name stay, null removes.
func (a *App) Update(ctx context.Context, kind string, ref domain.Ref, patch map[string]any, ifVersion *int, o *domain.WriteOptions) (*Written, error) {
	return nil, errUnfinished
}

// Remove deletes a record to which nothing points (C3).
func (a *App) Remove(ctx context.Context, kind string, ref domain.Ref, ifVersion *int, o *domain.WriteOptions) (*Written, error) {
	return nil, errUnfinished
}
