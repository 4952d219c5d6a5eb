package records_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/records"
	"releasegraph/internal/domain"
)

func page(f *apptest.Fixture, kind string, l listing.List) *listing.Page {
	f.T.Helper()
	p, err := f.Records.Records(f.Ctx, kind, l)
	require.NoError(f.T, err)
	return p
}

func TestRecordsComeInPages(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for i := range 7 {
			f.Item(fmt.Sprintf("i%d", i), apptest.Values{"users": i % 3})
		}
		l := listing.List{
			Filter: apptest.Values{"users": apptest.Values{"lt": 2}}, OrderBy: []map[string]any{{"field": "KEY", "direction": "DESC"}}, First: apptest.Some(3),
		}
		p := page(f, apptest.ItemKind, l)
		require.Equal(t, []string{"i6", "i4", "i3"}, apptest.KeysOf(p))
		require.True(t, p.HasNext && !p.HasPrevious)
		total, err := p.Total(f.Ctx)
		require.NoError(t, err)
		require.Equal(t, 5, total)
		l.After = &p.Items[2].Cursor
		p = page(f, apptest.ItemKind, l)
		require.Equal(t, []string{"i1", "i0"}, apptest.KeysOf(p))
		require.True(t, !p.HasNext && p.HasPrevious)
		p = page(f, apptest.ItemKind, listing.List{Filter: l.Filter, OrderBy: l.OrderBy, Last: apptest.Some(2), Before: &p.Items[0].Cursor})
		require.Equal(t, []string{"i4", "i3"}, apptest.KeysOf(p))
		p = page(f, apptest.ItemKind, listing.List{First: apptest.Some(0)})
		require.Empty(t, p.Items)
		require.True(t, p.HasNext)
	})
}

func TestAPageHasALimitAndADefault(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	for i := range 51 {
		f.Item(fmt.Sprint(i))
	}
	require.Len(t, page(f, apptest.ItemKind, listing.List{}).Items, 50)
	_, err := f.Records.Records(f.Ctx, apptest.ItemKind, listing.List{First: apptest.Some(1001)})
	apptest.Refused(t, err, domain.Limit, "first")
	_, err = f.Records.RecordsByID(f.Ctx, make([]string, 1001), nil)
	apptest.Refused(t, err, domain.Limit, "ids")
}

func TestAllThatIsWrongWithAConnectionIsToldAtOnce(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	_, err := f.Records.Records(f.Ctx, apptest.ItemKind, listing.List{
		Filter: apptest.Values{"colour": apptest.Values{}}, OrderBy: []map[string]any{{"field": "X"}}, First: apptest.Some(-1), Last: apptest.Some(-2), After: apptest.Some(""),
	})
	var all domain.Errors
	require.ErrorAs(t, err, &all)
	var fields []string
	for _, e := range all {
		fields = append(fields, e.Field)
	}
	require.Equal(t, []string{"filter.colour", "orderBy.0.field", "first", "last", "last", "after"}, fields)
}

func TestACursorOfAnotherListIsRefused(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("a")
		byKey := page(f, apptest.ItemKind, listing.List{OrderBy: []map[string]any{{"field": "KEY"}}}).Items[0].Cursor
		_, err := f.Records.Records(f.Ctx, apptest.ItemKind, listing.List{After: &byKey})
		apptest.Refused(t, err, domain.Invalid, "after")
		_, err = f.Records.Records(f.Ctx, apptest.ItemKind, listing.List{Last: apptest.Some(1), Before: apptest.Some("nonsense")})
		apptest.Refused(t, err, domain.Invalid, "before")
		a, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("a"), nil)
		require.NoError(t, err)
		_, err = f.Records.Related(f.Ctx, a, records.Via{Rel: "DEPENDS_ON"}, listing.List{After: apptest.Some("nonsense")})
		apptest.Refused(t, err, domain.Invalid, "after")
	})
}

func TestFiltersFollowRelationships(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for _, k := range []string{"shop", "mail", "db"} {
			f.Item(k, apptest.Values{"attributes": apptest.Values{"tier": k[:1]}})
		}
		f.Site("paris")
		f.Connect("DEPENDS_ON", "shop", "db", apptest.Values{"kind": "HOSTED_ON"})
		f.Connect("DEPENDS_ON", "mail", "db", nil)
		f.Connect("INSTALLED_AT", "db", "paris", apptest.Values{"since": "2026-03-01T08:00:00+02:00"})
		find := func(filter apptest.Values) []string {
			return apptest.KeysOf(page(f, apptest.ItemKind, listing.List{Filter: filter, OrderBy: []map[string]any{{"field": "KEY"}}}))
		}
		onDB := apptest.Values{"key": apptest.Values{"eq": "db"}}
		require.Equal(t, []string{"mail", "shop"}, find(apptest.Values{"dependsOn": apptest.Values{"some": onDB}}))
		require.Equal(t, []string{"shop"}, find(apptest.Values{"dependsOn": apptest.Values{"some": onDB, "link": apptest.Values{"kind": apptest.Values{"eq": "HOSTED_ON"}}}}))
		require.Equal(t, []string{"db"}, find(apptest.Values{"dependsOn": apptest.Values{"none": apptest.Values{}}}))
		require.Equal(t, []string{"mail", "shop"}, find(apptest.Values{"dependsOn": apptest.Values{"some": apptest.Values{"installedAt": apptest.Values{"some": apptest.Values{"key": apptest.Values{"eq": "paris"}}}}}}))
		require.Equal(t, []string{"db", "mail"}, find(apptest.Values{"attributes": []any{apptest.Values{"name": "tier", "ne": "s"}}}))
		require.Equal(t, []string{"db"}, find(apptest.Values{"installedAt": apptest.Values{"some": apptest.Values{}, "link": apptest.Values{"since": apptest.Values{"eq": "2026-03-01T06:00:00Z"}}}}))
	})
}

