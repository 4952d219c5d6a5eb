package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

// Feeds of the calendar are hidden from most roles, which is nothing to an
// impact: it costs them what it costs those who see all.
func TestWhoSeesAllItemsPaysNothingForWhatElseIsHidden(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	for _, k := range []string{"shop", "db", "server"} {
		f.item(k)
	}
	f.connect("DEPENDS_ON", "shop", "db", nil)
	f.connect("DEPENDS_ON", "db", "server", nil)
	cost := func(r domain.Role) int64 {
		ctx := f.WithLoads(app.WithActor(t.Context(), domain.Actor{Name: "x", Roles: []domain.Role{r}}))
		before := f.store.calls.Load()
		found, err := f.Impact(ctx, domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: byKeys("server")}}, nil)
		require.NoError(t, err)
		require.Equal(t, 2, must(found.Summary(context.Background())).Total)
		_, err = f.DependencyPath(ctx, key("shop"), key("server"), nil, nil)
		require.NoError(t, err)
		_, err = f.ScheduleConflicts(ctx, days(1, 9), nil, nil, nil, nil)
		require.NoError(t, err)
		return f.store.calls.Load() - before
	}
	require.Equal(t, cost(domain.Admin), cost(domain.Viewer))
}
