// Package authz decides who may do what (DOMAIN.md, section 9). It is pure:
// the actor comes in, a decision comes out.
package authz

import (
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/domain"
)

// Action is what an actor wants to do with records of a kind, or with a
// relationship.
type Action string

// The actions.
const (
	Read       Action = "read"
	Create     Action = "create"
	Update     Action = "update"
	Remove     Action = "remove"
	Withdraw   Action = "withdraw"
	Connect    Action = "connect"
	Disconnect Action = "disconnect"
	// Import is writing records of any kind in bulk.
	Import Action = "import"
)

// configuration is what those who keep the configuration data may write.
var configuration = []string{
	domain.KindConfigurationItem, domain.KindSite, domain.KindReleaseUnit, domain.KindParty, domain.KindAttributeDefinition, domain.KindBaseline,
	domain.RelDependsOn, domain.RelInstalledAt, domain.RelPartOf, domain.RelSiteNeeds, domain.RelGroups,
	domain.RelOwnedBy, domain.RelSupportedBy, domain.RelSuppliedBy, domain.RelServes,
}

// writers are who may write records of a kind, or a relationship, besides
// ADMIN.
var writers = map[string][]domain.Role{
	domain.KindChangeRequest: {domain.Requester, domain.ChangeManager},
	domain.RelAffects:        {domain.Requester, domain.ChangeManager},
	domain.RelTakesPlaceAt:   {domain.Requester, domain.ChangeManager},
}

// Allowed lists the roles that may do this with records of the kind, or with
// the relationship of that name. Reading is for every role; what no rule
// speaks of is for ADMIN alone.
func Allowed(action Action, kind string) []domain.Role {
	switch {
	case action == Read:
		return domain.Roles
	case action == Import, slices.Contains(configuration, kind):
		return []domain.Role{domain.ConfigurationManager, domain.Admin}
	}
	return append(slices.Clone(writers[kind]), domain.Admin)
}

// May answers nil when the actor may, or a FORBIDDEN error that names the
// roles that may.
func May(actor domain.Actor, action Action, kind string) error {
	allowed := Allowed(action, kind)
	for _, role := range actor.Roles {
		if slices.Contains(allowed, role) {
			return nil
		}
	}
	names := make([]string, len(allowed))
	for i, role := range allowed {
		names[i] = string(role)
	}
	return &domain.Error{
		Code:    domain.Forbidden,
		Message: fmt.Sprintf("%s may not %s %s: %s may", name(actor), action, kind, list(names)),
		Details: map[string]any{"roles": names},
	}
}

func name(a domain.Actor) string {
	if a.Name == "" {
		return "an unnamed actor"
	}
	return a.Name
}

func list(names []string) string {
	if len(names) == 1 {
		return "only " + names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
