package history_test

import (
	"context"
	"testing"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/records"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/history"
	"releasegraph/internal/domain"
)

// told lists the types and kinds of a set's changes.
func told(t *testing.T, c *history.ChangeSet) (list []string) {
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
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("shop")
		f.Item("db")
		f.Item("other")
		alice := acting.WithActor(f.Ctx, domain.Actor{Name: "alice", Roles: []domain.Role{domain.ConfigurationManager}})
		_, err := f.Records.Update(alice, apptest.ItemKind, apptest.Key("shop"), apptest.Values{"owner": "Sales", "key": "store"}, nil, &domain.WriteOptions{Reason: apptest.Some("renamed")})
		require.NoError(t, err)
		f.Connect("DEPENDS_ON", "store", "db", apptest.Values{"kind": "USES"})
		_, err = f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("other"), apptest.Values{"owner": "x"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Disconnect(f.Ctx, "DEPENDS_ON", apptest.Key("store"), apptest.Key("db"), apptest.Values{"kind": "USES"}, nil)
		require.NoError(t, err)
		_, err = f.Records.Remove(f.Ctx, apptest.ItemKind, apptest.Key("db"), nil, nil)
		require.NoError(t, err)

		r, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("store"), nil)
		require.NoError(t, err)
		h, err := f.History.History(f.Ctx, r, apptest.Some(3), nil)
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

		h, err = f.History.History(f.Ctx, r, apptest.Some(3), apptest.Some(h.Nodes[2].Cursor()))
		require.NoError(t, err)
		require.Len(t, h.Nodes, 1)
		require.False(t, h.HasNext)
		require.Contains(t, told(t, h.Nodes[0])[0], "CREATED ConfigurationItem shop", "under the key that it had")
	})
}

func TestThePastIsReadByRevisionTimeAndBaseline(t *testing.T) { // C4
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		shop := f.Item("shop", apptest.Values{"users": 5})
		db := f.Item("db")
		f.Connect("DEPENDS_ON", "shop", "db", apptest.Values{"kind": "USES"})
		_, err := f.History.CreateBaseline(f.Ctx, domain.NewBaseline{Key: "q1", Name: "First quarter"}, nil)
		require.NoError(t, err)
		w, err := f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("shop"), apptest.Values{"users": 9, "key": "store"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Disconnect(f.Ctx, "DEPENDS_ON", apptest.Key("store"), apptest.Key("db"), apptest.Values{"kind": "USES"}, nil)
		require.NoError(t, err)
		_, err = f.Records.Remove(f.Ctx, apptest.ItemKind, apptest.Key("db"), nil, nil)
		require.NoError(t, err)

		for name, moment := range map[string]*domain.AsOf{
			"revision": {Revision: apptest.Some(int64(3))},
			"time":     {Time: apptest.Some(w.Record.(*domain.ConfigurationItem).UpdatedAt.Add(-time.Microsecond))},
			"baseline": {Baseline: apptest.Some("q1")},
		} {
			t.Run(name, func(t *testing.T) {
				gone, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("store"), moment)
				require.NoError(t, err)
				require.Nil(t, gone)
				r, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("shop"), moment)
				require.NoError(t, err)
				require.Equal(t, shop, r)
				needs, err := f.Records.Related(f.Ctx, r, records.Via{Rel: "DEPENDS_ON"}, listing.List{})
				require.NoError(t, err)
				require.Equal(t, []string{"db"}, apptest.KeysOf(needs))
				total, err := needs.Total(f.Ctx)
				require.NoError(t, err)
				require.Equal(t, 1, total)
				back, err := f.Records.Related(f.Ctx, needs.Items[0].Record, records.Via{Rel: "DEPENDS_ON", In: true}, listing.List{})
				require.NoError(t, err)
				require.Equal(t, []string{"shop"}, apptest.KeysOf(back), "what is followed from the past is of the past")
				found, err := f.Records.RecordsByID(f.Ctx, []string{db.ID}, moment)
				require.NoError(t, err)
				require.Equal(t, []any{db}, found)
				h, err := f.History.History(f.Ctx, r, nil, nil)
				require.NoError(t, err)
				require.Len(t, h.Nodes, 2, "its history ends there")
				path, err := f.Impact.DependencyPath(f.Ctx, apptest.Key("shop"), apptest.Key("db"), nil, moment)
				require.NoError(t, err)
				require.Equal(t, 1, path.Length)
			})
		}
		now, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("store"), nil)
		require.NoError(t, err)
		then, err := f.Records.Related(f.Ctx, now, records.Via{Rel: "DEPENDS_ON"}, listing.List{AsOf: &domain.AsOf{Baseline: apptest.Some("q1")}})
		require.NoError(t, err)
		require.Equal(t, []string{"db"}, apptest.KeysOf(then), "a relationship has a moment of its own")
	})
}

