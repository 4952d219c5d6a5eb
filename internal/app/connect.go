package app

import (
	"context"

	"releasegraph/internal/domain"
)

// Connected is what connecting or disconnecting two records did.
type Connected struct {
	From, To any
	Link     any
	Revision int64
	DryRun   bool
	Changes  []domain.Change
}

// Connect creates a link between two records, or changes the one there is.
func (a *App) Connect(ctx context.Context, rel string, from, to domain.Ref, link map[string]any, o *domain.WriteOptions) (*Connected, error) {
	return nil, errUnfinished
}

// Disconnect removes a link; link holds the fields that tell parallel ones apart.
func (a *App) Disconnect(ctx context.Context, rel string, from, to domain.Ref, link map[string]any, o *domain.WriteOptions) (*Connected, error) {
	return nil, errUnfinished
}
