package estate

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/authz"
)

// May returns nil when whoever asks may do this with some records of the kind at
// least, or a FORBIDDEN error that names the roles that may.
func (a *Estate) May(ctx context.Context, action authz.Action, kind string) error {
	if action == authz.Read {
		return a.Policies.May(acting.Reader(ctx).Actor, action, kind)
	}
	return a.Policies.May(acting.Actor(ctx), action, kind)
}
