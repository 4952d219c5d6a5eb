package app_test

import (
	"testing"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/listing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

func TestAnAudienceIsThoseWhoMayReadTheSame(t *testing.T) {
	own, err := authz.Parse(authz.DefaultSource(), authz.Source{Name: "own", Text: []byte(
		`forbid (principal == Actor::"mallory", action == Action::"read", resource == Kind::"Party");`)})
	require.NoError(t, err)
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	a := app.New(app.Config{Store: f.Store, Policies: own})
	of := func(a *app.App, actor domain.Actor) string { return a.Audience(acting.WithActor(f.Ctx, actor)) }
	viewer := of(a, domain.Actor{Name: "alice", Roles: []domain.Role{domain.Viewer}})
	require.Equal(t, viewer, of(a, domain.Actor{Name: "bob", Roles: []domain.Role{domain.CABMember, domain.Viewer}}), "who differs in what they may do besides")
	operator := domain.Actor{Name: "op", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par-1", "ber-1"}}
	same := operator
	same.Name, same.Sites = "other", []string{"ber-1", "par-1", "par-1"}
	require.Equal(t, of(a, operator), of(a, same))
	differ := map[string]domain.Actor{
		"a site operator":          operator,
		"of other sites":           {Name: "op", Roles: operator.Roles, Sites: []string{"par-1"}},
		"of none":                  {Name: "op", Roles: operator.Roles},
		"and a supplier":           {Name: "op", Roles: append(operator.Roles, domain.SupplierRole), Sites: operator.Sites, Suppliers: []string{"acme"}},
		"of another company":       {Name: "op", Roles: append(operator.Roles, domain.SupplierRole), Sites: operator.Sites, Suppliers: []string{"acne"}},
		"a viewer":                 {Name: "alice", Roles: []domain.Role{domain.Viewer}},
		"a viewer of some kinds":   {Name: "alice", Roles: []domain.Role{domain.Viewer}, Kinds: []string{domain.KindSite, domain.KindBoard}},
		"a viewer of some sites":   {Name: "alice", Roles: []domain.Role{domain.Viewer}, Bound: true, Sites: []string{"par-1"}},
		"a viewer of other sites":  {Name: "alice", Roles: []domain.Role{domain.Viewer}, Bound: true, Sites: []string{"ber-1"}},
		"whom a policy names":      {Name: "mallory", Roles: []domain.Role{domain.Viewer}},
		"who may manage API token": {Name: "root", Roles: []domain.Role{domain.Admin}},
	}
	seen := map[string]string{}
	for name, actor := range differ {
		key := of(a, actor)
		require.Empty(t, seen[key], "%s and %s", name, seen[key])
		seen[key] = name
	}
}

func TestAnAnswerThatAsksWhoTheCallerIsIsPersonal(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	apptest.CreateApplication(f, "a")
	personal := func(do func(*apptest.Fixture) error) bool {
		t.Helper()
		g := *f
		ctx, p := acting.WatchPersonal(f.Ctx)
		g.Ctx = ctx
		require.NoError(t, do(&g))
		return p.Is()
	}
	require.True(t, personal(func(f *apptest.Fixture) error { f.Tokens.Viewer(f.Ctx); return nil }))
	require.True(t, personal(func(f *apptest.Fixture) error { acting.Actor(f.Ctx); return nil }))
	require.True(t, personal(func(f *apptest.Fixture) error {
		_, err := f.Work.MyWork(f.Ctx, nil, nil)
		return err
	}))
	require.True(t, personal(func(f *apptest.Fixture) error { apptest.CreateApplication(f, "b"); return nil }))
	require.False(t, personal(func(f *apptest.Fixture) error {
		r, err := f.Records.Record(f.Ctx, domain.KindConfigurationItem, *apptest.ByKey("a"), nil)
		require.Equal(t, "a", r.(entity.Record).Meta().Key)
		return err
	}))
	require.False(t, personal(func(f *apptest.Fixture) error {
		_, err := f.Records.Records(f.Ctx, domain.KindConfigurationItem, listing.List{})
		return err
	}))
}
