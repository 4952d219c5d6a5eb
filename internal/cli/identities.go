package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"releasegraph/internal/app"
	"releasegraph/internal/app/acting"
	tokenarea "releasegraph/internal/app/token"
	"releasegraph/internal/domain"
	"releasegraph/internal/identity"
)

// identityFlags say how callers are known.
type identityFlags struct {
	Identities string `placeholder:"FILE" type:"path" help:"Who may call, as YAML: the OpenID Connect provider, and what its claims mean. Every caller must then send a token of it, or an API token, and the server may listen on any address."`
}

// read gives the identities of the file, nil where none is named.
func (f identityFlags) read() (*identities, error) {
	if f.Identities == "" {
		return nil, nil
	}
	text, err := os.ReadFile(f.Identities)
	if err != nil {
		return nil, fmt.Errorf("identities: %w", err)
	}
	m, err := identity.ParseMapping(text)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be used:\n%w", f.Identities, err)
	}
	i := &identities{mapping: m}
	if m.Issuer != "" {
		i.provider = identity.NewProvider(m, time.Now)
	}
	return i, nil
}

// identities knows callers by the provider's tokens and by API tokens, once the
// store is open.
type identities struct {
	mapping  *identity.Mapping
	provider *identity.Provider // nil: API tokens only
	app      atomic.Pointer[app.App]
}

// Identity implements server.Identities.
func (i *identities) Identity(ctx context.Context, token string) (acting.Identity, error) {
	if !strings.HasPrefix(token, tokenarea.TokenPrefix) {
		if i.provider == nil {
			return acting.Identity{}, &domain.Error{Code: domain.Unauthenticated, Message: "this server takes API tokens only"}
		}
		return i.provider.Identity(ctx, token)
	}
	a := i.app.Load()
	if a == nil {
		return acting.Identity{}, &domain.Error{Code: domain.Unavailable, Message: "the store is not open yet"}
	}
	return a.Tokens.TokenIdentity(ctx, token)
}

// recheck tells whether the identity of a stream still holds.
func (i *identities) recheck(ctx context.Context) error {
	a := i.app.Load()
	if a == nil {
		return nil // and so no stream is open
	}
	return a.Tokens.Recheck(ctx)
}
