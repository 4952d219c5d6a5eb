package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

func (f *fixture) token(in app.NewToken) *app.CreatedToken {
	f.t.Helper()
	made, err := f.CreateToken(f.ctx, in)
	require.NoError(f.t, err)
	return made
}

func TestATokenIsKnownByItsSecretUntilItIsRevoked(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.site("par-1")
		head := f.head()
		made := f.token(app.NewToken{Name: "tool", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par-1"}, Kinds: []string{"Site"}})
		require.True(t, strings.HasPrefix(made.Secret, app.TokenPrefix+made.APIToken.ID+"."))
		id, err := f.TokenIdentity(f.ctx, made.Secret)
		require.NoError(t, err)
		require.Equal(t, domain.Actor{
			Name: "token:tool", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par-1"}, Bound: true, Kinds: []string{"Site"},
		}, id.Actor)
		ctx := app.WithIdentity(f.ctx, id)
		require.NoError(t, f.Recheck(ctx))
		list, err := f.Tokens(f.ctx)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.NotNil(t, list[0].LastUsedAt)
		ended, err := f.RevokeToken(f.ctx, made.APIToken.ID)
		require.NoError(t, err)
		require.NotNil(t, ended.RevokedAt)
		_, err = f.TokenIdentity(f.ctx, made.Secret)
		refused(t, err, domain.Unauthenticated, "")
		refused(t, f.Recheck(ctx), domain.Unauthenticated, "")
		require.Equal(t, head, f.head(), "tokens are not of the graph")
		found, err := f.Search(f.ctx, app.SearchQuery{Text: "tool"})
		require.NoError(t, err)
		require.Empty(t, found.Hits)
	})
}

// The secret is nowhere: what lies on the shelf does not hold it.
func TestTheSecretOfATokenIsNotKept(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	made := f.token(app.NewToken{Name: "tool", Roles: []domain.Role{domain.Viewer}})
	_, secret, _ := strings.Cut(made.Secret, ".")
	kept, err := shelfOf(f.store.Store).Shelved(f.ctx, "api-tokens")
	require.NoError(t, err)
	require.Len(t, kept, 1)
	require.NotContains(t, string(kept[made.APIToken.ID]), secret)
}

func TestATokenEndsByItself(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	soon := time.Date(2026, 3, 1, 8, 0, 10, 0, time.UTC) // the clock goes a second a look
	made := f.token(app.NewToken{Name: "tool", Roles: []domain.Role{domain.Viewer}, ExpiresAt: &soon})
	id, err := f.TokenIdentity(f.ctx, made.Secret)
	require.NoError(t, err)
	ctx := app.WithIdentity(f.ctx, id)
	require.Eventually(t, func() bool { return f.Recheck(ctx) != nil }, time.Second, time.Microsecond)
	_, err = f.TokenIdentity(f.ctx, made.Secret)
	refused(t, err, domain.Unauthenticated, "")
}

func TestWhatIsNoTokenIsRefused(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	made := f.token(app.NewToken{Name: "tool", Roles: []domain.Role{domain.Viewer}})
	other := f.token(app.NewToken{Name: "other", Roles: []domain.Role{domain.Admin}})
	_, secret, _ := strings.Cut(made.Secret, ".")
	for _, text := range []string{
		"", "rgt_", "rgt_.", "rgt_x.y", made.Secret[:len(made.Secret)-1], made.Secret + "a", strings.ToUpper(made.Secret),
		"rgt_" + other.APIToken.ID + "." + secret, secret, "rgt_" + strings.Repeat("a", 1<<20) + ".b",
	} {
		_, err := f.TokenIdentity(f.ctx, text)
		refused(t, err, domain.Unauthenticated, "")
	}
}

