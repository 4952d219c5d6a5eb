package app

import (
	"context"

	"releasegraph/internal/domain"
)

// Withdrawn is what withdrawing an item did, and what still points at it (C3).
type Withdrawn struct {
	Written
	StillUsedBy []Use
}

// Use is one record that points at another, and the relationship by which it does.
type Use struct {
	Relationship string
	Record       any
}

// WithdrawConfigurationItem sets an item's status to WITHDRAWN (C3).
func (a *App) WithdrawConfigurationItem(ctx context.Context, ref domain.Ref, ifVersion *int, o *domain.WriteOptions) (*Withdrawn, error) {
	return nil, errUnfinished
}
