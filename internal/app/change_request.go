package app

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// sign fills what a new record says of who made it: a request for change names
// its requester.
func sign(ctx context.Context, r entity.Record) {
	if x, ok := r.(*domain.FreezeException); ok {
		name := actorName(ctx)
		x.RequestedBy = &name
	}
	if c, ok := r.(*domain.ChangeRequest); ok {
		name := actorName(ctx)
		c.Requester = &name
	}
}
