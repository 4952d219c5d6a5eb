package records_test

import (
	"context"
	"fmt"
	"testing"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/listing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/records"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// shown writes counts in short: "SERVICE LIVE 3".
func shown(c *records.Counts) (groups []string) {
	for _, g := range c.Groups {
		line := ""
		for _, v := range g.Values {
			text := "none"
			if v.Value != nil {
				text = *v.Value
			}
			line += text + " "
		}
		groups = append(groups, line+fmt.Sprint(g.Count))
	}
	return groups
}

func TestRecordsAreCountedByTheirFields(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for i := range 3 {
			f.Item(fmt.Sprint("s", i), apptest.Values{"attributes": apptest.Values{"tier": fmt.Sprint(i % 2)}})
		}
		f.Item("db", apptest.Values{"class": "DATABASE", "status": "IN_TEST", "criticality": 4})
		f.Connect("DEPENDS_ON", "s0", "db", nil)
		count := func(g records.Grouping) *records.Counts {
			c, err := f.Records.CountBy(f.Ctx, domain.KindConfigurationItem, g)
			require.NoError(t, err)
			return c
		}
		before := f.Store.Calls.Load()
		c := count(records.Grouping{By: []string{"CLASS", "STATUS"}})
		require.Equal(t, before, f.Store.Calls.Load(), "no record is read")
		require.Equal(t, []string{"SERVICE LIVE 3", "DATABASE IN_TEST 1"}, shown(c))
		require.Equal(t, 4, c.Total)
		require.Equal(t, "class", c.Groups[0].Values[0].Field)

		require.Equal(t, []string{"none 3", "4 1"}, shown(count(records.Grouping{By: []string{"CRITICALITY"}})))
		require.Equal(t, []string{"SERVICE 0 2", "DATABASE none 1", "SERVICE 1 1"}, shown(count(records.Grouping{By: []string{"CLASS"}, ByAttributes: []string{"tier"}})))
		filtered := count(records.Grouping{By: []string{"CLASS"}, Filter: apptest.Values{"dependsOn": apptest.Values{"some": apptest.Values{"class": apptest.Values{"eq": "DATABASE"}}}}})
		require.Equal(t, []string{"SERVICE 1"}, shown(filtered))

		total := count(records.Grouping{})
		require.Equal(t, 4, total.Total)
		require.Empty(t, total.Groups)
		none := count(records.Grouping{By: []string{"CLASS"}, Filter: apptest.Values{"key": apptest.Values{"eq": "ghost"}}})
		require.Zero(t, none.Total+none.GroupCount)
	})
}

func TestGroupsThatAreLeftOutAreCounted_I8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for i, class := range []string{"SERVICE", "SERVICE", "SERVER", "DATABASE", "DATABASE", "DATABASE"} {
			f.Item(fmt.Sprint("i", i), apptest.Values{"class": class})
		}
		c, err := f.Records.CountBy(f.Ctx, domain.KindConfigurationItem, records.Grouping{By: []string{"CLASS"}, First: apptest.Some(1)})
		require.NoError(t, err)
		require.Equal(t, []string{"DATABASE 3"}, shown(c))
		require.Equal(t, []int{6, 3, 3}, []int{c.Total, c.GroupCount, c.Omitted})
	})
}

func TestAllThatIsWrongWithAGroupingIsToldAtOnce(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	_, err := f.Records.CountBy(f.Ctx, domain.KindConfigurationItem, records.Grouping{
		By: []string{"CLASS", "CLASS", "NAME"}, ByAttributes: []string{""}, First: apptest.Some(-1), Filter: apptest.Values{"colour": apptest.Values{"eq": "red"}},
	})
	var all domain.Errors
	require.ErrorAs(t, err, &all)
	var fields []string
	for _, e := range all {
		fields = append(fields, e.Field)
	}
	require.ElementsMatch(t, []string{"by.1", "by.2", "byAttributes.0", "by", "filter.colour", "first"}, fields)
	require.Contains(t, err.Error(), "it is one of CLASS, PRODUCT_VERSION, STATUS, ENVIRONMENT")

	_, err = f.Records.CountBy(f.Ctx, domain.KindSite, records.Grouping{ByAttributes: []string{"tier"}})
	apptest.Refused(t, err, domain.Invalid, "byAttributes.0")
}

