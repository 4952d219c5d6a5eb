// Package authz decides who may do what (docs/domain.md, section 9). It is pure:
// the actor comes in, a decision comes out. What it decides by is Cedar text.
package authz

import (
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/domain"
)

// Allowed lists the roles that may do this with records of the kind, or with
// the relationship of that name; with some of them at least.
func (p *Policies) Allowed(action Action, kind string) []domain.Role {
	roles := []domain.Role{}
	for _, r := range domain.Roles {
		if p.For(domain.Actor{Roles: []domain.Role{r}}).Grant(action, kind) != 0 {
			roles = append(roles, r)
		}
	}
	return roles
}

// May answers nil when the actor may do this with some records at least, or a
// FORBIDDEN error that names the roles that may.
func (p *Policies) May(actor domain.Actor, action Action, kind string) error {
	return p.For(actor).May(actor, action, kind)
}

// May is Policies.May for an actor whose grants these are.
func (g *Grants) May(actor domain.Actor, action Action, kind string) error {
	if g.Decide(actor, action, kind).Permits(action) {
		return nil
	}
	if len(actor.Roles) > 0 && g.Grant(action, kind) != 0 {
		return narrow(actor, action, kind)
	}
	allowed := g.policies.Allowed(action, kind)
	names := make([]string, len(allowed))
	for i, role := range allowed {
		names[i] = string(role)
	}
	return &domain.Error{
		Code:    domain.Forbidden,
		Message: fmt.Sprintf("%s may not %s %s: %s", name(actor), action, kind, who(names)),
		Details: map[string]any{"roles": names},
	}
}

// narrow refuses an actor whose role may, but not with any record that the
// actor's sites, companies and kinds leave.
func narrow(a domain.Actor, action Action, kind string) error {
	why := "that is for records at your sites or of your company, and you have none"
	if anew(action) {
		why = "what is new is at no site and of no company yet, and you may go no further"
	}
	in := areaOf(kind)
	if beyondSites(a, action, in) {
		why = "it is at no site, and you are kept to some"
	}
	if in.Wide && narrowed(a) {
		why = "whoever may reaches the whole estate by it, and you are narrowed to sites or kinds"
	}
	if a.Kinds != nil && isRecord(kind) && !slices.Contains(a.Kinds, kind) {
		why = "you may touch no other kinds than " + strings.Join(a.Kinds, ", ")
	}
	return &domain.Error{Code: domain.Forbidden, Message: fmt.Sprintf("%s may not %s %s: %s", name(a), action, kind, why)}
}

// anew reports whether an action makes records, which have no facts yet.
func anew(action Action) bool { return action == Create || action == Import }

func name(a domain.Actor) string {
	if a.Name == "" {
		return "an unnamed actor"
	}
	return a.Name
}

func who(names []string) string {
	switch len(names) {
	case 0:
		return "nobody may"
	case 1:
		return "only " + names[0] + " may"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " may"
}
