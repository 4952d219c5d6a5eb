package app_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

func (f *fixture) page(kind string, l app.List) *app.Page {
	f.t.Helper()
	p, err := f.Records(f.ctx, kind, l)
	require.NoError(f.t, err)
	return p
}

func TestRecordsComeInPages(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		for i := range 7 {
			f.item(fmt.Sprintf("i%d", i), values{"users": i % 3})
		}
		l := app.List{
			Filter: values{"users": values{"lt": 2}}, OrderBy: []map[string]any{{"field": "KEY", "direction": "DESC"}}, First: some(3),
		}
		p := f.page(item, l)
		require.Equal(t, []string{"i6", "i4", "i3"}, keysOf(p))
		require.True(t, p.HasNext && !p.HasPrevious)
		total, err := p.Total(f.ctx)
		require.NoError(t, err)
		require.Equal(t, 5, total)
		l.After = &p.Items[2].Cursor
		p = f.page(item, l)
		require.Equal(t, []string{"i1", "i0"}, keysOf(p))
		require.True(t, !p.HasNext && p.HasPrevious)
		p = f.page(item, app.List{Filter: l.Filter, OrderBy: l.OrderBy, Last: some(2), Before: &p.Items[0].Cursor})
		require.Equal(t, []string{"i4", "i3"}, keysOf(p))
		p = f.page(item, app.List{First: some(0)})
		require.Empty(t, p.Items)
		require.True(t, p.HasNext)
	})
}

func TestAPageHasALimitAndADefault(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	for i := range 51 {
		f.item(fmt.Sprint(i))
	}
	require.Len(t, f.page(item, app.List{}).Items, 50)
	_, err := f.Records(f.ctx, item, app.List{First: some(1001)})
	refused(t, err, domain.Limit, "first")
	_, err = f.RecordsByID(f.ctx, make([]string, 1001), nil)
	refused(t, err, domain.Limit, "ids")
}

func TestAllThatIsWrongWithAConnectionIsToldAtOnce(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	_, err := f.Records(f.ctx, item, app.List{
		Filter: values{"colour": values{}}, OrderBy: []map[string]any{{"field": "X"}}, First: some(-1), Last: some(-2), After: some(""),
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
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("a")
		byKey := f.page(item, app.List{OrderBy: []map[string]any{{"field": "KEY"}}}).Items[0].Cursor
		_, err := f.Records(f.ctx, item, app.List{After: &byKey})
		refused(t, err, domain.Invalid, "after")
		_, err = f.Records(f.ctx, item, app.List{Last: some(1), Before: some("nonsense")})
		refused(t, err, domain.Invalid, "before")
		a, err := f.Record(f.ctx, item, key("a"), nil)
		require.NoError(t, err)
		_, err = f.Related(f.ctx, a, app.Via{Rel: "DEPENDS_ON"}, app.List{After: some("nonsense")})
		refused(t, err, domain.Invalid, "after")
	})
}

func TestFiltersFollowRelationships(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		for _, k := range []string{"shop", "mail", "db"} {
			f.item(k, values{"attributes": values{"tier": k[:1]}})
		}
		f.site("paris")
		f.connect("DEPENDS_ON", "shop", "db", values{"kind": "HOSTED_ON"})
		f.connect("DEPENDS_ON", "mail", "db", nil)
		f.connect("INSTALLED_AT", "db", "paris", values{"since": "2026-03-01T08:00:00+02:00"})
		find := func(filter values) []string {
			return keysOf(f.page(item, app.List{Filter: filter, OrderBy: []map[string]any{{"field": "KEY"}}}))
		}
		onDB := values{"key": values{"eq": "db"}}
		require.Equal(t, []string{"mail", "shop"}, find(values{"dependsOn": values{"some": onDB}}))
		require.Equal(t, []string{"shop"}, find(values{"dependsOn": values{"some": onDB, "link": values{"kind": values{"eq": "HOSTED_ON"}}}}))
		require.Equal(t, []string{"db"}, find(values{"dependsOn": values{"none": values{}}}))
		require.Equal(t, []string{"mail", "shop"}, find(values{"dependsOn": values{"some": values{"installedAt": values{"some": values{"key": values{"eq": "paris"}}}}}}))
		require.Equal(t, []string{"db", "mail"}, find(values{"attributes": []any{values{"name": "tier", "ne": "s"}}}))
		require.Equal(t, []string{"db"}, find(values{"installedAt": values{"some": values{}, "link": values{"since": values{"eq": "2026-03-01T06:00:00Z"}}}}))
	})
}

