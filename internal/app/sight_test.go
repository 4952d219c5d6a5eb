package app_test

import (
	"context"
	"testing"

	"releasegraph/internal/app/acting"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
)

// Feeds of the calendar are hidden from most roles, which is nothing to an
// impact: it costs them what it costs those who see all.
func TestWhoSeesAllItemsPaysNothingForWhatElseIsHidden(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	for _, k := range []string{"shop", "db", "server"} {
		f.Item(k)
	}
	f.Connect("DEPENDS_ON", "shop", "db", nil)
	f.Connect("DEPENDS_ON", "db", "server", nil)
	cost := func(r domain.Role) int64 {
		ctx := f.WithLoads(acting.WithActor(t.Context(), domain.Actor{Name: "x", Roles: []domain.Role{r}}))
		before := f.Store.Calls.Load()
		found, err := f.Impact.Impact(ctx, domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("server")}}, nil)
		require.NoError(t, err)
		require.Equal(t, 2, apptest.Must(found.Summary(context.Background())).Total)
		_, err = f.Impact.DependencyPath(ctx, apptest.Key("shop"), apptest.Key("server"), nil, nil)
		require.NoError(t, err)
		_, err = f.Calendar.ScheduleConflicts(ctx, apptest.Days(1, 9), nil, nil, nil, nil)
		require.NoError(t, err)
		return f.Store.Calls.Load() - before
	}
	require.Equal(t, cost(domain.Admin), cost(domain.Viewer))
}
