package identity

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"releasegraph/internal/app/acting"

	"github.com/coreos/go-oidc/v3/oidc"

	"releasegraph/internal/domain"
)

// algorithms are the signatures that are believed: those that need the
// provider's private key. With a shared secret, or with none, anyone could sign.
var algorithms = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
}

// Provider believes the tokens of one OpenID Connect provider. It looks for the
// provider when the first token comes, and again after a while where that fails.
type Provider struct {
	mapping *Mapping
	now     func() time.Time
	asked   *calm
	client  *http.Client
	known   *verified

	mu       sync.Mutex
	verifier *oidc.IDTokenVerifier // nil: not found yet
	tried    time.Time
	failed   error
}

// retryAfter is how long a provider that was not found is left alone.
const retryAfter = 2 * time.Second

// maxToken is the longest token that is looked at.
const maxToken = 16 << 10

// NewProvider believes the provider of a mapping.
func NewProvider(m *Mapping, now func() time.Time) *Provider {
	asked := newCalm(now)
	return &Provider{mapping: m, now: now, asked: asked, client: asked.client(), known: newVerified()}
}

// Identity is whose token it is. A token that was verified is believed until it
// expires or the provider's keys are others. Errors are domain errors: UNAUTHENTICATED for
// a token that is not believed, FORBIDDEN for roles that exclude each other,
// UNAVAILABLE while the provider cannot be reached.
func (p *Provider) Identity(ctx context.Context, token string) (acting.Identity, error) {
	if len(token) > maxToken {
		return acting.Identity{}, refused("the token is too long", nil)
	}
	hash, round := sha256.Sum256([]byte(token)), p.asked.round.Load()
	if id, ok := p.known.get(hash, round); ok && p.now().Before(id.Expires) {
		return id, nil
	}
	id, err := p.verify(ctx, token)
	if err == nil {
		p.known.add(hash, id, round)
	}
	return id, err
}

// verify looks at a token: its signature, what it is for, and its times.
func (p *Provider) verify(ctx context.Context, token string) (acting.Identity, error) {
	verifier, err := p.find(ctx)
	if err != nil {
		return acting.Identity{}, err
	}
	checked, err := verifier.Verify(oidc.ClientContext(ctx, p.client), token)
	if err != nil {
		if errors.Is(err, errUnreachable) {
			return acting.Identity{}, unreachable(err)
		}
		return acting.Identity{}, refused("the token is not one of the provider's for this server", err)
	}
	claims := map[string]any{}
	if err := checked.Claims(&claims); err != nil {
		return acting.Identity{}, refused("the token's claims cannot be read", err)
	}
	if err := p.checkTimes(checked, claims); err != nil {
		return acting.Identity{}, err
	}
	if err := p.mapping.checkParty(checked.Audience, claims); err != nil {
		return acting.Identity{}, err
	}
	actor, err := p.mapping.actor(claims, checked.Subject)
	if err != nil {
		var known *domain.Error
		if errors.As(err, &known) {
			return acting.Identity{}, known
		}
		return acting.Identity{}, refused(err.Error(), nil)
	}
	return acting.Identity{Actor: actor, Method: domain.ByProvider, Identities: []string{checked.Issuer + "#" + checked.Subject}, Expires: checked.Expiry.Add(p.skew())}, nil
}

func (p *Provider) skew() time.Duration { return time.Duration(p.mapping.ClockSkew) }

// checkTimes holds a token to its times, as far as the clocks may differ.
func (p *Provider) checkTimes(t *oidc.IDToken, claims map[string]any) error {
	now := p.now()
	if !now.Before(t.Expiry.Add(p.skew())) {
		return refused("the token has expired", nil)
	}
	for _, name := range []string{"nbf", "iat"} {
		at, number := claims[name].(float64)
		if !number && claims[name] != nil {
			return refused(fmt.Sprintf("the token's %s is no number of seconds", name), nil)
		}
		if number && time.Unix(int64(at), 0).After(now.Add(p.skew())) {
			return refused(fmt.Sprintf("the token is not good yet (%s): are the clocks right?", name), nil)
		}
	}
	return nil
}

// find discovers the provider.
func (p *Provider) find(ctx context.Context) (*oidc.IDTokenVerifier, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	switch {
	case p.verifier != nil:
		return p.verifier, nil
	case p.failed != nil && now.Sub(p.tried) < retryAfter:
		return nil, unreachable(p.failed)
	}
	p.tried = now
	// The keys are fetched for whoever comes next as well.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.mapping.Issuer)
	if p.failed = err; err != nil {
		return nil, unreachable(err)
	}
	p.verifier = found.Verifier(&oidc.Config{
		ClientID: p.mapping.Audience, SupportedSigningAlgs: algorithms, SkipExpiryCheck: true, // checkTimes does, with the skew
		Now: p.now,
	})
	return p.verifier, nil
}

func refused(why string, cause error) *domain.Error {
	return &domain.Error{Code: domain.Unauthenticated, Message: why, Cause: cause}
}

func unreachable(cause error) *domain.Error {
	return &domain.Error{Code: domain.Unavailable, Message: "the identity provider cannot be reached", Cause: cause}
}
