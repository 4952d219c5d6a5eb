package identity_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/identity"
)

// signer is a provider: discovery and keys over HTTP, and what it signs.
type signer struct {
	*httptest.Server
	mu    sync.Mutex
	keys  []jose.JSONWebKey // public
	own   *ecdsa.PrivateKey
	kid   string
	asked int // for keys
	down  bool
}

func newSigner(t *testing.T) *signer {
	s := &signer{}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.down {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": s.URL, "jwks_uri": s.URL + "/keys", "authorization_endpoint": s.URL + "/auth", "token_endpoint": s.URL + "/token",
			"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked++
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: s.keys})
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	s.rotate(t, "first")
	return s
}

// rotate signs with a new key from now on; the old one is forgotten.
func (s *signer) rotate(t *testing.T, kid string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own, s.kid = key, kid
	s.keys = []jose.JSONWebKey{{Key: key.Public(), KeyID: kid, Algorithm: "ES256", Use: "sig"}}
}

func (s *signer) public() crypto.PublicKey { return s.own.Public() }

type claims = map[string]any

// sign signs claims; those of a good token that are not given are added.
func (s *signer) sign(t *testing.T, now time.Time, more claims) string {
	return s.signWith(t, jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: s.own, KeyID: s.kid}}, s.good(now, more))
}

func (s *signer) good(now time.Time, more claims) claims {
	all := claims{
		"iss": s.URL, "aud": "releasegraph", "sub": "u-1", "preferred_username": "alice",
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "groups": []string{"cab", "unknown"}, "sites": "par-1 ber-1",
	}
	for name, v := range more {
		all[name] = v
	}
	return all
}

func (s *signer) signWith(t *testing.T, key jose.SigningKey, c claims) string {
	signing, err := jose.NewSigner(key, nil)
	require.NoError(t, err)
	payload, err := json.Marshal(c)
	require.NoError(t, err)
	signed, err := signing.Sign(payload)
	require.NoError(t, err)
	text, err := signed.CompactSerialize()
	require.NoError(t, err)
	return text
}

const mappingText = `
audience: releasegraph
authorizedParties: [web-ui]
name: preferred_username
clockSkew: 30s
roles:
  claim: groups
  map:
    cab: [CAB_MEMBER]
    managers: [RELEASE_MANAGER]
    testers: [TEST_MANAGER]
  default: [VIEWER]
sites: sites
issuer: `

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func provider(t *testing.T, s *signer) (*identity.Provider, *clock) {
	m, err := identity.ParseMapping([]byte(mappingText + s.URL))
	require.NoError(t, err)
	c := &clock{time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	return identity.NewProvider(m, c.now), c
}

func TestATokenOfTheProviderNamesItsOwnerAndTheirRoles(t *testing.T) {
	s := newSigner(t)
	p, c := provider(t, s)
	id, err := p.Identity(t.Context(), s.sign(t, c.at, nil))
	require.NoError(t, err)
	require.Equal(t, domain.Actor{Name: "alice", Roles: []domain.Role{domain.Viewer, domain.CABMember}, Sites: []string{"par-1", "ber-1"}}, id.Actor)
	require.Equal(t, domain.ByProvider, id.Method)
	require.WithinDuration(t, c.at.Add(time.Hour), id.Expires, time.Minute)
}

func TestANameWithBlanksIsOneName(t *testing.T) {
	s := newSigner(t)
	p, c := provider(t, s)
	id, err := p.Identity(t.Context(), s.sign(t, c.at, claims{"preferred_username": "Alice Smith"}))
	require.NoError(t, err)
	require.Equal(t, "Alice Smith", id.Name)
}

func code(err error) domain.Code {
	var e *domain.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func TestWhatIsNotTheProvidersForThisServerAndNowIsRefused(t *testing.T) {
	s, other := newSigner(t), newSigner(t)
	p, c := provider(t, s)
	secret, err := jose.JSONWebKey{Key: s.public(), KeyID: "first"}.MarshalJSON()
	require.NoError(t, err)
	good := s.sign(t, c.at, nil)
	parts := bytes.Split([]byte(good), []byte("."))
	for name, token := range map[string]string{
		"audience":                    s.sign(t, c.at, claims{"aud": "another"}),
		"no audience":                 s.sign(t, c.at, claims{"aud": nil}),
		"issuer":                      s.sign(t, c.at, claims{"iss": "https://elsewhere.example.com"}),
		"expired":                     s.sign(t, c.at.Add(-2*time.Hour), nil),
		"just expired":                s.sign(t, c.at, claims{"exp": c.at.Add(-31 * time.Second).Unix()}),
		"no expiry":                   s.sign(t, c.at, claims{"exp": nil}),
		"not yet":                     s.sign(t, c.at, claims{"nbf": c.at.Add(time.Minute).Unix()}),
		"from ahead":                  s.sign(t, c.at.Add(time.Minute), nil),
		"not yet, as a text":          s.sign(t, c.at, claims{"nbf": fmt.Sprint(c.at.Add(time.Minute).Unix())}),
		"from ahead, as a text":       s.sign(t, c.at, claims{"iat": fmt.Sprint(c.at.Add(time.Minute).Unix())}),
		"times as something else":     s.sign(t, c.at, claims{"nbf": true}),
		"several audiences, no party": s.sign(t, c.at, claims{"aud": []string{"releasegraph", "account"}}),
		"several, another party":      s.sign(t, c.at, claims{"aud": []string{"releasegraph", "account"}, "azp": "elsewhere"}),
		"several, a party of no text": s.sign(t, c.at, claims{"aud": []string{"releasegraph", "account"}, "azp": []string{"releasegraph"}}),
		"another key":                 other.signWith(t, jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: other.own, KeyID: "first"}}, s.good(c.at, nil)),
		"HS256 with the public key as its secret": s.signWith(t, jose.SigningKey{Algorithm: jose.HS256, Key: secret}, s.good(c.at, nil)),
		"alg none":        "eyJhbGciOiJub25lIn0." + string(parts[1]) + ".",
		"no signature":    string(parts[0]) + "." + string(parts[1]) + ".",
		"other claims":    string(parts[0]) + ".e30." + string(parts[2]),
		"not a token":     "hello",
		"empty":           "",
		"a huge one":      string(bytes.Repeat([]byte("a"), 1<<20)),
		"no proper name":  s.sign(t, c.at, claims{"preferred_username": "", "sub": ""}),
		"a name in lines": s.sign(t, c.at, claims{"preferred_username": "a\x00b"}),
	} {
		id, err := p.Identity(t.Context(), token)
		require.Equal(t, domain.Unauthenticated, code(err), "%s: %v, %v", name, id, err)
	}
	_, err = p.Identity(t.Context(), good)
	require.NoError(t, err)
}

