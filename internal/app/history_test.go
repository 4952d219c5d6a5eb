package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// told lists the types and kinds of a set's changes.
func told(t *testing.T, c *app.ChangeSet) (list []string) {
	t.Helper()
	page, err := c.Changes(t.Context(), nil, nil)
	require.NoError(t, err)
	for _, n := range page.Nodes {
		line := string(n.Type) + " " + n.Kind
		if n.Key != nil {
			line += " " + *n.Key
		} else {
			line += " " + n.From.Key + "→" + n.To.Key
		}
		for _, f := range n.Fields {
			line += " " + f.Field + ":" + orNone(f.Before) + "→" + orNone(f.After)
		}
		list = append(list, line)
	}
	return list
}

func orNone(s *string) string {
	if s == nil {
		return "∅"
	}
	return *s
}

func TestTheHistoryOfARecordTellsWhoWhenWhyAndWhat(t *testing.T) { // C4
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("shop")
		f.item("db")
		f.item("other")
		alice := app.WithActor(f.ctx, domain.Actor{Name: "alice", Roles: []domain.Role{domain.ConfigurationManager}})
		_, err := f.Update(alice, item, key("shop"), values{"owner": "Sales", "key": "store"}, nil, &domain.WriteOptions{Reason: some("renamed")})
		require.NoError(t, err)
		f.connect("DEPENDS_ON", "store", "db", values{"kind": "USES"})
		_, err = f.Update(f.ctx, item, key("other"), values{"owner": "x"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Disconnect(f.ctx, "DEPENDS_ON", key("store"), key("db"), values{"kind": "USES"}, nil)
		require.NoError(t, err)
		_, err = f.Remove(f.ctx, item, key("db"), nil, nil)
		require.NoError(t, err)

		r, err := f.Record(f.ctx, item, key("store"), nil)
		require.NoError(t, err)
		h, err := f.History(f.ctx, r, some(3), nil)
		require.NoError(t, err)
		require.Len(t, h.Nodes, 3)
		require.True(t, h.HasNext)
		require.Equal(t, []int64{7, 5, 4}, []int64{h.Nodes[0].Revision, h.Nodes[1].Revision, h.Nodes[2].Revision})
		require.Contains(t, told(t, h.Nodes[0])[0], "REMOVED DEPENDS_ON store→db", "what has gone is called as it was last")
		require.Contains(t, told(t, h.Nodes[1])[0], "CREATED DEPENDS_ON store→db kind:∅→USES")
		require.Equal(t, []string{"UPDATED ConfigurationItem store key:shop→store owner:∅→Sales"}, told(t, h.Nodes[2]))
		require.Equal(t, "alice", h.Nodes[2].Actor)
		require.Equal(t, "renamed", *h.Nodes[2].Reason)
		require.Nil(t, h.Nodes[1].Reason)

		h, err = f.History(f.ctx, r, some(3), some(h.Nodes[2].Cursor()))
		require.NoError(t, err)
		require.Len(t, h.Nodes, 1)
		require.False(t, h.HasNext)
		require.Contains(t, told(t, h.Nodes[0])[0], "CREATED ConfigurationItem shop", "under the key that it had")
	})
}

