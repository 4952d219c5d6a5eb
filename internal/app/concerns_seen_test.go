package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// apart is an estate at two sites: the shop in Paris needs a database in New
// York, which needs a server in Paris.
func apart() []store.Op {
	w := &twoWays{ids: map[string]store.ID{}}
	item := func(key string) store.Op {
		return w.node(domain.KindConfigurationItem, key, store.Props{"class": "SERVICE", "status": "LIVE", "environment": "LIVE"})
	}
	problem := func(key string) store.Op {
		return w.node(domain.KindProblem, key, store.Props{"status": "OPEN", "priority": "HIGH", "symptoms": "slow"})
	}
	known := func(key string) store.Op {
		return w.node(domain.KindKnownError, key, store.Props{"status": "PUBLISHED", "symptoms": "slow", "workaround": "restart"})
	}
	uses := domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}
	return []store.Op{
		w.site("par"), w.site("nyc"), w.node(domain.KindParty, "acme", store.Props{"type": "SUPPLIER"}), item("shop"), item("db"), item("server"),
		w.dependency("shop", "db", uses), w.dependency("db", "server", uses),
		w.edge("INSTALLED_AT", "shop", "par"), w.edge("INSTALLED_AT", "db", "nyc"), w.edge("INSTALLED_AT", "server", "par"),
		problem("p-shop"), problem("p-db"), problem("p-both"), problem("p-server"), known("k-db"), known("k-shop"),
		w.edge("SUPPLIED_BY", "shop", "acme"),
		w.edge("CONCERNS", "p-shop", "shop"), w.edge("CONCERNS", "p-db", "db"), w.edge("CONCERNS", "p-both", "shop"), w.edge("CONCERNS", "p-both", "db"),
		w.edge("CONCERNS", "p-server", "server"), w.edge("PRESENT_IN", "k-db", "db"), w.edge("PRESENT_IN", "k-shop", "shop"),
	}
}

func TestWhatBearsOnItemsIsToldOnlyToThoseWhoMaySeeIt(t *testing.T) {
	ask := func(t *testing.T, a *app.App) {
		ctx := app.WithActor(a.WithLoads(t.Context()), domain.Actor{Name: "otto", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par"}})
		v, err := a.ServiceView(ctx, key("shop"), nil)
		require.NoError(t, err)
		page, err := v.Problems(ctx, nil, nil)
		require.NoError(t, err)
		var got []string
		for _, c := range page.Nodes {
			require.Equal(t, 1, c.Hits, "the database is hidden")
			got = append(got, c.Problem().Key)
		}
		require.Equal(t, []string{"p-both", "p-server", "p-shop"}, got)
		require.Empty(t, must(page.Nodes[1].Chain(context.Background())))
		require.Equal(t, 2, must(page.Nodes[1].HiddenLinks(context.Background())), "both lead over the database")
		known, err := v.KnownErrors(ctx, nil, nil)
		require.NoError(t, err)
		require.Equal(t, 1, known.TotalCount)
		matches, err := a.KnownErrorMatches(ctx, nil, &domain.ProblemDraft{Items: byKeys("shop"), Symptoms: some("slow")}, 5)
		require.NoError(t, err)
		require.Len(t, matches.Nodes, 1)
		require.Equal(t, "k-shop", matches.Nodes[0].KnownError.Key)
		_, err = a.KnownErrorMatches(ctx, some(key("p-db")), nil, 5)
		refused(t, err, domain.NotFound, "problem")

		// A supplier sees the own items, and no problem.
		ctx = app.WithActor(a.WithLoads(t.Context()), domain.Actor{Name: "acme", Roles: []domain.Role{domain.SupplierRole}, Suppliers: []string{"acme"}})
		v, err = a.ServiceView(ctx, key("shop"), nil)
		require.NoError(t, err)
		page, err = v.Problems(ctx, nil, nil)
		require.NoError(t, err)
		require.Zero(t, page.TotalCount)
	}
	onStores(t, func(t *testing.T, f *fixture) {
		put(t, f.store, apart())
		ask(t, f.App)
	})
	t.Run("topology", func(t *testing.T) {
		w := openTwoWays(t)
		put(t, w.store, apart())
		ask(t, w.over)
	})
}
