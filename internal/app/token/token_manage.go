package token

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/party"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// NewToken is a token to make.
type NewToken struct {
	Name                    string
	Roles                   []domain.Role
	Sites, Suppliers, Kinds []string
	ExpiresAt               *time.Time // nil: in domain.TokenLife
	Owner                   *string    // for whom it acts; nil: who makes it
}

// CreatedToken is a new token with its secret, which is told this once.
type CreatedToken struct {
	Secret   string
	APIToken *domain.APIToken
}

// CreateToken makes an API token.
func (a *Area) CreateToken(ctx context.Context, in NewToken) (*CreatedToken, error) {
	if err := a.mayTokens(ctx); err != nil {
		return nil, err
	}
	if err := a.Bind(ctx, false); err != nil {
		return nil, err
	}
	now := a.estate.Now().UTC().Truncate(time.Second)
	t := &storedToken{APIToken: domain.APIToken{
		ID: a.estate.NewID(), Name: in.Name, Roles: in.Roles, Sites: in.Sites, Suppliers: in.Suppliers, Kinds: in.Kinds,
		CreatedBy: acting.Name(ctx), CreatedAt: now, ExpiresAt: now.Add(domain.TokenLife),
	}}
	t.own(acting.Doer(ctx), in.Owner)
	if in.ExpiresAt != nil {
		t.ExpiresAt = in.ExpiresAt.UTC()
	}
	errs := t.Check(a.estate.Exclusive)
	for i, kind := range in.Kinds {
		if entity.KindNamed(kind) == nil {
			errs = append(errs, refusal.Wrong(refusal.Element("kinds", i), "there is no kind of record %q, there are %s", kind, entity.KindNames()))
		}
	}
	if len(errs) > 0 {
		return nil, errs.Under("input").Err()
	}
	secret := newSecret()
	hash := sha256.Sum256([]byte(secret))
	t.Hash = hash[:]
	if err := a.shelve(ctx, t); err != nil {
		return nil, err
	}
	return &CreatedToken{Secret: TokenPrefix + t.ID + "." + secret, APIToken: &t.APIToken}, nil
}

// own says for whom the token acts: who makes it, or whom they name.
func (t *storedToken) own(maker domain.Doer, named *string) {
	t.Owner, t.OwnerIdentities = maker.Name, maker.Identities
	if named != nil && !domain.SameName(*named, maker.Name) {
		t.Owner, t.OwnerIdentities = *named, nil
	}
}

// Tokens lists all API tokens, the newest first.
func (a *Area) Tokens(ctx context.Context) ([]*domain.APIToken, error) {
	if err := a.estate.May(ctx, authz.Manage, authz.KindToken); err != nil {
		return nil, err
	}
	all, err := a.shelvedTokens(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(x, y *storedToken) int { return cmp.Or(y.CreatedAt.Compare(x.CreatedAt), cmp.Compare(x.ID, y.ID)) })
	list, parties := make([]*domain.APIToken, len(all)), party.PartiesIn(ctx, a.estate.Today(ctx))
	for i, t := range all {
		list[i] = &t.APIToken
		parties.Want(t.OwnerPerson().Name, t.CreatedBy)
	}
	return list, a.addUses(ctx, list)
}

// addUses tells when each token was last used.
func (a *Area) addUses(ctx context.Context, list []*domain.APIToken) error {
	if a.estate.Shelf == nil {
		return nil
	}
	uses, err := a.estate.Shelf.Shelved(ctx, usesShelf)
	if err != nil {
		return refusal.OfStore(err)
	}
	for _, t := range list {
		var at time.Time
		if value, ok := uses[t.ID]; ok && at.UnmarshalText(value) == nil {
			t.LastUsedAt = &at
		}
	}
	return nil
}

// TokenRevoked gives what is closed when the next API token is made or revoked
// in this process. Recheck tells whose it was.
func (a *Area) TokenRevoked() <-chan struct{} { return a.tokens.changes() }

// RevokeToken ends an API token for good. One that is revoked already stays as
// it is.
func (a *Area) RevokeToken(ctx context.Context, id string) (*domain.APIToken, error) {
	if err := a.mayTokens(ctx); err != nil {
		return nil, err
	}
	all, err := a.shelvedTokens(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, &domain.Error{Code: domain.NotFound, Field: "input.id", Message: "there is no such token"}
	}
	t := *all[0]
	if t.RevokedAt == nil {
		now := a.estate.Now().UTC()
		t.RevokedAt = &now
		if err := a.shelve(ctx, &t); err != nil {
			return nil, err
		}
	}
	return &t.APIToken, a.addUses(ctx, []*domain.APIToken{&t.APIToken})
}
