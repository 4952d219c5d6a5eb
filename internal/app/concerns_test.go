package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// troubles are the operations that make an estate with problems, known errors
// and requests for change: so many services need one database on one server.
func troubles(services int) []store.Op {
	w := &twoWays{ids: map[string]store.ID{}}
	item := func(key, class string) store.Op {
		return w.node(domain.KindConfigurationItem, key, store.Props{"class": class, "status": "LIVE", "environment": "LIVE"})
	}
	problem := func(key, status string) store.Op {
		return w.node(domain.KindProblem, key, store.Props{"status": status, "priority": "HIGH"})
	}
	known := func(key, status string) store.Op {
		return w.node(domain.KindKnownError, key, store.Props{"status": status, "symptoms": "slow", "workaround": "restart"})
	}
	request := func(key, status string) store.Op {
		return w.node(domain.KindChangeRequest, key, store.Props{"status": status, "type": "NORMAL", "priority": "LOW"})
	}
	uses := domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}
	ops := []store.Op{
		item("db", "DATABASE"), item("server", "SERVER"), w.dependency("db", "server", uses),
		problem("p-open", "OPEN"), problem("p-diagnosed", "DIAGNOSED"), problem("p-resolved", "RESOLVED"), problem("p-server", "OPEN"),
		known("k-draft", "DRAFT"), known("k-out", "PUBLISHED"), known("k-old", "RETIRED"),
		request("r-draft", "DRAFT"), request("r-going", "AUTHORISED"), request("r-done", "CLOSED"),
	}
	for i := range services {
		key := fmt.Sprintf("s%03d", i)
		ops = append(ops, item(key, "SERVICE"), w.dependency(key, "db", uses),
			w.edge("CONCERNS", "p-open", key), w.edge("PRESENT_IN", "k-out", key), w.edge("CONCERNS", "p-resolved", key))
	}
	return append(ops,
		w.edge("CONCERNS", "p-diagnosed", "s000"), w.edge("CONCERNS", "p-server", "server"), w.edge("CONCERNS", "p-diagnosed", "db"),
		w.edge("PRESENT_IN", "k-draft", "db"), w.edge("PRESENT_IN", "k-out", "db"), w.edge("PRESENT_IN", "k-old", "db"),
		w.edge("AFFECTS", "r-draft", "db"), w.edge("AFFECTS", "r-going", "db"), w.edge("AFFECTS", "r-done", "s000"), w.edge("AFFECTS", "r-going", "s001"),
	)
}

func put(t *testing.T, s store.Store, ops []store.Op) {
	t.Helper()
	_, err := s.Commit(t.Context(), store.Changeset{Ops: ops, Actor: "test", At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
}

// eachWay asks both stores, and SQLite over the topology as well.
func eachWay(t *testing.T, services int, ask func(*testing.T, *app.App)) {
	t.Helper()
	onStores(t, func(t *testing.T, f *fixture) {
		put(t, f.store, troubles(services))
		ask(t, f.App)
	})
	t.Run("topology", func(t *testing.T) {
		w := openTwoWays(t)
		put(t, w.store, troubles(services))
		ask(t, w.over)
	})
}

type pager func(ctx context.Context, first *int, after *string) (*app.ConcernPage, error)

// bearing writes a list of what bears on items out in full.
func bearing(t *testing.T, list pager, first *int, after *string) (lines []string, page *app.ConcernPage) {
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
		for _, l := range must(c.Chain(context.Background())) {
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
		r, err := a.Impact(t.Context(), domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: byKeys("server")}}, nil)
		require.NoError(t, err)
		total := func(n int, err error) int {
			require.NoError(t, err)
			return n
		}
		sum := must(r.Summary(context.Background()))
		require.Equal(t, 4, sum.Total)
		require.Equal(t, 2, total(sum.OpenProblems(t.Context())))
		require.Equal(t, 1, total(sum.KnownErrors(t.Context())))
		require.Equal(t, 1, total(sum.ChangeRequests(t.Context())))

		problems := []string{"p-open 3 hits 3 full: s000 s001, s000→db, db→server", "p-diagnosed 2 hits 2 full: db s000, db→server"}
		got, page := bearing(t, r.Problems, nil, nil)
		require.Equal(t, problems, got)
		require.Equal(t, 2, page.TotalCount)
		got, page = bearing(t, r.Problems, some(1), nil)
		require.Equal(t, problems[:1], got)
		require.True(t, page.HasNext && !page.HasPrevious, "what is left out is told (I8)")
		got, page = bearing(t, r.Problems, some(1), &page.Nodes[0].Cursor)
		require.Equal(t, problems[1:], got)
		require.True(t, !page.HasNext && page.HasPrevious)

		got, page = bearing(t, r.KnownErrors, nil, nil)
		require.Equal(t, []string{"k-out 4 hits 4 full: db s000, db→server"}, got)
		require.Equal(t, "restart", *page.Nodes[0].KnownError().Workaround)
		got, _ = bearing(t, r.ChangeRequests, nil, nil)
		require.Equal(t, []string{"r-going 2 hits 2 full: db s001, db→server"}, got)

		_, err = r.Problems(t.Context(), nil, some("nonsense"))
		refused(t, err, domain.Invalid, "after")
		_, err = r.Problems(t.Context(), some(-1), nil)
		refused(t, err, domain.Invalid, "first")
	})
}

