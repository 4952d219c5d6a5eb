package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// agreed makes two services on one server: an agreement needs the first, the
// second needs another, and one that is out of use.
func agreed() []store.Op {
	w := &twoWays{ids: map[string]store.ID{}}
	item := func(key, class, status string) store.Op {
		return w.node(domain.KindConfigurationItem, key, store.Props{"class": class, "status": status, "environment": "LIVE"})
	}
	uses := domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}
	return []store.Op{
		item("server", "SERVER", "LIVE"), item("shop", "SERVICE", "LIVE"), item("pay", "SERVICE", "LIVE"), item("other", "SERVICE", "LIVE"),
		item("sla-shop", "SERVICE_LEVEL_AGREEMENT", "LIVE"), item("sla-both", "SERVICE_LEVEL_AGREEMENT", "PLANNED"),
		item("sla-old", "SERVICE_LEVEL_AGREEMENT", "WITHDRAWN"), item("sla-other", "SERVICE_LEVEL_AGREEMENT", "LIVE"),
		w.dependency("shop", "server", uses), w.dependency("pay", "server", uses), w.dependency("sla-shop", "shop", uses),
		w.dependency("pay", "sla-both", uses), w.dependency("shop", "sla-both", uses),
		w.dependency("pay", "sla-old", uses), w.dependency("other", "sla-other", uses),
	}
}

func TestAnImpactNamesTheAgreementsAtStake_I7(t *testing.T) {
	ask := func(t *testing.T, a *app.App) {
		r, err := a.Impact(t.Context(), domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: byKeys("server")}}, nil)
		require.NoError(t, err)
		got, page := bearing(t, r.Agreements, nil, nil)
		require.Equal(t, []string{
			"sla-both 2 hits 2 full: pay shop, pay→server",
			"sla-shop 2 hits 2 full: shop sla-shop, shop→server",
		}, got, "by a dependency either way, or hit themselves; without those out of use, and others' ones")
		total, err := must(r.Summary(context.Background())).Agreements(t.Context())
		require.NoError(t, err)
		require.Equal(t, page.TotalCount, total)
		none, err := a.Impact(t.Context(), domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: byKeys("sla-shop")}}, nil)
		require.NoError(t, err)
		got, _ = bearing(t, none.Agreements, nil, nil)
		require.Empty(t, got)
	}
	onStores(t, func(t *testing.T, f *fixture) {
		put(t, f.store, agreed())
		ask(t, f.App)
	})
	t.Run("topology", func(t *testing.T) {
		w := openTwoWays(t)
		put(t, w.store, agreed())
		ask(t, w.over)
	})
}
