package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

func TestTwoItemsMayDependOnEachOtherInSeveralWays(t *testing.T) { // I5
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("a")
		f.item("b")
		plain := f.connect("DEPENDS_ON", "a", "b", nil)
		require.Equal(t, &domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}, plain.Link)
		require.Equal(t, "a", plain.Changes[0].From.Key)
		require.Equal(t, "b", plain.Changes[0].To.Key)
		f.connect("DEPENDS_ON", "a", "b", values{"kind": "HOSTED_ON"})
		f.connect("DEPENDS_ON", "a", "b", values{"redundancyGroup": "db", "minimum": 2})
		changed := f.connect("DEPENDS_ON", "a", "b", values{"redundancyGroup": "db", "impact": "DEGRADED"})
		require.Equal(t, &domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactDegraded, RedundancyGroup: some("db"), Minimum: some(2)},
			changed.Link, "what is not given stays")
		require.Equal(t, domain.ChangeUpdated, changed.Changes[0].Type)

		_, err := f.Disconnect(f.ctx, "DEPENDS_ON", key("a"), key("b"), values{"kind": "USES"}, nil)
		require.Contains(t, refused(t, err, domain.Invalid, "input").Message, "2 DEPENDS_ON run")
		gone, err := f.Disconnect(f.ctx, "DEPENDS_ON", key("a"), key("b"), values{"redundancyGroup": "db"}, nil)
		require.NoError(t, err)
		require.Equal(t, changed.Link, gone.Link)
		_, err = f.Disconnect(f.ctx, "DEPENDS_ON", key("a"), key("b"), values{"kind": "HOSTED_ON"}, nil)
		require.NoError(t, err)
		_, err = f.Disconnect(f.ctx, "DEPENDS_ON", key("a"), key("b"), nil, nil)
		require.NoError(t, err)
		_, err = f.Disconnect(f.ctx, "DEPENDS_ON", key("a"), key("b"), nil, nil)
		refused(t, err, domain.NotFound, "input")
	})
}

func TestAnItemCannotDependOnItself(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	f.item("a")
	_, err := f.Connect(f.ctx, "DEPENDS_ON", key("a"), key("a"), nil, nil)
	require.Equal(t, "an item cannot depend on itself", refused(t, err, domain.Invalid, "input.to").Message)
}

func TestDependenciesMayRunInACircle(t *testing.T) { // C2
	f := newFixture(t, openSQLite(t))
	f.item("a")
	f.item("b")
	f.connect("DEPENDS_ON", "a", "b", nil)
	f.connect("DEPENDS_ON", "b", "a", nil)
}

func TestAllThatIsWrongWithALinkIsToldAtOnce(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	_, err := f.Connect(f.ctx, "DEPENDS_ON", key("x"), key("y"), values{"impact": "BAD", "colour": 1}, nil)
	var all domain.Errors
	require.ErrorAs(t, err, &all)
	var fields []string
	for _, e := range all {
		fields = append(fields, e.Field)
	}
	require.Equal(t, []string{"input.from", "input.to", "input.colour", "input.impact"}, fields)
}

func TestASiteIsPartOfOneOtherAtATime(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.site("paris")
		f.site("france")
		f.site("emea")
		f.connect("PART_OF", "paris", "france", nil)
		moved := f.connect("PART_OF", "paris", "emea", nil)
		require.Len(t, moved.Changes, 2)
		require.Equal(t, domain.ChangeRemoved, moved.Changes[0].Type)
		require.Equal(t, "france", moved.Changes[0].To.Key)
		require.Equal(t, domain.ChangeCreated, moved.Changes[1].Type)
		head := f.head()
		require.Empty(t, f.connect("PART_OF", "paris", "emea", nil).Changes)
		require.Equal(t, head, f.head())

		paris, err := f.Record(f.ctx, site, key("paris"), nil)
		require.NoError(t, err)
		parent, err := f.RelatedOne(f.ctx, paris, app.Via{Rel: "PART_OF"}, nil)
		require.NoError(t, err)
		require.Equal(t, "emea", parent.(*domain.Site).Key)
		none, err := f.RelatedOne(f.ctx, parent, app.Via{Rel: "PART_OF"}, nil)
		require.NoError(t, err)
		require.Nil(t, none)
	})
}

func TestSitesStayATree(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.site("a")
		f.site("b")
		f.site("c")
		f.connect("PART_OF", "a", "b", nil)
		f.connect("PART_OF", "b", "c", nil)
		_, err := f.Connect(f.ctx, "PART_OF", key("c"), key("a"), nil, nil)
		e := refused(t, err, domain.RuleViolation, "input.to")
		require.Equal(t, "PART_OF tree", e.Rule)
		require.Contains(t, e.Message, "c → a → b → c")
		f.connect("SITE_NEEDS", "a", "b", nil)
		f.connect("SITE_NEEDS", "b", "a", nil)
	})
}

func TestTwoMovesAtTheSameTimeCannotCloseACircle(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.site("a")
		f.site("b")
		f.store.beforeNext(func() { f.connect("PART_OF", "b", "a", nil) })
		_, err := f.Connect(f.ctx, "PART_OF", key("a"), key("b"), nil, nil)
		require.Equal(t, "PART_OF tree", refused(t, err, domain.RuleViolation, "input.to").Rule)
	})
}

func TestWhatOthersPointAtIsWithdrawnAndNotRemoved(t *testing.T) { // C3
	onStores(t, func(t *testing.T, f *fixture) {
		db := f.item("db")
		for _, k := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
			f.item(k)
			f.connect("DEPENDS_ON", k, "db", nil)
		}
		_, err := f.Create(f.ctx, domain.KindReleaseUnit, values{"key": "unit", "name": "Unit"}, nil)
		require.NoError(t, err)
		f.connect("GROUPS", "unit", "db", nil)

		_, err = f.Remove(f.ctx, item, key("db"), nil, nil)
		e := refused(t, err, domain.RuleViolation, "input.ref")
		require.Equal(t, "C3", e.Rule)
		require.Equal(t, int64(13), e.Details["count"])
		require.Len(t, e.Details["usedBy"], 10)
		require.Contains(t, e.Message, "and 3 more; withdraw it")

		w, err := f.WithdrawConfigurationItem(f.ctx, key("db"), some(1), nil)
		require.NoError(t, err)
		require.Equal(t, domain.ItemWithdrawn, w.Record.(*domain.ConfigurationItem).Status)
		require.Len(t, w.StillUsedBy, 13)
		require.Equal(t, "DEPENDS_ON", w.StillUsedBy[0].Relationship)
		require.Equal(t, "a", w.StillUsedBy[0].Record.(*domain.ConfigurationItem).Key)
		require.Equal(t, "unit", w.StillUsedBy[12].Record.(*domain.ReleaseUnit).Key)
		stored, err := f.Record(f.ctx, item, domain.Ref{ID: &db.ID}, nil)
		require.NoError(t, err)
		require.Equal(t, w.Record, stored)

		_, err = f.Remove(f.ctx, item, key("a"), nil, nil)
		require.NoError(t, err, "what leads away goes with the item")
	})
}
