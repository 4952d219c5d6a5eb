package domain

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// APIToken lets a program act, without its secret, which nobody keeps.
type APIToken struct {
	ID   string
	Name string // behind TokenName it is the actor whose name the log has
	// Roles are what it may do. Sites, when there are any, keep it to these and
	// to what is there; Suppliers are the companies for which it acts as a
	// SUPPLIER; Kinds, when there are any, are the only kinds it may touch.
	Roles                   []Role
	Sites, Suppliers, Kinds []string
	CreatedBy               string
	// Owner is for whom it acts, and whose duties are its own; OwnerIdentities
	// are those by which the owner is known.
	Owner                string
	OwnerIdentities      []string
	CreatedAt, ExpiresAt time.Time
	// LastUsedAt is exact to a minute or so.
	LastUsedAt, RevokedAt *time.Time
}

// OwnerPerson is for whom the token acts.
func (t *APIToken) OwnerPerson() *Person {
	return PersonOf(nil, cmp.Or(t.Owner, t.CreatedBy), t.OwnerIdentities...)
}

// CreatedByPerson is who made the token.
func (t *APIToken) CreatedByPerson() *Person { return PersonOf(nil, t.CreatedBy) }

// MaxTokenLife is how long a token may live at most, TokenLife how long it does
// when nothing else is said.
const (
	MaxTokenLife = 366 * 24 * time.Hour
	TokenLife    = 90 * 24 * time.Hour
)

// Check tells what is wrong with a new token.
func (t *APIToken) Check(exclusions []Exclusive) (es Errors) {
	es.wrong("name", CheckKey(t.Name))
	es.wrong("name", CheckHuman(t.Name))
	es.wrong("owner", CheckCaller(t.Owner))
	if len(t.Roles) == 0 {
		es = append(es, &Error{Code: Invalid, Field: "roles", Message: "name at least one role"})
	}
	for i, r := range t.Roles {
		if !slices.Contains(Roles, r) {
			es = append(es, &Error{Code: Invalid, Field: fmt.Sprintf("roles.%d", i), Message: fmt.Sprintf("%q is none of %v", r, Roles)})
		}
	}
	if e := CheckRoles(t.Roles, exclusions); e != nil {
		es = append(es, e)
	}
	for field, keys := range map[string][]string{"sites": t.Sites, "suppliers": t.Suppliers, "kinds": t.Kinds} {
		for i, key := range keys {
			es.wrong(fmt.Sprintf("%s.%d", field, i), CheckKey(key))
		}
	}
	if life := t.ExpiresAt.Sub(t.CreatedAt); life <= 0 || life > MaxTokenLife {
		es = append(es, &Error{Code: Invalid, Field: "expiresAt", Message: fmt.Sprintf("must lie ahead, by %d days at most", int(MaxTokenLife.Hours()/24))})
	}
	return es
}

// Actor is who acts by the token.
func (t *APIToken) Actor() Actor {
	a := Actor{Name: TokenName + t.Name, Roles: t.Roles, Sites: t.Sites, Suppliers: t.Suppliers, Bound: len(t.Sites) > 0}
	if len(t.Kinds) > 0 {
		a.Kinds = t.Kinds
	}
	return a
}

// Identities are those by which who acts by the token is known: the token, and
// its owner.
func (t *APIToken) Identities() []string {
	return append([]string{TokenName + t.ID, NameIdentity(cmp.Or(t.Owner, t.CreatedBy))}, t.OwnerIdentities...)
}

// Ended says why the token is good for nothing at a time, "" while it is.
func (t *APIToken) Ended(at time.Time) string {
	switch {
	case t.RevokedAt != nil:
		return "the token has been revoked"
	case !at.Before(t.ExpiresAt):
		return "the token has expired"
	}
	return ""
}
