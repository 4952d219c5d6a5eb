package configuration_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/listing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/configuration"
	"releasegraph/internal/domain"
)

type check func(context.Context, *int, *string) (*listing.Page, error)

// offenders reads all that a check finds, two at a time, and compares the
// count.
func offenders(t *testing.T, ctx context.Context, c check) []string {
	t.Helper()
	found := []string{}
	var after *string
	for {
		p, err := c(ctx, apptest.Some(2), after)
		require.NoError(t, err)
		found = append(found, apptest.KeysOf(p)...)
		if !p.HasNext {
			total, err := p.Total(ctx)
			require.NoError(t, err)
			require.Equal(t, len(found), total)
			return found
		}
		after = &p.Items[len(p.Items)-1].Cursor
	}
}

func quality(f *apptest.Fixture, filter apptest.Values) *configuration.DataQuality {
	f.T.Helper()
	q, err := f.Configuration.DataQuality(f.Ctx, filter)
	require.NoError(f.T, err)
	return q
}

func TestWhatNobodyAnswersForIsFound_C8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		party(f, "team", "TEAM")
		f.Item("by-text", apptest.Values{"owner": "me"})
		f.Item("by-party")
		f.Connect("OWNED_BY", "by-party", "team", nil)
		f.Item("supported")
		f.Connect("SUPPORTED_BY", "supported", "team", nil)
		f.Item("alone", apptest.Values{"status": "PLANNED"})
		f.Site("par")
		f.Item("installed")
		f.Connect("INSTALLED_AT", "installed", "par", nil)
		require.ElementsMatch(t, []string{"supported", "alone", "installed"}, offenders(t, f.Ctx, quality(f, nil).WithoutOwner))
		require.ElementsMatch(t, []string{"by-text", "alone"}, offenders(t, f.Ctx, quality(f, nil).Orphans))
		live := apptest.Values{"status": apptest.Values{"eq": "LIVE"}}
		require.ElementsMatch(t, []string{"supported", "installed"}, offenders(t, f.Ctx, quality(f, live).WithoutOwner), "only what the filter asks for")
	})
}

func TestAServiceNeedsAnAgreementThatADependencyJoinsToIt_C8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for _, k := range []string{"needs", "needed", "without"} {
			f.Item(k)
		}
		f.Item("db", apptest.Values{"class": "DATABASE"})
		f.Item("sla", apptest.Values{"class": "SERVICE_LEVEL_AGREEMENT"})
		f.Connect("DEPENDS_ON", "needs", "sla", nil)
		f.Connect("DEPENDS_ON", "sla", "needed", nil)
		f.Connect("DEPENDS_ON", "without", "db", nil)
		require.Equal(t, []string{"without"}, offenders(t, f.Ctx, quality(f, nil).WithoutAgreement))
	})
}

func TestWhatNobodyChangedSinceIsStale_C8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("touched")
		old := f.Item("old")
		_, err := f.Records.Update(f.Ctx, domain.KindConfigurationItem, apptest.Key("touched"), apptest.Values{"users": 1}, nil, nil)
		require.NoError(t, err)
		since := func(at time.Time) []string {
			return offenders(t, f.Ctx, func(ctx context.Context, first *int, after *string) (*listing.Page, error) {
				return quality(f, nil).Stale(ctx, at, first, after)
			})
		}
		require.Equal(t, []string{"old"}, since(old.UpdatedAt.Add(time.Microsecond)))
		require.Empty(t, since(old.UpdatedAt))
	})
}

func TestDuplicatesShareWhatShouldBeTheirOwn_C8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for i, serial := range []string{"A1", "A1", "B2", "", "A1", ""} {
			in := apptest.Values{"name": "Switch", "class": "NETWORK_DEVICE"}
			if serial != "" {
				in["attributes"] = apptest.Values{"serial": serial}
			}
			if i == 2 {
				in["name"] = "Other"
			}
			f.Item(fmt.Sprint("sw", i), in)
		}
		d, err := quality(f, nil).Duplicates(f.Ctx, []string{"serial"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []int{1, 3}, []int{d.TotalCount, d.Items}, "those without a serial number share none")
		require.Equal(t, "A1", *d.Nodes[0].Values[0].Value)
		require.ElementsMatch(t, []string{"sw0", "sw1", "sw4"}, offenders(t, f.Ctx, d.Nodes[0].Members))

		d, err = quality(f, nil).Duplicates(f.Ctx, nil, apptest.Some(0), nil)
		require.NoError(t, err)
		require.Equal(t, []int{1, 5}, []int{d.TotalCount, d.Items}, "by name and class")
		require.Empty(t, d.Nodes, "counted all the same (I8)")
	})
}

