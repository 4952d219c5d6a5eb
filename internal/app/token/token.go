package token

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

// TokenPrefix begins every API token, so that one is known where it should not
// be.
const TokenPrefix = "rgt_"

const (
	// tokenShelf is where tokens lie, usesShelf when each was last used.
	tokenShelf, usesShelf = "api-tokens", "api-token-uses"
	// tokenTrust is how long a token that was read is believed without another
	// look: one that another program revokes lives so long.
	tokenTrust = 2 * time.Second
	// tokenUse is how exactly it is kept when a token was last used.
	tokenUse = time.Minute
	// maxTrusted is how many tokens are kept in mind.
	maxTrusted = 10_000
)

// storedToken is a token as it lies on the shelf: with the hash of its secret,
// which is long and random, so that a plain hash cannot be turned round.
type storedToken struct {
	domain.APIToken
	Hash []byte
}

// tokens are those read lately.
type tokens struct {
	mu    sync.Mutex
	known map[string]trusted
	bell  chan struct{}        // closed when a token changes
	uses  map[string]time.Time // as they were noted
}

// due reports whether a use is to be noted, and takes it as noted.
func (t *tokens) due(id string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.uses[id]) < tokenUse {
		return false
	}
	if t.uses == nil || len(t.uses) >= maxTrusted {
		t.uses = map[string]time.Time{}
	}
	t.uses[id] = now
	return true
}

type trusted struct {
	token *storedToken
	until time.Time
}

func (t *tokens) forget(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, id)
	if t.bell != nil {
		close(t.bell)
		t.bell = nil
	}
}

// changes is closed when a token changes next.
func (t *tokens) changes() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bell == nil {
		t.bell = make(chan struct{})
	}
	return t.bell
}

func (t *tokens) get(id string, now time.Time) (*storedToken, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, ok := t.known[id]
	return k.token, ok && now.Before(k.until)
}

func (t *tokens) put(id string, token *storedToken, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil || len(t.known) >= maxTrusted {
		t.known = map[string]trusted{}
	}
	t.known[id] = trusted{token, now.Add(tokenTrust)}
}

// splitToken reads a token's id and secret.
func splitToken(text string) (id, secret string, ok bool) {
	rest, ok := strings.CutPrefix(text, TokenPrefix)
	id, secret, dot := strings.Cut(rest, ".")
	return id, secret, ok && dot && id != "" && len(id) <= 64 && secret != "" && len(secret) <= 128
}

// TokenIdentity returns who acts by an API token. Whatever is wrong with it,
// the answer is the same, but for one that was good once.
func (a *Area) TokenIdentity(ctx context.Context, text string) (acting.Identity, error) {
	id, secret, ok := splitToken(text)
	if !ok {
		return acting.Identity{}, unauthenticated("this is no API token")
	}
	t, err := a.tokenOf(ctx, id)
	if err != nil {
		return acting.Identity{}, err
	}
	hash := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(hash[:], t.Hash) != 1 {
		return acting.Identity{}, unauthenticated("there is no such token")
	}
	now := a.estate.Now()
	if why := t.Ended(now); why != "" {
		return acting.Identity{}, unauthenticated(why)
	}
	if e := domain.CheckRoles(t.Roles, a.estate.Exclusive); e != nil {
		return acting.Identity{}, e
	}
	if err := a.used(ctx, id, now); err != nil {
		return acting.Identity{}, err
	}
	return acting.Identity{Actor: t.Actor(), Method: domain.ByToken, Expires: t.ExpiresAt, TokenID: id, Identities: t.Identities()}, nil
}

// used notes that a token was used: apart from the token, so that no use can
// undo a revocation that another program writes at the same moment.
func (a *Area) used(ctx context.Context, id string, now time.Time) error {
	if !a.tokens.due(id, now) {
		return nil
	}
	value, err := now.UTC().MarshalText()
	if err != nil {
		return err
	}
	return refusal.OfStore(a.estate.Shelf.Shelve(ctx, usesShelf, id, value))
}

// tokenOf reads a token, or believes what was read just now.
func (a *Area) tokenOf(ctx context.Context, id string) (*storedToken, error) {
	now := a.estate.Now()
	if t, ok := a.tokens.get(id, now); ok {
		return t, nil
	}
	all, err := a.shelvedTokens(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, unauthenticated("there is no such token")
	}
	a.tokens.put(id, all[0], now)
	return all[0], nil
}

func (a *Area) shelvedTokens(ctx context.Context, ids ...string) ([]*storedToken, error) {
	if a.estate.Shelf == nil {
		return nil, nil
	}
	found, err := a.estate.Shelf.Shelved(ctx, tokenShelf, ids...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	list := make([]*storedToken, 0, len(found))
	for _, value := range found {
		t := &storedToken{}
		if err := json.Unmarshal(value, t); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

func (a *Area) shelve(ctx context.Context, t *storedToken) error {
	value, err := json.Marshal(t)
	if err != nil {
		return err
	}
	defer a.tokens.forget(t.ID)
	return refusal.OfStore(a.estate.Shelf.Shelve(ctx, tokenShelf, t.ID, value))
}

// newSecret is 256 bits of chance.
func newSecret() string {
	b := make([]byte, 32)
	rand.Read(b) // which never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// mayTokens returns the question before anything is done with tokens.
func (a *Area) mayTokens(ctx context.Context) error {
	if err := a.estate.May(ctx, authz.Manage, authz.KindToken); err != nil {
		return err
	}
	if a.estate.Shelf == nil {
		return &domain.Error{Code: domain.Unavailable, Message: "this store keeps no tokens"}
	}
	return nil
}