func TestRecordsAreFoundByIDAcrossKinds(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		a, s := f.Item("a"), f.Site("s")
		list, err := f.Records.RecordsByID(f.Ctx, []string{s.ID, "nobody", a.ID, s.ID}, nil)
		require.NoError(t, err)
		require.Equal(t, []any{s, nil, a, s}, list)
	})
}

// The shape of a query decides how often the store is asked, not the length of
// its pages.
func TestTheNumberOfStoreCallsDoesNotGrowWithAPageWhoseRecordsAskAtOnce(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Site("hub")
		f.Site("emea")
		f.Connect("PART_OF", "hub", "emea", nil)
		f.Item("db")
		f.Connect("INSTALLED_AT", "db", "hub", nil)
		counts := map[int64]bool{}
		made := 0
		for _, size := range []int{2, 20, 200} {
			for ; made < size; made++ {
				k := fmt.Sprint("item", made)
				f.Item(k, apptest.Values{"users": 1})
				f.Connect("DEPENDS_ON", k, "db", nil)
			}
			counts[walk(f, size)] = true
		}
		require.Len(t, counts, 1, "store calls: %v", counts)
	})
}

// walk asks, as a GraphQL query would, for items, what each depends on, where
// that is installed, what that site is part of, and totals; all at once.
func walk(f *apptest.Fixture, size int) int64 {
	f.T.Helper()
	ctx := f.WithLoads(context.WithoutCancel(f.Ctx))
	before := f.Store.Calls.Load()
	p, err := f.Records.Records(ctx, apptest.ItemKind, listing.List{Filter: apptest.Values{"users": apptest.Values{"eq": 1}}, First: &size})
	require.NoError(f.T, err)
	require.Len(f.T, p.Items, size)
	var wg sync.WaitGroup
	fail := make(chan error, 4*size)
	for _, i := range p.Items {
		wg.Go(func() {
			if err := descend(f, ctx, i.Record); err != nil {
				fail <- err
			}
		})
	}
	wg.Wait()
	close(fail)
	for err := range fail {
		require.NoError(f.T, err)
	}
	return f.Store.Calls.Load() - before
}

func descend(f *apptest.Fixture, ctx context.Context, record any) error {
	needs, err := f.Records.Related(ctx, record, records.Via{Rel: "DEPENDS_ON"}, listing.List{})
	if err != nil {
		return err
	}
	total, err := needs.Total(ctx)
	if err != nil || total != 1 || len(needs.Items) != 1 || needs.Items[0].Link == nil {
		return fmt.Errorf("%d dependencies (%w)", total, err)
	}
	places, err := f.Records.Related(ctx, needs.Items[0].Record, records.Via{Rel: "INSTALLED_AT"}, listing.List{First: apptest.Some(5)})
	if err != nil {
		return err
	}
	region, err := f.Records.RelatedOne(ctx, places.Items[0].Record, records.Via{Rel: "PART_OF"}, nil)
	if err != nil || region.(*domain.Site).Key != "emea" {
		return fmt.Errorf("region %v (%w)", region, err)
	}
	back, err := f.Records.Related(ctx, needs.Items[0].Record, records.Via{Rel: "DEPENDS_ON", In: true}, listing.List{First: apptest.Some(1)})
	if err == nil && len(back.Items) != 1 {
		err = fmt.Errorf("no way back")
	}
	return err
}

func TestARecordInNoCohortLoadsAlone(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.Item("a")
	f.Item("b")
	f.Connect("DEPENDS_ON", "a", "b", nil)
	a, err := f.Records.Record(t.Context(), apptest.ItemKind, apptest.Key("a"), nil)
	require.NoError(t, err)
	p, err := f.Records.Related(t.Context(), a, records.Via{Rel: "DEPENDS_ON"}, listing.List{})
	require.NoError(t, err)
	require.Equal(t, []string{"b"}, apptest.KeysOf(p))
}

func TestOtherArgumentsAreAnotherQuestion(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	for _, k := range []string{"a", "b", "c"} {
		f.Item(k)
	}
	f.Connect("DEPENDS_ON", "a", "b", nil)
	f.Connect("DEPENDS_ON", "a", "c", nil)
	a, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("a"), nil)
	require.NoError(t, err)
	for _, k := range []string{"b", "c"} {
		p, err := f.Records.Related(f.Ctx, a, records.Via{Rel: "DEPENDS_ON"}, listing.List{Filter: apptest.Values{"key": apptest.Values{"eq": k}}})
		require.NoError(t, err)
		require.Equal(t, []string{k}, apptest.KeysOf(p))
		total, err := p.Total(f.Ctx)
		require.NoError(t, err)
		require.Equal(t, 1, total)
	}
}
