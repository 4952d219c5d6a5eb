package server

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/domain"
)

// ActAs is the header that names the actor while no identities are configured:
// "alice; roles=REQUESTER,CAB_MEMBER; sites=par-1", or "bob; roles=SUPPLIER; suppliers=acme".
const ActAs = "Releasegraph-Act-As"

// actAs believes what the header says.
func actAs(ctx context.Context, header http.Header) (context.Context, error) {
	named := header.Get(ActAs)
	if named == "" {
		return ctx, nil
	}
	a, err := parseActor(named)
	if err != nil {
		return ctx, fmt.Errorf("header %s: %w", ActAs, err)
	}
	noteActor(ctx, a.Name)
	return acting.WithActor(ctx, a), nil
}

func parseActor(header string) (domain.Actor, error) {
	name, rest, _ := strings.Cut(header, ";")
	a := domain.Actor{Name: strings.TrimSpace(name)}
	if a.Name == "" {
		return a, fmt.Errorf(`no name; write "alice; roles=REQUESTER; sites=par-1"`)
	}
	if len(header) > 1000 {
		return a, fmt.Errorf("longer than 1000 bytes")
	}
	if err := domain.CheckCaller(a.Name); err != nil {
		return a, fmt.Errorf("the name %q %w", a.Name, err)
	}
	for part := range strings.SplitSeq(rest, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		if err := parseActorPart(&a, part); err != nil {
			return a, err
		}
	}
	return a, nil
}

func parseActorPart(a *domain.Actor, part string) error {
	field, values, _ := strings.Cut(part, "=")
	for value := range strings.SplitSeq(values, ",") {
		value = strings.TrimSpace(value)
		if value == "" {
			continue
		}
		switch field = strings.TrimSpace(field); field {
		case "roles":
			if !slices.Contains(domain.Roles, domain.Role(value)) {
				return fmt.Errorf("no role %q; the roles are %s", value, roleNames())
			}
			a.Roles = append(a.Roles, domain.Role(value))
		case "sites":
			a.Sites = append(a.Sites, value)
		case "suppliers":
			a.Suppliers = append(a.Suppliers, value)
		default:
			return fmt.Errorf("unknown part %q; the parts are roles, sites and suppliers", field)
		}
	}
	return nil
}

func roleNames() string {
	names := make([]string, len(domain.Roles))
	for i, r := range domain.Roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}
