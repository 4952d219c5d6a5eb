package estate

import (
	"context"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

type actorKey struct{}

// acting is an actor in a context.
type acting struct {
	domain.Actor
	Identity Identity
}

// Local acts while no identities are configured.
var Local = &acting{
	domain.Actor{Name: "local", Roles: []domain.Role{domain.Admin}}, Identity{Method: domain.ByDefault},
}

// WithActor returns a context in which the actor asks, who is known by no more
// than that they say so.
func WithActor(ctx context.Context, a domain.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, &acting{a, Identity{Method: domain.ByHeader}})
}

// ActorFrom tells who asks: the local ADMIN when the context names nobody.
func ActorFrom(ctx context.Context) domain.Actor { return ActingFrom(ctx).Actor }

// ActingFrom tells who asks. An answer that has to know is one for this caller
// alone.
func ActingFrom(ctx context.Context) *acting {
	notePersonal(ctx)
	return AudienceFrom(ctx)
}

// AudienceFrom is ActingFrom for decisions about what may be read, which are
// the same for all of an Audience.
func AudienceFrom(ctx context.Context) *acting {
	if a, ok := ctx.Value(actorKey{}).(*acting); ok {
		return a
	}
	return Local
}

// May answers nil when whoever asks may do this with some records of the kind
// at least, or a FORBIDDEN error that names the roles that may.
func (a *Estate) May(ctx context.Context, action authz.Action, kind string) error {
	if action == authz.Read {
		return a.Policies.May(AudienceFrom(ctx).Actor, action, kind)
	}
	return a.Policies.May(ActorFrom(ctx), action, kind)
}

// Doer is who asks, as what they do is recorded.
func Doer(ctx context.Context) domain.Doer {
	return domain.Doer{Name: ActorName(ctx), Identities: ActingFrom(ctx).Identity.Identities}
}

// Method is how who asks is known.
func Method(ctx context.Context) *domain.IdentityMethod {
	m := ActingFrom(ctx).Identity.Method
	return &m
}

// InPerson refuses API tokens: what is to be judged, a person judges.
func InPerson(ctx context.Context) error {
	if who := ActorName(ctx); domain.IsToken(who) {
		return &domain.Error{Code: domain.Forbidden, Message: who + " is an API token, and tokens do not judge: a person has to log in"}
	}
	return nil
}

// ActorName is the name under which the actor's deeds are recorded.
func ActorName(ctx context.Context) string {
	if name := ActorFrom(ctx).Name; name != "" {
		return name
	}
	return Local.Name
}

// LocalActs reports whether the local administrator acts, who is no person.
func LocalActs(ctx context.Context) bool { return *Method(ctx) == domain.ByDefault }
