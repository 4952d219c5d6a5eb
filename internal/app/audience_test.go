package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

func TestAnAudienceIsThoseWhoMayReadTheSame(t *testing.T) {
	own, err := authz.Parse(authz.DefaultSource(), authz.Source{Name: "own", Text: []byte(
		`forbid (principal == Actor::"mallory", action == Action::"read", resource == Kind::"Party");`)})
	require.NoError(t, err)
	f := newFixture(t, openSQLite(t))
	a := app.New(app.Config{Store: f.store, Policies: own})
	of := func(a *app.App, actor domain.Actor) string { return a.Audience(app.WithActor(f.ctx, actor)) }
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
	f := newFixture(t, openSQLite(t))
	create(f, "a")
	personal := func(do func(*fixture) error) bool {
		t.Helper()
		g := *f
		ctx, p := app.WatchPersonal(f.ctx)
		g.ctx = ctx
		require.NoError(t, do(&g))
		return p.Is()
	}
	require.True(t, personal(func(f *fixture) error { f.Viewer(f.ctx); return nil }))
	require.True(t, personal(func(f *fixture) error { app.ActorFrom(f.ctx); return nil }))
	require.True(t, personal(func(f *fixture) error {
		_, err := f.MyWork(f.ctx, nil, nil)
		return err
	}))
	require.True(t, personal(func(f *fixture) error { create(f, "b"); return nil }))
	require.False(t, personal(func(f *fixture) error {
		r, err := f.Record(f.ctx, domain.KindConfigurationItem, *byKey("a"), nil)
		require.Equal(t, "a", r.(entity.Record).Meta().Key)
		return err
	}))
	require.False(t, personal(func(f *fixture) error {
		_, err := f.Records(f.ctx, domain.KindConfigurationItem, app.List{})
		return err
	}))
}
