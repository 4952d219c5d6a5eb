package app

import (
	"context"

	"releasegraph/internal/domain"
)

// DependencyPath finds a shortest chain of dependencies from one item to
// another, nil when there is none. From an item to itself it is empty.
func (a *App) DependencyPath(ctx context.Context, from, to domain.Ref) (*DependencyPathResult, error) {
	return nil, errUnfinished
}

// DependencyPathResult is a chain of dependencies, each link's To the next
// one's From.
type DependencyPathResult struct {
	Length int
	Chain  []*DependencyLink
}
