package work_test

import (
	"context"
	"testing"

	"releasegraph/internal/app/acting"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// apart is an estate at two sites: the shop in Paris needs a database in New
// York, which needs a server in Paris.
func apart() []store.Op {
	w := &apptest.TwoWays{Ids: map[string]store.ID{}}
	item := func(key string) store.Op {
		return w.Node(domain.KindConfigurationItem, key, store.Props{"class": "SERVICE", "status": "LIVE", "environment": "LIVE"})
	}
	problem := func(key string) store.Op {
		return w.Node(domain.KindProblem, key, store.Props{"status": "OPEN", "priority": "HIGH", "symptoms": "slow"})
	}
	known := func(key string) store.Op {
		return w.Node(domain.KindKnownError, key, store.Props{"status": "PUBLISHED", "symptoms": "slow", "workaround": "restart"})
	}
	uses := domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}
	return []store.Op{
		w.Site("par"), w.Site("nyc"), w.Node(domain.KindParty, "acme", store.Props{"type": "SUPPLIER"}), item("shop"), item("db"), item("server"),
		w.Dependency("shop", "db", uses), w.Dependency("db", "server", uses),
		w.Edge("INSTALLED_AT", "shop", "par"), w.Edge("INSTALLED_AT", "db", "nyc"), w.Edge("INSTALLED_AT", "server", "par"),
		problem("p-shop"), problem("p-db"), problem("p-both"), problem("p-server"), known("k-db"), known("k-shop"),
		w.Edge("SUPPLIED_BY", "shop", "acme"),
		w.Edge("CONCERNS", "p-shop", "shop"), w.Edge("CONCERNS", "p-db", "db"), w.Edge("CONCERNS", "p-both", "shop"), w.Edge("CONCERNS", "p-both", "db"),
		w.Edge("CONCERNS", "p-server", "server"), w.Edge("PRESENT_IN", "k-db", "db"), w.Edge("PRESENT_IN", "k-shop", "shop"),
	}
}

func TestWhatBearsOnItemsIsToldOnlyToThoseWhoMaySeeIt(t *testing.T) {
	ask := func(t *testing.T, a *app.App) {
		ctx := acting.WithActor(a.WithLoads(t.Context()), domain.Actor{Name: "otto", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par"}})
		v, err := a.Work.ServiceView(ctx, apptest.Key("shop"), nil)
		require.NoError(t, err)
		page, err := v.Problems(ctx, nil, nil)
		require.NoError(t, err)
		var got []string
		for _, c := range page.Nodes {
			require.Equal(t, 1, c.Hits, "the database is hidden")
			got = append(got, c.Problem().Key)
		}
		require.Equal(t, []string{"p-both", "p-server", "p-shop"}, got)
		require.Empty(t, apptest.Must(page.Nodes[1].Chain(context.Background())))
		require.Equal(t, 2, apptest.Must(page.Nodes[1].HiddenLinks(context.Background())), "both lead over the database")
		known, err := v.KnownErrors(ctx, nil, nil)
		require.NoError(t, err)
		require.Equal(t, 1, known.TotalCount)
		matches, err := a.Problems.KnownErrorMatches(ctx, nil, &domain.ProblemDraft{Items: apptest.ByKeys("shop"), Symptoms: apptest.Some("slow")}, 5)
		require.NoError(t, err)
		require.Len(t, matches.Nodes, 1)
		require.Equal(t, "k-shop", matches.Nodes[0].KnownError.Key)
		_, err = a.Problems.KnownErrorMatches(ctx, apptest.Some(apptest.Key("p-db")), nil, 5)
		apptest.Refused(t, err, domain.NotFound, "problem")

		// A supplier sees the own items, and no problem.
		ctx = acting.WithActor(a.WithLoads(t.Context()), domain.Actor{Name: "acme", Roles: []domain.Role{domain.SupplierRole}, Suppliers: []string{"acme"}})
		v, err = a.Work.ServiceView(ctx, apptest.Key("shop"), nil)
		require.NoError(t, err)
		page, err = v.Problems(ctx, nil, nil)
		require.NoError(t, err)
		require.Zero(t, page.TotalCount)
	}
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		apptest.Commit(t, f.Store, apart())
		ask(t, f.App)
	})
	t.Run("topology", func(t *testing.T) {
		w := apptest.OpenTwoWays(t)
		apptest.Commit(t, w.Store, apart())
		ask(t, w.Over)
	})
}