func TestATokenForSeveralAudiencesIsTakenFromAuthorizedPartiesOnly(t *testing.T) {
	s := newSigner(t)
	p, c := provider(t, s)
	for _, more := range []claims{
		{"aud": []string{"releasegraph", "account"}, "azp": "releasegraph"}, {"aud": []string{"releasegraph", "account"}, "azp": "web-ui"},
		{"aud": []string{"releasegraph"}, "azp": "elsewhere"}, {"aud": "releasegraph"},
	} {
		_, err := p.Identity(t.Context(), s.sign(t, c.at, more))
		require.NoError(t, err, more)
	}
	_, err := p.Identity(t.Context(), s.sign(t, c.at, claims{"aud": []string{"releasegraph", "account"}, "azp": "elsewhere"}))
	require.ErrorContains(t, err, `handed to "elsewhere" (azp)`)
}

func TestClocksMayDifferByTheSkew(t *testing.T) {
	s := newSigner(t)
	p, c := provider(t, s)
	for _, more := range []claims{
		{"exp": c.at.Add(-29 * time.Second).Unix()}, {"nbf": c.at.Add(29 * time.Second).Unix()}, {"iat": c.at.Add(29 * time.Second).Unix()},
	} {
		_, err := p.Identity(t.Context(), s.sign(t, c.at, more))
		require.NoError(t, err, more)
	}
}

func TestKeysMayBeRotated(t *testing.T) {
	s := newSigner(t)
	p, c := provider(t, s)
	old := s.sign(t, c.at, nil)
	_, err := p.Identity(t.Context(), old)
	require.NoError(t, err)
	s.rotate(t, "second")
	c.at = c.at.Add(time.Minute)
	_, err = p.Identity(t.Context(), s.sign(t, c.at, nil))
	require.NoError(t, err, "a key that was not known is fetched")
	_, err = p.Identity(t.Context(), old)
	require.Equal(t, domain.Unauthenticated, code(err), "the old key is forgotten")
}

func TestATokenIsVerifiedOnceUntilItExpires(t *testing.T) {
	s := newSigner(t)
	p, c := provider(t, s)
	token, other := s.sign(t, c.at, nil), s.sign(t, c.at, claims{"preferred_username": "bob"})
	first, err := p.Identity(t.Context(), token)
	require.NoError(t, err)
	_, err = p.Identity(t.Context(), token) // by the keys that it made known
	require.NoError(t, err)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		if again, err := p.Identity(t.Context(), token); err != nil || again.Name != first.Name {
			t.Error(again, err)
		}
	}), 1.0, "nothing is parsed")
	bob, err := p.Identity(t.Context(), other)
	require.NoError(t, err)
	require.Equal(t, "bob", bob.Name)
	c.at = first.Expires.Add(-time.Nanosecond)
	_, err = p.Identity(t.Context(), token)
	require.NoError(t, err)
	c.at = first.Expires
	_, err = p.Identity(t.Context(), token)
	require.Equal(t, domain.Unauthenticated, code(err))
	require.ErrorContains(t, err, "has expired")
}

func TestTokensOfMadeUpKeysDoNotDrawQuestionsToTheProvider(t *testing.T) {
	s := newSigner(t)
	p, c := provider(t, s)
	for range 50 {
		forged := s.signWith(t, jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: newSigner(t).own, KeyID: "made up"}}, s.good(c.at, nil))
		_, err := p.Identity(t.Context(), forged)
		require.Equal(t, domain.Unauthenticated, code(err))
	}
	require.LessOrEqual(t, s.asked, 1)
}

func TestRolesThatExcludeEachOtherAreRefused(t *testing.T) {
	s := newSigner(t)
	p, c := provider(t, s)
	_, err := p.Identity(t.Context(), s.sign(t, c.at, claims{"groups": []string{"managers", "testers"}}))
	require.Equal(t, domain.Forbidden, code(err), "R7: %v", err)
	require.ErrorContains(t, err, "RELEASE_MANAGER and TEST_MANAGER exclude each other")
}

func TestAProviderThatIsDownIsTriedAgain(t *testing.T) {
	s := newSigner(t)
	s.down = true
	p, c := provider(t, s)
	token := s.sign(t, c.at, nil)
	for range 2 {
		_, err := p.Identity(t.Context(), token)
		require.Equal(t, domain.Unavailable, code(err))
	}
	s.mu.Lock()
	s.down = false
	s.mu.Unlock()
	c.at = c.at.Add(3 * time.Second)
	_, err := p.Identity(t.Context(), token)
	require.NoError(t, err)
}
