package impact_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// agreed makes two services on one server: an agreement needs the first, the
// second needs another, and one that is out of use.
func agreed() []store.Op {
	w := &apptest.TwoWays{Ids: map[string]store.ID{}}
	item := func(key, class, status string) store.Op {
		return w.Node(domain.KindConfigurationItem, key, store.Props{"class": class, "status": status, "environment": "LIVE"})
	}
	uses := domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}
	return []store.Op{
		item("server", "SERVER", "LIVE"), item("shop", "SERVICE", "LIVE"), item("pay", "SERVICE", "LIVE"), item("other", "SERVICE", "LIVE"),
		item("sla-shop", "SERVICE_LEVEL_AGREEMENT", "LIVE"), item("sla-both", "SERVICE_LEVEL_AGREEMENT", "PLANNED"),
		item("sla-old", "SERVICE_LEVEL_AGREEMENT", "WITHDRAWN"), item("sla-other", "SERVICE_LEVEL_AGREEMENT", "LIVE"),
		w.Dependency("shop", "server", uses), w.Dependency("pay", "server", uses), w.Dependency("sla-shop", "shop", uses),
		w.Dependency("pay", "sla-both", uses), w.Dependency("shop", "sla-both", uses),
		w.Dependency("pay", "sla-old", uses), w.Dependency("other", "sla-other", uses),
	}
}

func TestAnImpactNamesTheAgreementsAtStake_I7(t *testing.T) {
	ask := func(t *testing.T, a *app.App) {
		r, err := a.Impact.Impact(t.Context(), domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("server")}}, nil)
		require.NoError(t, err)
		got, page := bearing(t, r.Agreements, nil, nil)
		require.Equal(t, []string{
			"sla-both 2 hits 2 full: pay shop, pay→server",
			"sla-shop 2 hits 2 full: shop sla-shop, shop→server",
		}, got, "by a dependency either way, or hit themselves; without those out of use, and others' ones")
		total, err := apptest.Must(r.Summary(context.Background())).Agreements(t.Context())
		require.NoError(t, err)
		require.Equal(t, page.TotalCount, total)
		none, err := a.Impact.Impact(t.Context(), domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("sla-shop")}}, nil)
		require.NoError(t, err)
		got, _ = bearing(t, none.Agreements, nil, nil)
		require.Empty(t, got)
	}
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		apptest.Commit(t, f.Store, agreed())
		ask(t, f.App)
	})
	t.Run("topology", func(t *testing.T) {
		w := apptest.OpenTwoWays(t)
		apptest.Commit(t, w.Store, agreed())
		ask(t, w.Over)
	})
}
