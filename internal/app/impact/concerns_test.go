package impact_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/impact"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// troubles are the operations that make an estate with problems, known errors
// and requests for change: so many services need one database on one server.
func troubles(services int) []store.Op {
	w := &apptest.TwoWays{Ids: map[string]store.ID{}}
	item := func(key, class string) store.Op {
		return w.Node(domain.KindConfigurationItem, key, store.Props{"class": class, "status": "LIVE", "environment": "LIVE"})
	}
	problem := func(key, status string) store.Op {
		return w.Node(domain.KindProblem, key, store.Props{"status": status, "priority": "HIGH"})
	}
	known := func(key, status string) store.Op {
		return w.Node(domain.KindKnownError, key, store.Props{"status": status, "symptoms": "slow", "workaround": "restart"})
	}
	request := func(key, status string) store.Op {
		return w.Node(domain.KindChangeRequest, key, store.Props{"status": status, "type": "NORMAL", "priority": "LOW"})
	}
	uses := domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}
	ops := []store.Op{
		item("db", "DATABASE"), item("server", "SERVER"), w.Dependency("db", "server", uses),
		problem("p-open", "OPEN"), problem("p-diagnosed", "DIAGNOSED"), problem("p-resolved", "RESOLVED"), problem("p-server", "OPEN"),
		known("k-draft", "DRAFT"), known("k-out", "PUBLISHED"), known("k-old", "RETIRED"),
		request("r-draft", "DRAFT"), request("r-going", "AUTHORISED"), request("r-done", "CLOSED"),
	}
	for i := range services {
		key := fmt.Sprintf("s%03d", i)
		ops = append(ops, item(key, "SERVICE"), w.Dependency(key, "db", uses),
			w.Edge("CONCERNS", "p-open", key), w.Edge("PRESENT_IN", "k-out", key), w.Edge("CONCERNS", "p-resolved", key))
	}
	return append(ops,
		w.Edge("CONCERNS", "p-diagnosed", "s000"), w.Edge("CONCERNS", "p-server", "server"), w.Edge("CONCERNS", "p-diagnosed", "db"),
		w.Edge("PRESENT_IN", "k-draft", "db"), w.Edge("PRESENT_IN", "k-out", "db"), w.Edge("PRESENT_IN", "k-old", "db"),
		w.Edge("AFFECTS", "r-draft", "db"), w.Edge("AFFECTS", "r-going", "db"), w.Edge("AFFECTS", "r-done", "s000"), w.Edge("AFFECTS", "r-going", "s001"),
	)
}

// Commit writes operations to a store, past all rules.
// eachWay asks both stores, and SQLite over the topology as well.
func eachWay(t *testing.T, services int, ask func(*testing.T, *app.App)) {
	t.Helper()
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		apptest.Commit(t, f.Store, troubles(services))
		ask(t, f.App)
	})
	t.Run("topology", func(t *testing.T) {
		w := apptest.OpenTwoWays(t)
		apptest.Commit(t, w.Store, troubles(services))
		ask(t, w.Over)
	})
}

type pager func(ctx context.Context, first *int, after *string) (*impact.ConcernPage, error)

// bearing writes a list of what bears on items out in full.
func bearing(t *testing.T, list pager, first *int, after *string) (lines []string, page *impact.ConcernPage) {
	t.Helper()
	ctx := t.Context()
	page, err := list(ctx, first, after)
	require.NoError(t, err)
	for _, c := range page.Nodes {
		var key string
		switch {
		case c.Problem() != nil:
			key = c.Problem().Key
		case c.KnownError() != nil:
			key = c.KnownError().Key
		case c.Agreement() != nil:
			key = c.Agreement().Key
		default:
			key = c.ChangeRequest().Key
		}
		line := fmt.Sprintf("%s %d hits %d full:", key, c.Hits, c.Full)
		items, err := c.Items(ctx, 2)
		require.NoError(t, err)
		for _, i := range items {
			line += " " + i.Key
		}
		for _, l := range apptest.Must(c.Chain(context.Background())) {
			from, err := l.From(ctx)
			require.NoError(t, err)
			to, err := l.To(ctx)
			require.NoError(t, err)
			line += fmt.Sprintf(", %s→%s", from.Key, to.Key)
		}
		lines = append(lines, line)
	}
	return lines, page
}

