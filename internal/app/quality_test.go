package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

type check func(context.Context, *int, *string) (*app.Page, error)

// offenders reads all that a check finds, two at a time, and compares the
// count.
func offenders(t *testing.T, ctx context.Context, c check) []string {
	t.Helper()
	found := []string{}
	var after *string
	for {
		p, err := c(ctx, some(2), after)
		require.NoError(t, err)
		found = append(found, keysOf(p)...)
		if !p.HasNext {
			total, err := p.Total(ctx)
			require.NoError(t, err)
			require.Equal(t, len(found), total)
			return found
		}
		after = &p.Items[len(p.Items)-1].Cursor
	}
}

func (f *fixture) quality(filter values) *app.DataQuality {
	f.t.Helper()
	q, err := f.DataQuality(f.ctx, filter)
	require.NoError(f.t, err)
	return q
}

func TestWhatNobodyAnswersForIsFound_C8(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.party("team", "TEAM")
		f.item("by-text", values{"owner": "me"})
		f.item("by-party")
		f.connect("OWNED_BY", "by-party", "team", nil)
		f.item("supported")
		f.connect("SUPPORTED_BY", "supported", "team", nil)
		f.item("alone", values{"status": "PLANNED"})
		f.site("par")
		f.item("installed")
		f.connect("INSTALLED_AT", "installed", "par", nil)
		require.ElementsMatch(t, []string{"supported", "alone", "installed"}, offenders(t, f.ctx, f.quality(nil).WithoutOwner))
		require.ElementsMatch(t, []string{"by-text", "alone"}, offenders(t, f.ctx, f.quality(nil).Orphans))
		live := values{"status": values{"eq": "LIVE"}}
		require.ElementsMatch(t, []string{"supported", "installed"}, offenders(t, f.ctx, f.quality(live).WithoutOwner), "only what the filter asks for")
	})
}

func TestAServiceNeedsAnAgreementThatADependencyJoinsToIt_C8(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		for _, k := range []string{"needs", "needed", "without"} {
			f.item(k)
		}
		f.item("db", values{"class": "DATABASE"})
		f.item("sla", values{"class": "SERVICE_LEVEL_AGREEMENT"})
		f.connect("DEPENDS_ON", "needs", "sla", nil)
		f.connect("DEPENDS_ON", "sla", "needed", nil)
		f.connect("DEPENDS_ON", "without", "db", nil)
		require.Equal(t, []string{"without"}, offenders(t, f.ctx, f.quality(nil).WithoutAgreement))
	})
}

func TestWhatNobodyChangedSinceIsStale_C8(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("touched")
		old := f.item("old")
		_, err := f.Update(f.ctx, domain.KindConfigurationItem, key("touched"), values{"users": 1}, nil, nil)
		require.NoError(t, err)
		since := func(at time.Time) []string {
			return offenders(t, f.ctx, func(ctx context.Context, first *int, after *string) (*app.Page, error) {
				return f.quality(nil).Stale(ctx, at, first, after)
			})
		}
		require.Equal(t, []string{"old"}, since(old.UpdatedAt.Add(time.Microsecond)))
		require.Empty(t, since(old.UpdatedAt))
	})
}

func TestDuplicatesShareWhatShouldBeTheirOwn_C8(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		for i, serial := range []string{"A1", "A1", "B2", "", "A1", ""} {
			in := values{"name": "Switch", "class": "NETWORK_DEVICE"}
			if serial != "" {
				in["attributes"] = values{"serial": serial}
			}
			if i == 2 {
				in["name"] = "Other"
			}
			f.item(fmt.Sprint("sw", i), in)
		}
		d, err := f.quality(nil).Duplicates(f.ctx, []string{"serial"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []int{1, 3}, []int{d.TotalCount, d.Items}, "those without a serial number share none")
		require.Equal(t, "A1", *d.Nodes[0].Values[0].Value)
		require.ElementsMatch(t, []string{"sw0", "sw1", "sw4"}, offenders(t, f.ctx, d.Nodes[0].Members))

		d, err = f.quality(nil).Duplicates(f.ctx, nil, some(0), nil)
		require.NoError(t, err)
		require.Equal(t, []int{1, 5}, []int{d.TotalCount, d.Items}, "by name and class")
		require.Empty(t, d.Nodes, "counted all the same (I8)")
	})
}