func TestMomentsThatCannotBeReadAreRefused(t *testing.T) { // C4
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		read := func(m domain.AsOf) error {
			_, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("a"), &m)
			return err
		}
		apptest.Refused(t, read(domain.AsOf{Time: apptest.Some(time.Date(2026, 3, 1, 8, 0, 1, 0, time.UTC))}), domain.Invalid, "asOf.time") // nothing recorded
		f.Item("a")
		for range 3 {
			_, err := f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Values{"users": int(f.Head())}, nil, nil)
			require.NoError(t, err)
		}
		apptest.Refused(t, read(domain.AsOf{}), domain.Invalid, "asOf")
		apptest.Refused(t, read(domain.AsOf{Revision: apptest.Some(int64(1)), Baseline: apptest.Some("x")}), domain.Invalid, "asOf")
		require.Contains(t, apptest.Refused(t, read(domain.AsOf{Revision: apptest.Some(int64(5))}), domain.Invalid, "asOf.revision").Message, "4, the last")
		apptest.Refused(t, read(domain.AsOf{Revision: apptest.Some(int64(-1))}), domain.Invalid, "asOf.revision")
		require.Contains(t, apptest.Refused(t, read(domain.AsOf{Time: apptest.Some(time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC))}), domain.Invalid, "asOf.time").Message, "future")
		require.Contains(t, apptest.Refused(t, read(domain.AsOf{Time: apptest.Some(time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC))}), domain.Invalid, "asOf.time").Message, "before the first change")
		apptest.Refused(t, read(domain.AsOf{Baseline: apptest.Some("none")}), domain.NotFound, "asOf.baseline")
		require.NoError(t, read(domain.AsOf{Revision: apptest.Some(int64(0))}), "the empty estate")

		require.NoError(t, f.Store.Compact(f.Ctx, 2))
		e := apptest.Refused(t, read(domain.AsOf{Revision: apptest.Some(int64(1))}), domain.Invalid, "asOf")
		require.Equal(t, "C4", e.Rule)
		require.Equal(t, int64(2), e.Details["oldest"])
		require.NoError(t, read(domain.AsOf{Revision: apptest.Some(int64(2))}))
		apptest.Refused(t, read(domain.AsOf{Time: apptest.Some(time.Date(2026, 3, 1, 8, 0, 1, 0, time.UTC))}), domain.Invalid, "asOf.time")
		r, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("a"), nil)
		require.NoError(t, err)
		h, err := f.History.History(f.Ctx, r, nil, nil)
		require.NoError(t, err)
		require.True(t, h.Cut, "nothing is cut silently")
		require.Len(t, h.Nodes, 2)
	})
}

func TestTheDifferenceOfTwoMomentsNamesWhatWasAddedChangedAndRemoved(t *testing.T) { // C4
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("a")
		f.Item("b")
		f.Connect("DEPENDS_ON", "a", "b", apptest.Values{"kind": "USES"})
		from := domain.AsOf{Revision: apptest.Some(f.Head())}
		f.Item("c")
		f.Connect("DEPENDS_ON", "c", "a", apptest.Values{"kind": "USES"})
		_, err := f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Values{"owner": "x"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Values{"owner": "y"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Disconnect(f.Ctx, "DEPENDS_ON", apptest.Key("a"), apptest.Key("b"), apptest.Values{"kind": "USES"}, nil)
		require.NoError(t, err)
		f.Item("brief")
		_, err = f.Records.Remove(f.Ctx, apptest.ItemKind, apptest.Key("brief"), nil, nil)
		require.NoError(t, err)

		d, err := f.History.Diff(f.Ctx, from, nil, nil)
		require.NoError(t, err)
		require.Equal(t, f.Head(), d.To)
		require.Equal(t, []*domain.DiffTotal{
			{Kind: apptest.ItemKind, Added: 1, Changed: 1},
			{Kind: "DEPENDS_ON", Added: 1, Removed: 1},
		}, d.Summary())
		page, err := d.Changes(f.Ctx, []domain.ChangeType{domain.ChangeUpdated}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, 1, page.TotalCount)
		require.Equal(t, []domain.FieldChange{{Field: "owner", After: apptest.Some("y")}}, page.Nodes[0].Fields, "the net change")

		back, err := f.History.Diff(f.Ctx, domain.AsOf{Revision: &d.To}, &from, &domain.DiffScope{Kinds: []string{apptest.ItemKind}})
		require.NoError(t, err)
		require.Equal(t, []*domain.DiffTotal{{Kind: apptest.ItemKind, Removed: 1, Changed: 1}}, back.Summary())
		only, err := f.History.Diff(f.Ctx, from, nil, &domain.DiffScope{Items: []*domain.Ref{apptest.ByKey("b")}})
		require.NoError(t, err)
		require.Equal(t, []*domain.DiffTotal{{Kind: "DEPENDS_ON", Removed: 1}}, only.Summary())
		_, err = f.History.Diff(f.Ctx, from, nil, &domain.DiffScope{Kinds: []string{"Nonsense"}})
		apptest.Refused(t, err, domain.Invalid, "scope.kinds.0")
	})
}

