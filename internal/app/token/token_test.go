package token_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/listing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/token"
	"releasegraph/internal/domain"
)

func newToken(f *apptest.Fixture, in token.NewToken) *token.CreatedToken {
	f.T.Helper()
	made, err := f.Tokens.CreateToken(f.Ctx, in)
	require.NoError(f.T, err)
	return made
}

func TestATokenIsKnownByItsSecretUntilItIsRevoked(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Site("par-1")
		head := f.Head()
		made := newToken(f, token.NewToken{Name: "tool", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par-1"}, Kinds: []string{"Site"}})
		require.True(t, strings.HasPrefix(made.Secret, token.TokenPrefix+made.APIToken.ID+"."))
		id, err := f.Tokens.TokenIdentity(f.Ctx, made.Secret)
		require.NoError(t, err)
		require.Equal(t, domain.Actor{
			Name: "token:tool", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par-1"}, Bound: true, Kinds: []string{"Site"},
		}, id.Actor)
		ctx := acting.WithIdentity(f.Ctx, id)
		require.NoError(t, f.Tokens.Recheck(ctx))
		list, err := f.Tokens.Tokens(f.Ctx)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.NotNil(t, list[0].LastUsedAt)
		ended, err := f.Tokens.RevokeToken(f.Ctx, made.APIToken.ID)
		require.NoError(t, err)
		require.NotNil(t, ended.RevokedAt)
		_, err = f.Tokens.TokenIdentity(f.Ctx, made.Secret)
		apptest.Refused(t, err, domain.Unauthenticated, "")
		apptest.Refused(t, f.Tokens.Recheck(ctx), domain.Unauthenticated, "")
		require.Equal(t, head, f.Head(), "tokens are not of the graph")
		found, err := f.Records.Search(f.Ctx, records.SearchQuery{Text: "tool"})
		require.NoError(t, err)
		require.Empty(t, found.Hits)
	})
}

// The secret is nowhere: what lies on the shelf does not hold it.
func TestTheSecretOfATokenIsNotKept(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	made := newToken(f, token.NewToken{Name: "tool", Roles: []domain.Role{domain.Viewer}})
	_, secret, _ := strings.Cut(made.Secret, ".")
	kept, err := apptest.ShelfOf(f.Store.Store).Shelved(f.Ctx, "api-tokens")
	require.NoError(t, err)
	require.Len(t, kept, 1)
	require.NotContains(t, string(kept[made.APIToken.ID]), secret)
}

func TestATokenEndsByItself(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	soon := time.Date(2026, 3, 1, 8, 0, 10, 0, time.UTC) // the clock goes a second a look
	made := newToken(f, token.NewToken{Name: "tool", Roles: []domain.Role{domain.Viewer}, ExpiresAt: &soon})
	id, err := f.Tokens.TokenIdentity(f.Ctx, made.Secret)
	require.NoError(t, err)
	ctx := acting.WithIdentity(f.Ctx, id)
	require.Eventually(t, func() bool { return f.Tokens.Recheck(ctx) != nil }, time.Second, time.Microsecond)
	_, err = f.Tokens.TokenIdentity(f.Ctx, made.Secret)
	apptest.Refused(t, err, domain.Unauthenticated, "")
}

func TestWhatIsNoTokenIsRefused(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	made := newToken(f, token.NewToken{Name: "tool", Roles: []domain.Role{domain.Viewer}})
	other := newToken(f, token.NewToken{Name: "other", Roles: []domain.Role{domain.Admin}})
	_, secret, _ := strings.Cut(made.Secret, ".")
	for _, text := range []string{
		"", "rgt_", "rgt_.", "rgt_x.y", made.Secret[:len(made.Secret)-1], made.Secret + "a", strings.ToUpper(made.Secret),
		"rgt_" + other.APIToken.ID + "." + secret, secret, "rgt_" + strings.Repeat("a", 1<<20) + ".b",
	} {
		_, err := f.Tokens.TokenIdentity(f.Ctx, text)
		apptest.Refused(t, err, domain.Unauthenticated, "")
	}
}

func TestAllThatIsWrongWithATokenIsToldAtOnce(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	past := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := f.Tokens.CreateToken(f.Ctx, token.NewToken{Roles: []domain.Role{"BOSS"}, Kinds: []string{"Ship"}, ExpiresAt: &past})
	for _, want := range []string{"input.name", `input.roles.0: "BOSS" is none of`, `input.kinds.0: there is no kind of record "Ship"`, "input.expiresAt: must lie ahead"} {
		require.ErrorContains(t, err, want)
	}
	_, err = f.Tokens.CreateToken(f.Ctx, token.NewToken{Name: "x", Roles: []domain.Role{domain.ReleaseManager, domain.TestManager}})
	apptest.Refused(t, err, domain.Forbidden, "input.roles")
}