func TestThePastIsReadByRevisionTimeAndBaseline(t *testing.T) { // C4
	onStores(t, func(t *testing.T, f *fixture) {
		shop := f.item("shop", values{"users": 5})
		db := f.item("db")
		f.connect("DEPENDS_ON", "shop", "db", values{"kind": "USES"})
		_, err := f.CreateBaseline(f.ctx, domain.NewBaseline{Key: "q1", Name: "First quarter"}, nil)
		require.NoError(t, err)
		w, err := f.Update(f.ctx, item, key("shop"), values{"users": 9, "key": "store"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Disconnect(f.ctx, "DEPENDS_ON", key("store"), key("db"), values{"kind": "USES"}, nil)
		require.NoError(t, err)
		_, err = f.Remove(f.ctx, item, key("db"), nil, nil)
		require.NoError(t, err)

		for name, moment := range map[string]*domain.AsOf{
			"revision": {Revision: some(int64(3))},
			"time":     {Time: some(w.Record.(*domain.ConfigurationItem).UpdatedAt.Add(-time.Microsecond))},
			"baseline": {Baseline: some("q1")},
		} {
			t.Run(name, func(t *testing.T) {
				gone, err := f.Record(f.ctx, item, key("store"), moment)
				require.NoError(t, err)
				require.Nil(t, gone)
				r, err := f.Record(f.ctx, item, key("shop"), moment)
				require.NoError(t, err)
				require.Equal(t, shop, r)
				needs, err := f.Related(f.ctx, r, app.Via{Rel: "DEPENDS_ON"}, app.List{})
				require.NoError(t, err)
				require.Equal(t, []string{"db"}, keysOf(needs))
				total, err := needs.Total(f.ctx)
				require.NoError(t, err)
				require.Equal(t, 1, total)
				back, err := f.Related(f.ctx, needs.Items[0].Record, app.Via{Rel: "DEPENDS_ON", In: true}, app.List{})
				require.NoError(t, err)
				require.Equal(t, []string{"shop"}, keysOf(back), "what is followed from the past is of the past")
				found, err := f.RecordsByID(f.ctx, []string{db.ID}, moment)
				require.NoError(t, err)
				require.Equal(t, []any{db}, found)
				h, err := f.History(f.ctx, r, nil, nil)
				require.NoError(t, err)
				require.Len(t, h.Nodes, 2, "its history ends there")
				path, err := f.DependencyPath(f.ctx, key("shop"), key("db"), nil, moment)
				require.NoError(t, err)
				require.Equal(t, 1, path.Length)
			})
		}
		now, err := f.Record(f.ctx, item, key("store"), nil)
		require.NoError(t, err)
		then, err := f.Related(f.ctx, now, app.Via{Rel: "DEPENDS_ON"}, app.List{AsOf: &domain.AsOf{Baseline: some("q1")}})
		require.NoError(t, err)
		require.Equal(t, []string{"db"}, keysOf(then), "a relationship has a moment of its own")
	})
}

func TestMomentsThatCannotBeReadAreRefused(t *testing.T) { // C4
	onStores(t, func(t *testing.T, f *fixture) {
		read := func(m domain.AsOf) error {
			_, err := f.Record(f.ctx, item, key("a"), &m)
			return err
		}
		refused(t, read(domain.AsOf{Time: some(time.Date(2026, 3, 1, 8, 0, 1, 0, time.UTC))}), domain.Invalid, "asOf.time") // nothing recorded
		f.item("a")
		for range 3 {
			_, err := f.Update(f.ctx, item, key("a"), values{"users": int(f.head())}, nil, nil)
			require.NoError(t, err)
		}
		refused(t, read(domain.AsOf{}), domain.Invalid, "asOf")
		refused(t, read(domain.AsOf{Revision: some(int64(1)), Baseline: some("x")}), domain.Invalid, "asOf")
		require.Contains(t, refused(t, read(domain.AsOf{Revision: some(int64(5))}), domain.Invalid, "asOf.revision").Message, "4, the last")
		refused(t, read(domain.AsOf{Revision: some(int64(-1))}), domain.Invalid, "asOf.revision")
		require.Contains(t, refused(t, read(domain.AsOf{Time: some(time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC))}), domain.Invalid, "asOf.time").Message, "future")
		require.Contains(t, refused(t, read(domain.AsOf{Time: some(time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC))}), domain.Invalid, "asOf.time").Message, "before the first change")
		refused(t, read(domain.AsOf{Baseline: some("none")}), domain.NotFound, "asOf.baseline")
		require.NoError(t, read(domain.AsOf{Revision: some(int64(0))}), "the empty estate")

		require.NoError(t, f.store.Compact(f.ctx, 2))
		e := refused(t, read(domain.AsOf{Revision: some(int64(1))}), domain.Invalid, "asOf")
		require.Equal(t, "C4", e.Rule)
		require.Equal(t, int64(2), e.Details["oldest"])
		require.NoError(t, read(domain.AsOf{Revision: some(int64(2))}))
		refused(t, read(domain.AsOf{Time: some(time.Date(2026, 3, 1, 8, 0, 1, 0, time.UTC))}), domain.Invalid, "asOf.time")
		r, err := f.Record(f.ctx, item, key("a"), nil)
		require.NoError(t, err)
		h, err := f.History(f.ctx, r, nil, nil)
		require.NoError(t, err)
		require.True(t, h.Cut, "nothing is cut silently")
		require.Len(t, h.Nodes, 2)
	})
}