func TestAllThatIsWrongWithATokenIsToldAtOnce(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	past := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := f.CreateToken(f.ctx, app.NewToken{Roles: []domain.Role{"BOSS"}, Kinds: []string{"Ship"}, ExpiresAt: &past})
	for _, want := range []string{"input.name", `input.roles.0: "BOSS" is none of`, `input.kinds.0: there is no kind of record "Ship"`, "input.expiresAt: must lie ahead"} {
		require.ErrorContains(t, err, want)
	}
	_, err = f.CreateToken(f.ctx, app.NewToken{Name: "x", Roles: []domain.Role{domain.ReleaseManager, domain.TestManager}})
	refused(t, err, domain.Forbidden, "input.roles")
}

func TestOnlyAdministratorsHandleTokens(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	for _, role := range domain.Roles[:len(domain.Roles)-1] {
		ctx := app.WithActor(f.ctx, domain.Actor{Name: "x", Roles: []domain.Role{role}, Sites: []string{"s"}})
		_, err := f.CreateToken(ctx, app.NewToken{Name: "y", Roles: []domain.Role{role}})
		refused(t, err, domain.Forbidden, "")
		_, err = f.Tokens(ctx)
		refused(t, err, domain.Forbidden, "")
		_, err = f.RevokeToken(ctx, "z")
		refused(t, err, domain.Forbidden, "")
	}
}

// An API token can be narrowed to sites and kinds on top of its roles.
func TestANarrowedTokenTouchesNothingElse(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("here")
		f.item("there")
		f.site("par-1")
		f.connect("INSTALLED_AT", "here", "par-1", nil)
		made := f.token(app.NewToken{Name: "tool", Roles: []domain.Role{domain.ConfigurationManager}, Sites: []string{"par-1"}})
		id, err := f.TokenIdentity(f.ctx, made.Secret)
		require.NoError(t, err)
		ctx := app.WithIdentity(f.WithLoads(context.WithoutCancel(f.ctx)), id)
		p, err := f.Records(ctx, item, app.List{})
		require.NoError(t, err)
		require.Equal(t, []string{"here"}, keysOf(p))
		_, err = f.Update(ctx, item, key("here"), values{"users": 3}, nil, nil)
		require.NoError(t, err)
		_, err = f.Update(ctx, item, key("there"), values{"users": 3}, nil, nil)
		refused(t, err, domain.NotFound, "input.ref")
		_, err = f.Create(ctx, item, values{"key": "new", "name": "New", "class": "SERVICE"}, nil)
		refused(t, err, domain.Forbidden, "")
		_, err = f.Connect(ctx, "DEPENDS_ON", key("here"), key("there"), nil, nil)
		refused(t, err, domain.NotFound, "input.to")
		_, err = f.Update(ctx, item, key("here"), values{"key": "there"}, nil, nil)
		clash := refused(t, err, domain.Conflict, "input.patch.key")
		require.Empty(t, clash.Details, "C1: that the key is taken is told, not by what")
		_, err = f.Importer(ctx, app.ImportOptions{})
		refused(t, err, domain.Forbidden, "")
	})
}

func TestAnActorOfSomeKindsImportsNoOthers(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	ctx := app.WithActor(f.ctx, domain.Actor{Name: "x", Roles: []domain.Role{domain.ConfigurationManager}, Kinds: []string{"Site"}})
	done, err := f.ImportLines(ctx, app.ImportLinesInput{Lines: []string{`{"node":"Site","key":"s","name":"S"}`}}, nil)
	require.NoError(t, err)
	require.Empty(t, done.Wrong)
	_, err = f.ImportLines(ctx, app.ImportLinesInput{Lines: []string{`{"node":"Party","key":"p","name":"P","type":"TEAM"}`}}, nil)
	refused(t, err, domain.Forbidden, "")
}

func FuzzTokenTextsAreReadOrRefused(f *testing.F) {
	f.Add("rgt_a.b")
	f.Add("rgt_01a1ffe0-8813-7b37-abf3-2ec8c25e3363.XfSs6MfqBgaYBdRfpt_D_tWei2u2h7PxDXDCiJqXvAw")
	a := newFixture(f, openSQLite(f))
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := a.TokenIdentity(t.Context(), text); err == nil {
			t.Fatal("believed")
		}
	})
}
