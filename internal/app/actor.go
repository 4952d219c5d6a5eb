package app

import (
	"context"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

type actorKey struct{}

// acting is an actor in a context.
type acting struct {
	domain.Actor
	identity Identity
}

// local acts while no identities are configured.
var local = &acting{
	domain.Actor{Name: "local", Roles: []domain.Role{domain.Admin}}, Identity{Method: domain.ByDefault},
}

// WithActor returns a context in which the actor asks, who is known by no more
// than that they say so.
func WithActor(ctx context.Context, a domain.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, &acting{a, Identity{Method: domain.ByHeader}})
}

// ActorFrom tells who asks: the local ADMIN when the context names nobody.
func ActorFrom(ctx context.Context) domain.Actor { return actingFrom(ctx).Actor }

// actingFrom tells who asks. An answer that has to know is one for this caller
// alone.
func actingFrom(ctx context.Context) *acting {
	notePersonal(ctx)
	return audienceFrom(ctx)
}

// audienceFrom is actingFrom for decisions about what may be read, which are
// the same for all of an Audience.
func audienceFrom(ctx context.Context) *acting {
	if a, ok := ctx.Value(actorKey{}).(*acting); ok {
		return a
	}
	return local
}

// may answers nil when whoever asks may do this with some records of the kind
// at least, or a FORBIDDEN error that names the roles that may.
func (a *App) may(ctx context.Context, action authz.Action, kind string) error {
	if action == authz.Read {
		return a.policies.May(audienceFrom(ctx).Actor, action, kind)
	}
	return a.policies.May(ActorFrom(ctx), action, kind)
}

// doer is who asks, as what they do is recorded.
func doer(ctx context.Context) domain.Doer {
	return domain.Doer{Name: actorName(ctx), Identities: actingFrom(ctx).identity.Identities}
}

// method is how who asks is known.
func method(ctx context.Context) *domain.IdentityMethod {
	m := actingFrom(ctx).identity.Method
	return &m
}

// inPerson refuses API tokens: what is to be judged, a person judges.
func inPerson(ctx context.Context) error {
	if who := actorName(ctx); domain.IsToken(who) {
		return &domain.Error{Code: domain.Forbidden, Message: who + " is an API token, and tokens do not judge: a person has to log in"}
	}
	return nil
}

// actorName is the name under which the actor's deeds are recorded.
func actorName(ctx context.Context) string {
	if name := ActorFrom(ctx).Name; name != "" {
		return name
	}
	return local.Name
}

// localActs reports whether the local administrator acts, who is no person.
func localActs(ctx context.Context) bool { return *method(ctx) == domain.ByDefault }