func TestTheDifferenceOfTwoMomentsNamesWhatWasAddedChangedAndRemoved(t *testing.T) { // C4
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("a")
		f.item("b")
		f.connect("DEPENDS_ON", "a", "b", values{"kind": "USES"})
		from := domain.AsOf{Revision: some(f.head())}
		f.item("c")
		f.connect("DEPENDS_ON", "c", "a", values{"kind": "USES"})
		_, err := f.Update(f.ctx, item, key("a"), values{"owner": "x"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Update(f.ctx, item, key("a"), values{"owner": "y"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Disconnect(f.ctx, "DEPENDS_ON", key("a"), key("b"), values{"kind": "USES"}, nil)
		require.NoError(t, err)
		f.item("brief")
		_, err = f.Remove(f.ctx, item, key("brief"), nil, nil)
		require.NoError(t, err)

		d, err := f.Diff(f.ctx, from, nil, nil)
		require.NoError(t, err)
		require.Equal(t, f.head(), d.To)
		require.Equal(t, []*domain.DiffTotal{
			{Kind: item, Added: 1, Changed: 1},
			{Kind: "DEPENDS_ON", Added: 1, Removed: 1},
		}, d.Summary())
		page, err := d.Changes(f.ctx, []domain.ChangeType{domain.ChangeUpdated}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, 1, page.TotalCount)
		require.Equal(t, []domain.FieldChange{{Field: "owner", After: some("y")}}, page.Nodes[0].Fields, "the net change")

		back, err := f.Diff(f.ctx, domain.AsOf{Revision: &d.To}, &from, &domain.DiffScope{Kinds: []string{item}})
		require.NoError(t, err)
		require.Equal(t, []*domain.DiffTotal{{Kind: item, Removed: 1, Changed: 1}}, back.Summary())
		only, err := f.Diff(f.ctx, from, nil, &domain.DiffScope{Items: []*domain.Ref{byKey("b")}})
		require.NoError(t, err)
		require.Equal(t, []*domain.DiffTotal{{Kind: "DEPENDS_ON", Removed: 1}}, only.Summary())
		_, err = f.Diff(f.ctx, from, nil, &domain.DiffScope{Kinds: []string{"Nonsense"}})
		refused(t, err, domain.Invalid, "scope.kinds.0")
	})
}

func TestTheLogIsReadInPagesFromEitherEnd(t *testing.T) { // C4
	onStores(t, func(t *testing.T, f *fixture) {
		for _, k := range []string{"a", "b", "c", "d", "e"} {
			f.item(k)
		}
		revisions := func(l app.List) (list []int64) {
			page, err := f.ChangeSets(f.ctx, l)
			require.NoError(t, err)
			for _, c := range page.Nodes {
				list = append(list, c.Revision)
			}
			return list
		}
		require.Equal(t, []int64{1, 2, 3, 4, 5}, revisions(app.List{}))
		require.Equal(t, []int64{1, 2}, revisions(app.List{First: some(2)}))
		require.Equal(t, []int64{3, 4}, revisions(app.List{First: some(2), After: some("2")}))
		require.Equal(t, []int64{4, 5}, revisions(app.List{Last: some(2)}))
		require.Equal(t, []int64{2, 3}, revisions(app.List{Last: some(2), Before: some("4")}))
		require.Empty(t, revisions(app.List{First: some(2), After: some("5")}))
		_, err := f.ChangeSets(f.ctx, app.List{After: some("x")})
		refused(t, err, domain.Invalid, "after")
		one, err := f.ChangeSet(f.ctx, 3)
		require.NoError(t, err)
		require.Contains(t, told(t, one)[0], "CREATED ConfigurationItem c")
		none, err := f.ChangeSet(f.ctx, 6)
		require.NoError(t, err)
		require.Nil(t, none)
	})
}

func TestAnItemThatIsAssumedTakesPartInPathsAndOrders(t *testing.T) { // I1, P3
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("shop")
		f.item("db")
		whatIf := &domain.WhatIfInput{
			Items: []*domain.HypotheticalItemInput{{Key: "cache"}},
			AddDependencies: []*domain.HypotheticalDependencyInput{
				{From: key("shop"), To: key("cache")}, {From: key("cache"), To: key("db")},
			},
		}
		path, err := f.DependencyPath(f.ctx, key("shop"), key("db"), whatIf, nil)
		require.NoError(t, err)
		require.Equal(t, 2, path.Length)
		via, err := path.Chain[0].To(f.ctx)
		require.NoError(t, err)
		require.Equal(t, "cache", via.Key)
		none, err := f.DependencyPath(f.ctx, key("shop"), key("db"), nil, nil)
		require.NoError(t, err)
		require.Nil(t, none, "nothing was stored")
		order, err := f.InstallationOrder(f.ctx, byKeys("shop", "cache", "db"), whatIf, nil)
		require.NoError(t, err)
		require.Len(t, order.Steps, 3)
		items, err := order.Steps[1].Items(f.ctx)
		require.NoError(t, err)
		require.Equal(t, "cache", items[0].Key)
		whatIf.AddDependencies[0].To = key("nobody")
		_, err = f.DependencyPath(f.ctx, key("shop"), key("db"), whatIf, nil)
		refused(t, err, domain.NotFound, "whatIf.addDependencies.0.to")
	})
}

// TestHistoriesOfAPageTakeOneCall: the store calls do not grow with the page.
func TestHistoriesOfAPageTakeOneCall(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		for _, k := range []string{"a", "b", "c", "d", "e"} {
			f.item(k)
		}
		ctx := f.WithLoads(context.Background())
		page, err := f.Records(ctx, item, app.List{})
		require.NoError(t, err)
		before := f.store.calls.Load()
		for _, i := range page.Items {
			h, err := f.History(ctx, i.Record, nil, nil)
			require.NoError(t, err)
			require.Len(t, h.Nodes, 1)
			told(t, h.Nodes[0])
		}
		require.LessOrEqual(t, f.store.calls.Load(), before+2, "one for the histories, one for the names")
	})
}

func (c *counted) History(ctx context.Context, q store.HistoryQuery) ([]store.HistoryPage, error) {
	if err := c.call(); err != nil {
		return nil, err
	}
	return c.Store.History(ctx, q)
}