func TestGroupsOfDuplicatesAreReadPageByPageThoughTheEstateMoves_C8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for i, serial := range []string{"A", "A", "B", "B", "C", "C", "C"} {
			f.Item(fmt.Sprint("sw", i), apptest.Values{"attributes": apptest.Values{"serial": serial}})
		}
		page := func(first int, after *string) []string {
			d, err := quality(f, nil).Duplicates(f.Ctx, []string{"serial"}, &first, after)
			require.NoError(t, err)
			told := []string{fmt.Sprint(d.HasPrevious, d.HasNext)}
			for i, g := range d.Nodes {
				told, after = append(told, *g.Values[0].Value), &d.Cursors[i]
			}
			if after != nil {
				told = append(told, *after)
			}
			return told
		}
		begin := page(2, nil)
		require.Equal(t, []string{"false true", "C", "A"}, begin[:3])
		_, err := f.Records.Update(f.Ctx, domain.KindConfigurationItem, apptest.Key("sw0"), apptest.Values{"attributes": apptest.Values{"serial": "alone"}}, nil, nil)
		require.NoError(t, err)
		rest := page(2, &begin[3])
		require.Equal(t, []string{"true false", "B"}, rest[:2], "though the group that the cursor marks is gone")
	})
}

func TestCyclesAreListedTheLargestFirst_C2_C8(t *testing.T) {
	w := apptest.OpenTwoWays(t)
	uses := domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}
	w.Commit(t, w.Item("a", 1), w.Item("b", 1), w.Item("c", 1), w.Item("d", 1), w.Item("e", 1), w.Item("f", 1),
		w.Dependency("a", "b", uses), w.Dependency("b", "a", uses),
		w.Dependency("c", "d", uses), w.Dependency("d", "e", uses), w.Dependency("e", "c", uses), w.Dependency("e", "f", uses))
	for name, a := range map[string]*app.App{"over the topology": w.Over, "by a scan": w.Beneath} {
		q, err := a.Configuration.DataQuality(t.Context(), nil)
		require.NoError(t, err)
		page, err := q.Cycles(t.Context(), nil, nil)
		require.NoError(t, err)
		var told []string
		for _, c := range page.Nodes {
			items, err := c.Items(t.Context(), 2)
			require.NoError(t, err)
			told = append(told, fmt.Sprint(c.Size, items[0].Key, items[1].Key))
		}
		require.Equal(t, []string{"3cd", "2ab"}, told, name)
		one, err := q.Cycles(t.Context(), apptest.Some(1), nil)
		require.NoError(t, err)
		require.True(t, len(one.Nodes) == 1 && one.TotalCount == 2 && one.HasNext)
		rest, err := q.Cycles(t.Context(), apptest.Some(1), &one.Cursors[0])
		require.NoError(t, err)
		require.True(t, rest.Nodes[0].Size == 2 && rest.TotalCount == 2 && rest.HasPrevious && !rest.HasNext)
		_, err = q.Cycles(t.Context(), nil, apptest.Some("nonsense"))
		apptest.Refused(t, err, domain.Invalid, "after")
	}
}

func TestBreachesOfDefinitionsAreListedWithTheirCount_C7_C8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for i, cores := range []string{"8", "many", "x", "-1", "some"} {
			f.Item(fmt.Sprint("srv", i), apptest.Values{"class": "SERVER", "attributes": apptest.Values{"cores": cores}})
		}
		f.Item("bare", apptest.Values{"class": "SERVER"})
		f.Item("service", apptest.Values{"attributes": apptest.Values{"cores": "any"}})
		define(f, "cores", apptest.Values{"type": "INTEGER", "classes": []any{"SERVER"}})
		define(f, "rack", apptest.Values{"classes": []any{"SERVER"}, "required": true})
		define(f, "size", apptest.Values{"attribute": "cores", "type": "ENUM", "allowedValues": []any{"8", "many"}, "classes": []any{"SERVER"}})

		var told []string
		var after *string
		for {
			p, err := quality(f, apptest.Values{"key": apptest.Values{"ne": "srv4"}}).Breaches(f.Ctx, apptest.Some(2), after)
			require.NoError(t, err)
			for _, b := range p.Nodes {
				told = append(told, b.Definition.Key+" "+b.Item.Key)
			}
			if !p.HasNext {
				total, err := p.Total(f.Ctx)
				require.NoError(t, err)
				require.Equal(t, len(told), total)
				break
			}
			after = &p.Nodes[len(p.Nodes)-1].Cursor
		}
		require.Equal(t, []string{
			"cores srv1", "cores srv2",
			"rack srv0", "rack srv1", "rack srv2", "rack srv3", "rack bare",
			"size srv2", "size srv3",
		}, told)
		_, err := quality(f, nil).Breaches(f.Ctx, nil, apptest.Some("nonsense"))
		apptest.Refused(t, err, domain.Invalid, "after")
	})
}

func TestTheQualityOfTheDataIsForThoseWhoMayRead(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	_, err := f.Configuration.DataQuality(acting.WithActor(context.Background(), domain.Actor{Name: "nobody"}), nil)
	apptest.Refused(t, err, domain.Forbidden, "")
}