func TestTheLogIsReadInPagesFromEitherEnd(t *testing.T) { // C4
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for _, k := range []string{"a", "b", "c", "d", "e"} {
			f.Item(k)
		}
		revisions := func(l listing.List) (list []int64) {
			page, err := f.History.ChangeSets(f.Ctx, l)
			require.NoError(t, err)
			for _, c := range page.Nodes {
				list = append(list, c.Revision)
			}
			return list
		}
		require.Equal(t, []int64{1, 2, 3, 4, 5}, revisions(listing.List{}))
		require.Equal(t, []int64{1, 2}, revisions(listing.List{First: apptest.Some(2)}))
		require.Equal(t, []int64{3, 4}, revisions(listing.List{First: apptest.Some(2), After: apptest.Some("2")}))
		require.Equal(t, []int64{4, 5}, revisions(listing.List{Last: apptest.Some(2)}))
		require.Equal(t, []int64{2, 3}, revisions(listing.List{Last: apptest.Some(2), Before: apptest.Some("4")}))
		require.Empty(t, revisions(listing.List{First: apptest.Some(2), After: apptest.Some("5")}))
		_, err := f.History.ChangeSets(f.Ctx, listing.List{After: apptest.Some("x")})
		apptest.Refused(t, err, domain.Invalid, "after")
		one, err := f.History.ChangeSet(f.Ctx, 3)
		require.NoError(t, err)
		require.Contains(t, told(t, one)[0], "CREATED ConfigurationItem c")
		none, err := f.History.ChangeSet(f.Ctx, 6)
		require.NoError(t, err)
		require.Nil(t, none)
	})
}

func TestAnItemThatIsAssumedTakesPartInPathsAndOrders(t *testing.T) { // I1, P3
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("shop")
		f.Item("db")
		whatIf := &domain.WhatIfInput{
			Items: []*domain.HypotheticalItemInput{{Key: "cache"}},
			AddDependencies: []*domain.HypotheticalDependencyInput{
				{From: apptest.Key("shop"), To: apptest.Key("cache")}, {From: apptest.Key("cache"), To: apptest.Key("db")},
			},
		}
		path, err := f.Impact.DependencyPath(f.Ctx, apptest.Key("shop"), apptest.Key("db"), whatIf, nil)
		require.NoError(t, err)
		require.Equal(t, 2, path.Length)
		via, err := path.Chain[0].To(f.Ctx)
		require.NoError(t, err)
		require.Equal(t, "cache", via.Key)
		none, err := f.Impact.DependencyPath(f.Ctx, apptest.Key("shop"), apptest.Key("db"), nil, nil)
		require.NoError(t, err)
		require.Nil(t, none, "nothing was stored")
		order, err := f.Impact.InstallationOrder(f.Ctx, apptest.ByKeys("shop", "cache", "db"), whatIf, nil)
		require.NoError(t, err)
		require.Len(t, order.Steps, 3)
		items, err := order.Steps[1].Items(f.Ctx)
		require.NoError(t, err)
		require.Equal(t, "cache", items[0].Key)
		whatIf.AddDependencies[0].To = apptest.Key("nobody")
		_, err = f.Impact.DependencyPath(f.Ctx, apptest.Key("shop"), apptest.Key("db"), whatIf, nil)
		apptest.Refused(t, err, domain.NotFound, "whatIf.addDependencies.0.to")
	})
}

// TestHistoriesOfAPageTakeOneCall: the store calls do not grow with the page.
func TestHistoriesOfAPageTakeOneCall(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for _, k := range []string{"a", "b", "c", "d", "e"} {
			f.Item(k)
		}
		ctx := f.WithLoads(context.Background())
		page, err := f.Records.Records(ctx, apptest.ItemKind, listing.List{})
		require.NoError(t, err)
		before := f.Store.Calls.Load()
		for _, i := range page.Items {
			h, err := f.History.History(ctx, i.Record, nil, nil)
			require.NoError(t, err)
			require.Len(t, h.Nodes, 1)
			told(t, h.Nodes[0])
		}
		require.LessOrEqual(t, f.Store.Calls.Load(), before+2, "one for the histories, one for the names")
	})
}