// The totals of connections, and the counts, are those of the records read one
// by one.
func TestCountsAndTotalsAgreeWithTheRecords(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := apptest.NewFixture(t, apptest.OpenSQLite(t))
		want := map[string]int{}
		n := rapid.IntRange(0, 12).Draw(rt, "items")
		for i := range n {
			class := rapid.SampledFrom([]string{"SERVICE", "SERVER"}).Draw(rt, "class")
			env := rapid.SampledFrom([]string{"LIVE", "TEST"}).Draw(rt, "environment")
			f.Item(fmt.Sprint("i", i), apptest.Values{"class": class, "environment": env})
			want[class+" "+env]++
		}
		c, err := f.Records.CountBy(f.Ctx, domain.KindConfigurationItem, records.Grouping{By: []string{"CLASS", "ENVIRONMENT"}})
		require.NoError(rt, err)
		require.Equal(rt, len(want), len(c.Groups))
		for _, g := range c.Groups {
			class, env := *g.Values[0].Value, *g.Values[1].Value
			require.Equal(rt, want[class+" "+env], g.Count)
			filter := apptest.Values{"class": apptest.Values{"eq": class}, "environment": apptest.Values{"eq": env}}
			page, err := f.Records.Records(f.Ctx, domain.KindConfigurationItem, listing.List{Filter: filter, First: apptest.Some(1)})
			require.NoError(rt, err)
			total, err := page.Total(f.Ctx)
			require.NoError(rt, err)
			require.Equal(rt, g.Count, total)
		}
	})
}

func TestReadingTheStatisticsIsForThoseWhoMayRead(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	_, err := f.Records.CountBy(acting.WithActor(context.Background(), domain.Actor{Name: "nobody"}), domain.KindSite, records.Grouping{})
	apptest.Refused(t, err, domain.Forbidden, "")
}

// BenchmarkStatistics counts an estate by one, two and three fields; the
// baseline is reading the same records page by page and counting them here.
func BenchmarkStatistics(b *testing.B) {
	items := benchtest.Items(b)
	st := benchtest.Open(b, benchtest.Estate(b, items, items/10))
	a := app.New(app.Config{Store: st})
	perRun := func(b *testing.B) float64 { return float64(b.Elapsed().Microseconds()) / 1000 / float64(b.N) }
	var reading float64
	b.Run("reading", func(b *testing.B) {
		for b.Loop() {
			readAll(b, st)
		}
		reading = perRun(b)
		b.ReportMetric(reading, "ms")
	})
	for _, by := range [][]string{{"CLASS"}, {"CLASS", "STATUS"}, {"CLASS", "STATUS", "ENVIRONMENT"}} {
		b.Run(fmt.Sprintf("%d-fields", len(by)), func(b *testing.B) {
			for b.Loop() {
				c, err := a.Records.CountBy(b.Context(), domain.KindConfigurationItem, records.Grouping{By: by})
				if err != nil || c.Total != items {
					b.Fatal(c, err)
				}
			}
			benchtest.Beside(b, "ms", perRun(b), reading)
		})
	}
}

// readAll reads every item, a page at a time, and counts.
func readAll(b *testing.B, st store.Store) {
	b.Helper()
	q := store.Query{Kind: domain.KindConfigurationItem, First: 1000}
	counts := map[[2]any]int{}
	for {
		page, err := st.Find(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		for _, n := range page.Nodes {
			counts[[2]any{n.Props["class"], n.Props["status"]}]++
		}
		if !page.HasNext {
			return
		}
		q.After = page.Cursors[len(page.Cursors)-1]
	}
}