func TestOnlyAdministratorsHandleTokens(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	for _, role := range domain.Roles[:len(domain.Roles)-1] {
		ctx := acting.WithActor(f.Ctx, domain.Actor{Name: "x", Roles: []domain.Role{role}, Sites: []string{"s"}})
		_, err := f.Tokens.CreateToken(ctx, token.NewToken{Name: "y", Roles: []domain.Role{role}})
		apptest.Refused(t, err, domain.Forbidden, "")
		_, err = f.Tokens.Tokens(ctx)
		apptest.Refused(t, err, domain.Forbidden, "")
		_, err = f.Tokens.RevokeToken(ctx, "z")
		apptest.Refused(t, err, domain.Forbidden, "")
	}
}

// An API token can be narrowed to sites and kinds on top of its roles.
func TestANarrowedTokenTouchesNothingElse(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("here")
		f.Item("there")
		f.Site("par-1")
		f.Connect("INSTALLED_AT", "here", "par-1", nil)
		made := newToken(f, token.NewToken{Name: "tool", Roles: []domain.Role{domain.ConfigurationManager}, Sites: []string{"par-1"}})
		id, err := f.Tokens.TokenIdentity(f.Ctx, made.Secret)
		require.NoError(t, err)
		ctx := acting.WithIdentity(f.WithLoads(context.WithoutCancel(f.Ctx)), id)
		p, err := f.Records.Records(ctx, apptest.ItemKind, listing.List{})
		require.NoError(t, err)
		require.Equal(t, []string{"here"}, apptest.KeysOf(p))
		_, err = f.Records.Update(ctx, apptest.ItemKind, apptest.Key("here"), apptest.Values{"users": 3}, nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Update(ctx, apptest.ItemKind, apptest.Key("there"), apptest.Values{"users": 3}, nil, nil)
		apptest.Refused(t, err, domain.NotFound, "input.ref")
		_, err = f.Records.Create(ctx, apptest.ItemKind, apptest.Values{"key": "new", "name": "New", "class": "SERVICE"}, nil)
		apptest.Refused(t, err, domain.Forbidden, "")
		_, err = f.Records.Connect(ctx, "DEPENDS_ON", apptest.Key("here"), apptest.Key("there"), nil, nil)
		apptest.Refused(t, err, domain.NotFound, "input.to")
		_, err = f.Records.Update(ctx, apptest.ItemKind, apptest.Key("here"), apptest.Values{"key": "there"}, nil, nil)
		clash := apptest.Refused(t, err, domain.Conflict, "input.patch.key")
		require.Empty(t, clash.Details, "C1: that the key is taken is told, not by what")
		_, err = f.Bulk.Importer(ctx, bulk.ImportOptions{})
		apptest.Refused(t, err, domain.Forbidden, "")
	})
}

func TestAnActorOfSomeKindsImportsNoOthers(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	ctx := acting.WithActor(f.Ctx, domain.Actor{Name: "x", Roles: []domain.Role{domain.ConfigurationManager}, Kinds: []string{"Site"}})
	done, err := f.Bulk.ImportLines(ctx, bulk.ImportLinesInput{Lines: []string{`{"node":"Site","key":"s","name":"S"}`}}, nil)
	require.NoError(t, err)
	require.Empty(t, done.Wrong)
	_, err = f.Bulk.ImportLines(ctx, bulk.ImportLinesInput{Lines: []string{`{"node":"Party","key":"p","name":"P","type":"TEAM"}`}}, nil)
	apptest.Refused(t, err, domain.Forbidden, "")
}

func FuzzTokenTextsAreReadOrRefused(f *testing.F) {
	f.Add("rgt_a.b")
	f.Add("rgt_01a1ffe0-8813-7b37-abf3-2ec8c25e3363.XfSs6MfqBgaYBdRfpt_D_tWei2u2h7PxDXDCiJqXvAw")
	a := apptest.NewFixture(f, apptest.OpenSQLite(f))
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := a.Tokens.TokenIdentity(t.Context(), text); err == nil {
			t.Fatal("believed")
		}
	})
}
