package authz

import (
	"strings"
	"sync"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"releasegraph/internal/domain"
)

// The types of the entities that policies name.
const (
	typeActor        types.EntityType = "Actor"
	typeRole         types.EntityType = "Role"
	typeAction       types.EntityType = "Action"
	typeArea         types.EntityType = "Area"
	typeKind         types.EntityType = "Kind"
	typeRelationship types.EntityType = "Relationship"
)

// Facts are what policies may ask of a record in regard to who asks: bits.
type Facts uint8

// The facts.
const (
	// AtYourSite: the record is one of the actor's sites, or is there.
	AtYourSite Facts = 1 << iota
	// SuppliedByYou: the record is, or is supplied by, one of the actor's
	// companies.
	SuppliedByYou
	// Draft: the record is not given out yet, or never was.
	Draft

	combinations = 1 << iota
)

// Grant is a decision: for which combinations of Facts an action is allowed.
// Bit f says whether it is with the facts f.
type Grant uint8

// Always is the grant that asks for no fact.
const Always Grant = 1<<combinations - 1

// With reports whether the action is allowed with a record of these facts.
func (g Grant) With(f Facts) bool { return g&(1<<f) != 0 }

// Grants are the decisions for one actor's roles, and name where a policy is
// about one. They are found when they are first asked for, and kept.
type Grants struct {
	policies *Policies
	actor    types.EntityUID
	roles    types.EntityUIDSet

	mu    sync.RWMutex
	known map[question]Grant
}

type question struct {
	action Action
	kind   string
}

// maxActors bounds how many actors' decisions are kept.
const maxActors = 4096

// For gives the decisions for an actor. They are the same for everyone of these
// roles, and of this name where a policy is about one, whatever their sites.
func (p *Policies) For(a domain.Actor) *Grants {
	key := p.key(a)
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.known[key]
	if g == nil {
		if len(p.known) >= maxActors {
			clear(p.known)
		}
		g = p.grants(a)
		p.known[key] = g
	}
	return g
}

func (p *Policies) key(a domain.Actor) string {
	var b strings.Builder
	if p.personal {
		b.WriteString(a.Name)
	}
	for _, r := range a.Roles {
		b.WriteByte(0)
		b.WriteString(string(r))
	}
	return b.String()
}

func (p *Policies) grants(a domain.Actor) *Grants {
	roles := make([]types.EntityUID, len(a.Roles))
	for i, r := range a.Roles {
		roles[i] = types.NewEntityUID(typeRole, types.String(r))
	}
	return &Grants{
		policies: p, actor: types.NewEntityUID(typeActor, types.String(a.Name)), roles: types.NewEntityUIDSet(roles...),
		known: map[question]Grant{},
	}
}

// Grant decides about an action on records of a kind, or on a relationship.
func (g *Grants) Grant(action Action, kind string) Grant {
	q := question{action, kind}
	g.mu.RLock()
	grant, ok := g.known[q]
	g.mu.RUnlock()
	if ok {
		return grant
	}
	for f := range Facts(combinations) {
		var may bool
		if f&Draft != 0 && !drafted[kind] {
			may = grant.With(f &^ Draft) // no record has the fact: Cedar need not be asked
		} else {
			may = g.decide(q, f)
		}
		if may {
			grant |= 1 << f
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.known[q] = grant
	return grant
}

func (g *Grants) decide(q question, f Facts) bool {
	r := resourceOf(q.kind, f)
	decision, _ := cedar.Authorize(cedarList(g.policies.list), entities{actor: g.actor, roles: g.roles, resource: r}, cedar.Request{
		Principal: g.actor, Action: types.NewEntityUID(typeAction, types.String(q.action)), Resource: r.UID,
	})
	return decision == cedar.Allow
}
