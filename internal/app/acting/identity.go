// Package acting tells who asks: a context carries them through all use cases.
package acting

import (
	"context"
	"time"

	"releasegraph/internal/domain"
)

// Identity is who asks, how they are known, and how long that holds.
type Identity struct {
	domain.Actor
	Method  domain.IdentityMethod
	Expires time.Time // zero: never
	TokenID string    // of an API token
	// Identities are all by which who asks is known (domain.Doer).
	Identities []string
}

type identityKey struct{}

// Local acts while no identities are configured.
var Local = &Identity{Actor: domain.Actor{Name: "local", Roles: []domain.Role{domain.Admin}}, Method: domain.ByDefault}

// Clock acts where the time has come for something that nobody does by hand.
var Clock = Identity{Actor: domain.Actor{Name: "clock", Roles: []domain.Role{domain.Admin}}, Method: domain.ByDefault}

// WithActor returns a context in which the actor asks, who is known by no more
// than that they say so.
func WithActor(ctx context.Context, a domain.Actor) context.Context {
	return WithIdentity(ctx, Identity{Actor: a, Method: domain.ByHeader})
}

// WithIdentity returns a context in which the identity asks.
func WithIdentity(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, &id)
}

// From returns who asks: Local when the context names nobody. An answer that has
// to know is one for this caller alone.
func From(ctx context.Context) *Identity {
	notePersonal(ctx)
	return Reader(ctx)
}

// Reader is From for decisions about what may be read, which are the same for all
// of an audience (ADR 12).
func Reader(ctx context.Context) *Identity {
	if id, ok := ctx.Value(identityKey{}).(*Identity); ok {
		return id
	}
	return Local
}

// Actor returns the actor who asks.
func Actor(ctx context.Context) domain.Actor { return From(ctx).Actor }

// Name returns the name under which the deeds of who asks are recorded.
func Name(ctx context.Context) string {
	if name := Actor(ctx).Name; name != "" {
		return name
	}
	return Local.Name
}

// Doer returns who asks, as what they do is recorded.
func Doer(ctx context.Context) domain.Doer {
	return domain.Doer{Name: Name(ctx), Identities: From(ctx).Identities}
}

// Method returns how who asks is known.
func Method(ctx context.Context) *domain.IdentityMethod {
	m := From(ctx).Method
	return &m
}

// Locally reports whether the local administrator asks, who is no person.
func Locally(ctx context.Context) bool { return *Method(ctx) == domain.ByDefault }

// InPerson refuses API tokens: what is to be judged, a person judges.
func InPerson(ctx context.Context) error {
	if who := Name(ctx); domain.IsToken(who) {
		return &domain.Error{Code: domain.Forbidden, Message: who + " is an API token, and tokens do not judge: a person has to log in"}
	}
	return nil
}
