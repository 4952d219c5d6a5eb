package estate

import (
	"context"
	"time"

	"releasegraph/internal/domain"
)

// Identity is who asks, and how long that holds.
type Identity struct {
	domain.Actor
	Method  domain.IdentityMethod
	Expires time.Time // zero: never
	TokenID string    // of an API token
	// Identities are all by which who asks is known (domain.Doer).
	Identities []string
}

// WithIdentity returns a context in which the identity asks.
func WithIdentity(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, actorKey{}, &acting{id.Actor, id})
}