func TestGroupsOfDuplicatesAreReadPageByPageThoughTheEstateMoves_C8(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		for i, serial := range []string{"A", "A", "B", "B", "C", "C", "C"} {
			f.item(fmt.Sprint("sw", i), values{"attributes": values{"serial": serial}})
		}
		page := func(first int, after *string) []string {
			d, err := f.quality(nil).Duplicates(f.ctx, []string{"serial"}, &first, after)
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
		_, err := f.Update(f.ctx, domain.KindConfigurationItem, key("sw0"), values{"attributes": values{"serial": "alone"}}, nil, nil)
		require.NoError(t, err)
		rest := page(2, &begin[3])
		require.Equal(t, []string{"true false", "B"}, rest[:2], "though the group that the cursor marks is gone")
	})
}

func TestCyclesAreListedTheLargestFirst_C2_C8(t *testing.T) {
	w := openTwoWays(t)
	uses := domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}
	w.commit(t, w.item("a", 1), w.item("b", 1), w.item("c", 1), w.item("d", 1), w.item("e", 1), w.item("f", 1),
		w.dependency("a", "b", uses), w.dependency("b", "a", uses),
		w.dependency("c", "d", uses), w.dependency("d", "e", uses), w.dependency("e", "c", uses), w.dependency("e", "f", uses))
	for name, a := range map[string]*app.App{"over the topology": w.over, "by a scan": w.beneath} {
		q, err := a.DataQuality(t.Context(), nil)
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
		one, err := q.Cycles(t.Context(), some(1), nil)
		require.NoError(t, err)
		require.True(t, len(one.Nodes) == 1 && one.TotalCount == 2 && one.HasNext)
		rest, err := q.Cycles(t.Context(), some(1), &one.Cursors[0])
		require.NoError(t, err)
		require.True(t, rest.Nodes[0].Size == 2 && rest.TotalCount == 2 && rest.HasPrevious && !rest.HasNext)
		_, err = q.Cycles(t.Context(), nil, some("nonsense"))
		refused(t, err, domain.Invalid, "after")
	}
}

func TestBreachesOfDefinitionsAreListedWithTheirCount_C7_C8(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		for i, cores := range []string{"8", "many", "x", "-1", "some"} {
			f.item(fmt.Sprint("srv", i), values{"class": "SERVER", "attributes": values{"cores": cores}})
		}
		f.item("bare", values{"class": "SERVER"})
		f.item("service", values{"attributes": values{"cores": "any"}})
		f.define("cores", values{"type": "INTEGER", "classes": []any{"SERVER"}})
		f.define("rack", values{"classes": []any{"SERVER"}, "required": true})
		f.define("size", values{"attribute": "cores", "type": "ENUM", "allowedValues": []any{"8", "many"}, "classes": []any{"SERVER"}})

		var told []string
		var after *string
		for {
			p, err := f.quality(values{"key": values{"ne": "srv4"}}).Breaches(f.ctx, some(2), after)
			require.NoError(t, err)
			for _, b := range p.Nodes {
				told = append(told, b.Definition.Key+" "+b.Item.Key)
			}
			if !p.HasNext {
				total, err := p.Total(f.ctx)
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
		_, err := f.quality(nil).Breaches(f.ctx, nil, some("nonsense"))
		refused(t, err, domain.Invalid, "after")
	})
}

func TestTheQualityOfTheDataIsForThoseWhoMayRead(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	_, err := f.DataQuality(app.WithActor(context.Background(), domain.Actor{Name: "nobody"}), nil)
	refused(t, err, domain.Forbidden, "")
}