func TestAnImpactTotalsAndListsWhatBearsOnItsHits_I7(t *testing.T) {
	eachWay(t, 3, func(t *testing.T, a *app.App) {
		r, err := a.Impact.Impact(t.Context(), domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("server")}}, nil)
		require.NoError(t, err)
		total := func(n int, err error) int {
			require.NoError(t, err)
			return n
		}
		sum := apptest.Must(r.Summary(context.Background()))
		require.Equal(t, 4, sum.Total)
		require.Equal(t, 2, total(sum.OpenProblems(t.Context())))
		require.Equal(t, 1, total(sum.KnownErrors(t.Context())))
		require.Equal(t, 1, total(sum.ChangeRequests(t.Context())))

		problems := []string{"p-open 3 hits 3 full: s000 s001, s000→db, db→server", "p-diagnosed 2 hits 2 full: db s000, db→server"}
		got, page := bearing(t, r.Problems, nil, nil)
		require.Equal(t, problems, got)
		require.Equal(t, 2, page.TotalCount)
		got, page = bearing(t, r.Problems, apptest.Some(1), nil)
		require.Equal(t, problems[:1], got)
		require.True(t, page.HasNext && !page.HasPrevious, "what is left out is told (I8)")
		got, page = bearing(t, r.Problems, apptest.Some(1), &page.Nodes[0].Cursor)
		require.Equal(t, problems[1:], got)
		require.True(t, !page.HasNext && page.HasPrevious)

		got, page = bearing(t, r.KnownErrors, nil, nil)
		require.Equal(t, []string{"k-out 4 hits 4 full: db s000, db→server"}, got)
		require.Equal(t, "restart", *page.Nodes[0].KnownError().Workaround)
		got, _ = bearing(t, r.ChangeRequests, nil, nil)
		require.Equal(t, []string{"r-going 2 hits 2 full: db s001, db→server"}, got)

		_, err = r.Problems(t.Context(), nil, apptest.Some("nonsense"))
		apptest.Refused(t, err, domain.Invalid, "after")
		_, err = r.Problems(t.Context(), apptest.Some(-1), nil)
		apptest.Refused(t, err, domain.Invalid, "first")
	})
}

func TestAServiceIsShownWithWhatBearsOnItAndOnWhatItNeeds(t *testing.T) {
	eachWay(t, 3, func(t *testing.T, a *app.App) {
		v, err := a.Work.ServiceView(t.Context(), apptest.Key("s000"), nil)
		require.NoError(t, err)
		require.Equal(t, "s000", v.Service.Key)
		require.Equal(t, 2, v.Items())
		got, _ := bearing(t, v.Problems, nil, nil)
		require.Equal(t, []string{"p-diagnosed 2 hits 2 full: s000 db", "p-open 1 hits 1 full: s000", "p-server 1 hits 1 full: server, s000→db, db→server"}, got)
		got, _ = bearing(t, v.KnownErrors, nil, nil)
		require.Equal(t, []string{"k-out 2 hits 2 full: s000 db"}, got)
		got, _ = bearing(t, v.ChangeRequests, nil, nil)
		require.Equal(t, []string{"r-going 1 hits 1 full: db, s000→db"}, got)
		nearest, err := apptest.Must(v.Problems(t.Context(), nil, nil)).Nodes[2].Nearest(t.Context())
		require.NoError(t, err)
		require.Equal(t, "server", nearest.Key)

		_, err = a.Work.ServiceView(t.Context(), apptest.Key("nowhere"), nil)
		apptest.Refused(t, err, domain.NotFound, "service")
	})
}

// Must returns a value that cannot fail to be there.
func TestWhatBearsOnHitsTakesAsManyCallsForFewHitsAsForMany_I7(t *testing.T) {
	calls := func(services int) (over, beneath int64) {
		w := apptest.OpenTwoWays(t)
		apptest.Commit(t, w.Store, troubles(services))
		in := domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("db")}}
		count := func(s store.Store, graphs estate.Graphs) int64 {
			c := &apptest.Counted{Store: s}
			r, err := app.New(app.Config{Store: c, Graphs: graphs}).Impact.Impact(t.Context(), in, nil)
			require.NoError(t, err)
			bearing(t, r.Problems, nil, nil)
			bearing(t, r.KnownErrors, nil, nil)
			_, err = apptest.Must(r.Summary(context.Background())).OpenProblems(t.Context())
			require.NoError(t, err)
			return c.Calls.Load()
		}
		return count(w.Store, w.Store.(estate.Graphs)), count(w.Store, nil)
	}
	fewOver, fewBeneath := calls(2)
	manyOver, manyBeneath := calls(400)
	require.Equal(t, fewOver, manyOver)
	require.Equal(t, fewBeneath, manyBeneath)
}

func TestWhatBoreOnHitsIsToldAsOfThen_C4(t *testing.T) {
	eachWay(t, 2, func(t *testing.T, a *app.App) {
		ctx := t.Context()
		then := apptest.Must(a.Head(ctx))
		in := domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("server")}}
		_, err := a.Records.Remove(ctx, domain.KindProblem, apptest.Key("p-open"), nil, nil)
		require.NoError(t, err)
		now := apptest.Must(apptest.Must(apptest.Must(a.Impact.Impact(ctx, in, nil)).Summary(ctx)).OpenProblems(ctx))
		before := apptest.Must(apptest.Must(apptest.Must(a.Impact.Impact(ctx, in, &domain.AsOf{Revision: &then})).Summary(ctx)).OpenProblems(ctx))
		require.Equal(t, []int{1, 2}, []int{now, before})
	})
}
