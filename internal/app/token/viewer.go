package token

import (
	"context"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

// Viewer is whoever asks, and what they may do.
type Viewer struct {
	Name             string
	Method           domain.IdentityMethod
	Roles            []domain.Role
	Sites, Suppliers []string
	Narrowed         bool
	Kinds            []string // nil: all
	ExpiresAt        *time.Time
	May              []*Permission
}

// Permission is what the viewer may do with records of a kind, or with a
// relationship.
type Permission struct {
	Kind, Action string
	// Everything tells that it is with every record; otherwise it is with those
	// at the viewer's sites, or that the viewer supplies.
	Everything bool
}

// IsCaller reports whether a person is whoever asks, by what keeps duties
// apart: an identity, or a name that is theirs or looks like it.
func IsCaller(ctx context.Context, p *domain.Person) bool {
	return domain.SamePerson(p.Doer, acting.Doer(ctx))
}

// Viewer tells whoever asks who they are and what they may.
func (a *Area) Viewer(ctx context.Context) *Viewer {
	who := acting.From(ctx)
	v := &Viewer{
		Name: acting.Name(ctx), Method: who.Method, Roles: who.Roles, Sites: who.Sites, Suppliers: who.Suppliers,
		Narrowed: who.Bound, Kinds: who.Kinds, May: []*Permission{},
	}
	if expires := who.Expires; !expires.IsZero() {
		v.ExpiresAt = &expires
	}
	grants := a.estate.Policies.For(who.Actor)
	for _, kind := range authz.Kinds() {
		for _, action := range authz.Actions() {
			if d := grants.Decide(who.Actor, action, kind); d.Permits(action) {
				v.May = append(v.May, &Permission{Kind: kind, Action: string(action), Everything: d.All()})
			}
		}
	}
	return v
}
