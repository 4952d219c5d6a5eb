package server_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/app/acting"

	"github.com/go-jose/go-jose/v4"

	"releasegraph/internal/app"
	tokenarea "releasegraph/internal/app/token"
	"releasegraph/internal/identity"
)

// bearers knows callers by a provider's tokens, and by API tokens.
type bearers struct {
	provider *identity.Provider
	app      *app.App
}

func (s bearers) Identity(ctx context.Context, token string) (acting.Identity, error) {
	if strings.HasPrefix(token, tokenarea.TokenPrefix) {
		return s.app.Tokens.TokenIdentity(ctx, token)
	}
	return s.provider.Identity(ctx, token)
}

// provider is an OpenID Connect provider, and a token of it.
type provider struct {
	*identity.Provider
	token string
}

func newProvider(t testing.TB) provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	var url string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := any(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
		if r.URL.Path != "/keys" {
			answer = map[string]any{"issuer": url, "jwks_uri": url + "/keys", "authorization_endpoint": url, "token_endpoint": url}
		}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(s.Close)
	url = s.URL
	mapping, err := identity.ParseMapping([]byte("audience: releasegraph\nroles:\n  default: [VIEWER]\nissuer: " + url))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	signed, err := signer.Sign(fmt.Appendf(nil, `{"iss":%q,"aud":"releasegraph","sub":"alice","preferred_username":"alice","iat":%d,"exp":%d,"scope":"openid profile","session_state":"%036d"}`,
		url, now.Unix(), now.Add(time.Hour).Unix(), 7))
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return provider{identity.NewProvider(mapping, time.Now), token}
}
