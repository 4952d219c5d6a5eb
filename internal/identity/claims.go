package identity

import (
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/domain"
)

// actor turns claims into who asks.
func (m *Mapping) actor(claims map[string]any, subject string) (domain.Actor, error) {
	a := domain.Actor{Name: subject}
	// A name may have blanks in it, which part the values of other claims.
	if whole, ok := claim(claims, m.Name).(string); ok && whole != "" {
		a.Name = whole
	}
	if err := domain.CheckCaller(a.Name); err != nil {
		return a, fmt.Errorf("the name in claim %s: %w", m.Name, err)
	}
	a.Roles = append(a.Roles, m.Roles.Default...)
	for _, value := range texts(claim(claims, m.Roles.Claim)) {
		for _, role := range m.Roles.Map[value] {
			if !slices.Contains(a.Roles, role) {
				a.Roles = append(a.Roles, role)
			}
		}
	}
	a.Sites, a.Suppliers = texts(claim(claims, m.Sites)), texts(claim(claims, m.Suppliers))
	if err := domain.CheckRoles(a.Roles, m.Exclusive); err != nil {
		return a, err
	}
	return a, nil
}

// checkParty refuses a token for several programs that was handed to one which
// is not believed (OpenID Connect Core 3.1.3.7): each of the others could send
// it on.
func (m *Mapping) checkParty(audience []string, claims map[string]any) error {
	if len(audience) < 2 {
		return nil
	}
	party, _ := claims["azp"].(string)
	if party == m.Audience || party != "" && slices.Contains(m.AuthorizedParties, party) {
		return nil
	}
	return refused(fmt.Sprintf("the token is for %d programs, and was handed to %q (azp), which is neither the audience nor one of the authorizedParties", len(audience), party), nil)
}

// claim finds a claim by its name; a dot leads into an object, unless the whole
// name is one of its own, as with https://example.com/roles.
func claim(claims map[string]any, name string) any {
	if name == "" {
		return nil
	}
	if v, ok := claims[name]; ok {
		return v
	}
	for i, c := range name {
		if c != '.' {
			continue
		}
		if inner, ok := claims[name[:i]].(map[string]any); ok {
			if v := claim(inner, name[i+1:]); v != nil {
				return v
			}
		}
	}
	return nil
}

// maxValues is how many values of one claim are looked at.
const maxValues = 1000

// texts reads a text, a list of texts, or texts with blanks between them, as
// the claim scope has them.
func texts(v any) (list []string) {
	switch v := v.(type) {
	case string:
		list = strings.Fields(v)
	case []any:
		for _, one := range v[:min(len(v), maxValues)] {
			if s, ok := one.(string); ok {
				list = append(list, s)
			}
		}
	}
	return list[:min(len(list), maxValues)]
}
