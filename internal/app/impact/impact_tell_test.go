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

// toldBy writes whom an analysis tells out in full.
func toldBy(t *testing.T, a *app.App, in domain.ImpactInput, first *int, after *string) (told []string, page *impact.ToTellPage) {
	t.Helper()
	ctx := context.Background()
	r, err := a.Impact.Impact(ctx, in, nil)
	require.NoError(t, err)
	page, err = r.ToTell(ctx, first, after)
	require.NoError(t, err)
	for _, p := range page.Nodes {
		line := fmt.Sprintf("%s %d hits %d full", p.Party.Key, p.Hits, p.Full)
		for _, reason := range p.Reasons {
			items, err := reason.Items(ctx, 2)
			require.NoError(t, err)
			line += fmt.Sprintf(" %s %d", reason.Why, reason.Hits)
			for _, i := range items {
				line += " " + i.Key
			}
		}
		told = append(told, line)
	}
	return told, page
}

// needed is an estate in which many services need one database.
func needed(t *testing.T, services int) *apptest.TwoWays {
	w := apptest.OpenTwoWays(t)
	ops := []store.Op{
		w.Node(domain.KindConfigurationItem, "db", store.Props{"class": "DATABASE", "status": "LIVE", "environment": "LIVE"}),
		w.Node(domain.KindParty, "data", store.Props{"type": "TEAM"}),
		w.Node(domain.KindParty, "shoppers", store.Props{"type": "CUSTOMER"}),
		w.Node(domain.KindParty, "unconcerned", store.Props{"type": "TEAM"}),
		w.Edge("OWNED_BY", "db", "unconcerned"),
	}
	for i := range services {
		key, impact := fmt.Sprintf("s%03d", i), domain.ImpactFull
		if i%2 == 1 {
			impact = domain.ImpactDegraded
		}
		ops = append(ops, w.Item(key, 1), w.Dependency(key, "db", domain.Dependency{Kind: domain.Uses, Impact: impact}))
		if i > 0 {
			ops = append(ops, w.Edge("OWNED_BY", key, "data"))
		}
		ops = append(ops, w.Edge("SERVES", key, "shoppers"), w.Edge("SUPPORTED_BY", key, "data"))
	}
	w.Commit(t, ops...)
	return w
}

func TestAnImpactSaysWhomToTellWhyAndOfWhat_I7(t *testing.T) {
	w := needed(t, 5)
	in := domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("db")}}
	want := []string{
		"data 5 hits 3 full OWNS 4 s001 s002 SUPPORTS 5 s000 s001",
		"shoppers 5 hits 3 full SERVES 5 s000 s001",
	}
	for name, a := range map[string]*app.App{"over the topology": w.Over, "in the store": w.Beneath} {
		told, page := toldBy(t, a, in, nil, nil)
		require.Equal(t, want, told, name)
		require.Equal(t, 2, page.TotalCount)
		require.False(t, page.HasNext || page.HasPrevious)

		first, page := toldBy(t, a, in, apptest.Some(1), nil)
		require.Equal(t, want[:1], first, name)
		require.True(t, page.HasNext, "what is left out is told (I8)")
		rest, page := toldBy(t, a, in, apptest.Some(1), &page.Nodes[0].Cursor)
		require.Equal(t, want[1:], rest, name)
		require.True(t, page.HasPrevious && !page.HasNext)
	}
}

func TestWhomToTellKeepsToTheHitsInTheAnswer_I7(t *testing.T) {
	w := needed(t, 3)
	in := domain.ImpactInput{
		Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("s000")}, // nothing depends on it
	}
	told, page := toldBy(t, w.Over, in, nil, nil)
	require.Empty(t, told)
	require.Zero(t, page.TotalCount)
}

func TestWhomToTellTakesAsManyCallsForFewHitsAsForMany_I7(t *testing.T) {
	calls := func(services int) (over, beneath int64) {
		w := needed(t, services)
		in := domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("db")}}
		count := func(s store.Store, graphs estate.Graphs) int64 {
			c := &apptest.Counted{Store: s}
			a := app.New(app.Config{Store: c, Graphs: graphs})
			toldBy(t, a, in, nil, nil)
			return c.Calls.Load()
		}
		return count(w.Store, w.Store.(estate.Graphs)), count(w.Store, nil)
	}
	fewOver, fewBeneath := calls(4)
	manyOver, manyBeneath := calls(400)
	require.Equal(t, fewOver, manyOver)
	require.Equal(t, fewBeneath, manyBeneath)
}

func TestWhomToTellRefusesACursorOfAnotherList(t *testing.T) {
	w := needed(t, 1)
	r, err := w.Over.Impact.Impact(t.Context(), domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: apptest.ByKeys("db")}}, nil)
	require.NoError(t, err)
	_, err = r.ToTell(t.Context(), nil, apptest.Some("nonsense"))
	apptest.Refused(t, err, domain.Invalid, "after")
	_, err = r.ToTell(t.Context(), apptest.Some(-1), nil)
	apptest.Refused(t, err, domain.Invalid, "first")
}