func TestRecordsAreFoundByIDAcrossKinds(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		a, s := f.item("a"), f.site("s")
		list, err := f.RecordsByID(f.ctx, []string{s.ID, "nobody", a.ID, s.ID}, nil)
		require.NoError(t, err)
		require.Equal(t, []any{s, nil, a, s}, list)
	})
}

// The shape of a query decides how often the store is asked, not the length of
// its pages.
func TestTheNumberOfStoreCallsDoesNotGrowWithThePage(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.site("hub")
		f.site("emea")
		f.connect("PART_OF", "hub", "emea", nil)
		f.item("db")
		f.connect("INSTALLED_AT", "db", "hub", nil)
		counts := map[int64]bool{}
		made := 0
		for _, size := range []int{2, 20, 200} {
			for ; made < size; made++ {
				k := fmt.Sprint("item", made)
				f.item(k, values{"users": 1})
				f.connect("DEPENDS_ON", k, "db", nil)
			}
			counts[f.walk(size)] = true
		}
		require.Len(t, counts, 1, "store calls: %v", counts)
	})
}

// walk asks, as a GraphQL query would, for items, what each depends on, where
// that is installed, what that site is part of, and totals; all at once.
func (f *fixture) walk(size int) int64 {
	f.t.Helper()
	ctx := f.WithLoads(context.WithoutCancel(f.ctx))
	before := f.store.calls.Load()
	p, err := f.Records(ctx, item, app.List{Filter: values{"users": values{"eq": 1}}, First: &size})
	require.NoError(f.t, err)
	require.Len(f.t, p.Items, size)
	var wg sync.WaitGroup
	fail := make(chan error, 4*size)
	for _, i := range p.Items {
		wg.Go(func() {
			if err := f.descend(ctx, i.Record); err != nil {
				fail <- err
			}
		})
	}
	wg.Wait()
	close(fail)
	for err := range fail {
		require.NoError(f.t, err)
	}
	return f.store.calls.Load() - before
}

func (f *fixture) descend(ctx context.Context, record any) error {
	needs, err := f.Related(ctx, record, app.Via{Rel: "DEPENDS_ON"}, app.List{})
	if err != nil {
		return err
	}
	total, err := needs.Total(ctx)
	if err != nil || total != 1 || len(needs.Items) != 1 || needs.Items[0].Link == nil {
		return fmt.Errorf("%d dependencies (%w)", total, err)
	}
	places, err := f.Related(ctx, needs.Items[0].Record, app.Via{Rel: "INSTALLED_AT"}, app.List{First: some(5)})
	if err != nil {
		return err
	}
	region, err := f.RelatedOne(ctx, places.Items[0].Record, app.Via{Rel: "PART_OF"}, nil)
	if err != nil || region.(*domain.Site).Key != "emea" {
		return fmt.Errorf("region %v (%w)", region, err)
	}
	back, err := f.Related(ctx, needs.Items[0].Record, app.Via{Rel: "DEPENDS_ON", In: true}, app.List{First: some(1)})
	if err == nil && len(back.Items) != 1 {
		err = fmt.Errorf("no way back")
	}
	return err
}

func TestARecordInNoCohortLoadsAlone(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	f.item("a")
	f.item("b")
	f.connect("DEPENDS_ON", "a", "b", nil)
	a, err := f.Record(t.Context(), item, key("a"), nil)
	require.NoError(t, err)
	p, err := f.Related(t.Context(), a, app.Via{Rel: "DEPENDS_ON"}, app.List{})
	require.NoError(t, err)
	require.Equal(t, []string{"b"}, keysOf(p))
}

func TestOtherArgumentsAreAnotherQuestion(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	for _, k := range []string{"a", "b", "c"} {
		f.item(k)
	}
	f.connect("DEPENDS_ON", "a", "b", nil)
	f.connect("DEPENDS_ON", "a", "c", nil)
	a, err := f.Record(f.ctx, item, key("a"), nil)
	require.NoError(t, err)
	for _, k := range []string{"b", "c"} {
		p, err := f.Related(f.ctx, a, app.Via{Rel: "DEPENDS_ON"}, app.List{Filter: values{"key": values{"eq": k}}})
		require.NoError(t, err)
		require.Equal(t, []string{k}, keysOf(p))
		total, err := p.Total(f.ctx)
		require.NoError(t, err)
		require.Equal(t, 1, total)
	}
}
