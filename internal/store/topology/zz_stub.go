package topology

import (
	"context"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/store"
)

func (s *Store[F, L]) GraphAt(ctx context.Context, r store.Revision) (*adjacency.Graph[F, L], error) {
	return nil, store.ErrUnavailable
}