func TestAServiceIsShownWithWhatBearsOnItAndOnWhatItNeeds(t *testing.T) {
	eachWay(t, 3, func(t *testing.T, a *app.App) {
		v, err := a.ServiceView(t.Context(), key("s000"), nil)
		require.NoError(t, err)
		require.Equal(t, "s000", v.Service.Key)
		require.Equal(t, 2, v.Items())
		got, _ := bearing(t, v.Problems, nil, nil)
		require.Equal(t, []string{"p-diagnosed 2 hits 2 full: s000 db", "p-open 1 hits 1 full: s000", "p-server 1 hits 1 full: server, s000→db, db→server"}, got)
		got, _ = bearing(t, v.KnownErrors, nil, nil)
		require.Equal(t, []string{"k-out 2 hits 2 full: s000 db"}, got)
		got, _ = bearing(t, v.ChangeRequests, nil, nil)
		require.Equal(t, []string{"r-going 1 hits 1 full: db, s000→db"}, got)
		nearest, err := must(v.Problems(t.Context(), nil, nil)).Nodes[2].Nearest(t.Context())
		require.NoError(t, err)
		require.Equal(t, "server", nearest.Key)

		_, err = a.ServiceView(t.Context(), key("nowhere"), nil)
		refused(t, err, domain.NotFound, "service")
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestWhatBearsOnHitsTakesAsManyCallsForFewHitsAsForMany_I7(t *testing.T) {
	calls := func(services int) (over, beneath int64) {
		w := openTwoWays(t)
		put(t, w.store, troubles(services))
		in := domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: byKeys("db")}}
		count := func(s store.Store, graphs app.Graphs) int64 {
			c := &counted{Store: s}
			r, err := app.New(app.Config{Store: c, Graphs: graphs}).Impact(t.Context(), in, nil)
			require.NoError(t, err)
			bearing(t, r.Problems, nil, nil)
			bearing(t, r.KnownErrors, nil, nil)
			_, err = must(r.Summary(context.Background())).OpenProblems(t.Context())
			require.NoError(t, err)
			return c.calls.Load()
		}
		return count(w.store, w.store.(app.Graphs)), count(w.store, nil)
	}
	fewOver, fewBeneath := calls(2)
	manyOver, manyBeneath := calls(400)
	require.Equal(t, fewOver, manyOver)
	require.Equal(t, fewBeneath, manyBeneath)
}

func TestWhatBoreOnHitsIsToldAsOfThen_C4(t *testing.T) {
	eachWay(t, 2, func(t *testing.T, a *app.App) {
		ctx := t.Context()
		then := must(a.Head(ctx))
		in := domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: byKeys("server")}}
		_, err := a.Remove(ctx, domain.KindProblem, key("p-open"), nil, nil)
		require.NoError(t, err)
		now := must(must(must(a.Impact(ctx, in, nil)).Summary(ctx)).OpenProblems(ctx))
		before := must(must(must(a.Impact(ctx, in, &domain.AsOf{Revision: &then})).Summary(ctx)).OpenProblems(ctx))
		require.Equal(t, []int{1, 2}, []int{now, before})
	})
}
