package records_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/records"
	"releasegraph/internal/domain"
)

func TestTwoItemsMayDependOnEachOtherInSeveralWays(t *testing.T) { // I5
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("a")
		f.Item("b")
		plain := f.Connect("DEPENDS_ON", "a", "b", nil)
		require.Equal(t, &domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactFull}, plain.Link)
		require.Equal(t, "a", plain.Changes[0].From.Key)
		require.Equal(t, "b", plain.Changes[0].To.Key)
		f.Connect("DEPENDS_ON", "a", "b", apptest.Values{"kind": "HOSTED_ON"})
		f.Connect("DEPENDS_ON", "a", "b", apptest.Values{"redundancyGroup": "db", "minimum": 2})
		changed := f.Connect("DEPENDS_ON", "a", "b", apptest.Values{"redundancyGroup": "db", "impact": "DEGRADED"})
		require.Equal(t, &domain.Dependency{Kind: domain.Uses, Impact: domain.ImpactDegraded, RedundancyGroup: apptest.Some("db"), Minimum: apptest.Some(2)},
			changed.Link, "what is not given stays")
		require.Equal(t, domain.ChangeUpdated, changed.Changes[0].Type)

		_, err := f.Records.Disconnect(f.Ctx, "DEPENDS_ON", apptest.Key("a"), apptest.Key("b"), apptest.Values{"kind": "USES"}, nil)
		require.Contains(t, apptest.Refused(t, err, domain.Invalid, "input").Message, "2 DEPENDS_ON run")
		gone, err := f.Records.Disconnect(f.Ctx, "DEPENDS_ON", apptest.Key("a"), apptest.Key("b"), apptest.Values{"redundancyGroup": "db"}, nil)
		require.NoError(t, err)
		require.Equal(t, changed.Link, gone.Link)
		_, err = f.Records.Disconnect(f.Ctx, "DEPENDS_ON", apptest.Key("a"), apptest.Key("b"), apptest.Values{"kind": "HOSTED_ON"}, nil)
		require.NoError(t, err)
		_, err = f.Records.Disconnect(f.Ctx, "DEPENDS_ON", apptest.Key("a"), apptest.Key("b"), nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Disconnect(f.Ctx, "DEPENDS_ON", apptest.Key("a"), apptest.Key("b"), nil, nil)
		apptest.Refused(t, err, domain.NotFound, "input")
	})
}

func TestAnItemCannotDependOnItself(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.Item("a")
	_, err := f.Records.Connect(f.Ctx, "DEPENDS_ON", apptest.Key("a"), apptest.Key("a"), nil, nil)
	require.Equal(t, "an item cannot depend on itself", apptest.Refused(t, err, domain.Invalid, "input.to").Message)
}

func TestDependenciesMayRunInACircle(t *testing.T) { // C2
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.Item("a")
	f.Item("b")
	f.Connect("DEPENDS_ON", "a", "b", nil)
	f.Connect("DEPENDS_ON", "b", "a", nil)
}

func TestAllThatIsWrongWithALinkIsToldAtOnce(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	_, err := f.Records.Connect(f.Ctx, "DEPENDS_ON", apptest.Key("x"), apptest.Key("y"), apptest.Values{"impact": "BAD", "colour": 1}, nil)
	var all domain.Errors
	require.ErrorAs(t, err, &all)
	var fields []string
	for _, e := range all {
		fields = append(fields, e.Field)
	}
	require.Equal(t, []string{"input.from", "input.to", "input.colour", "input.impact"}, fields)
}

func TestASiteIsPartOfOneOtherAtATime(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Site("paris")
		f.Site("france")
		f.Site("emea")
		f.Connect("PART_OF", "paris", "france", nil)
		moved := f.Connect("PART_OF", "paris", "emea", nil)
		require.Len(t, moved.Changes, 2)
		require.Equal(t, domain.ChangeRemoved, moved.Changes[0].Type)
		require.Equal(t, "france", moved.Changes[0].To.Key)
		require.Equal(t, domain.ChangeCreated, moved.Changes[1].Type)
		head := f.Head()
		require.Empty(t, f.Connect("PART_OF", "paris", "emea", nil).Changes)
		require.Equal(t, head, f.Head())

		paris, err := f.Records.Record(f.Ctx, apptest.SiteKind, apptest.Key("paris"), nil)
		require.NoError(t, err)
		parent, err := f.Records.RelatedOne(f.Ctx, paris, records.Via{Rel: "PART_OF"}, nil)
		require.NoError(t, err)
		require.Equal(t, "emea", parent.(*domain.Site).Key)
		none, err := f.Records.RelatedOne(f.Ctx, parent, records.Via{Rel: "PART_OF"}, nil)
		require.NoError(t, err)
		require.Nil(t, none)
	})
}

func TestSitesStayATree(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Site("a")
		f.Site("b")
		f.Site("c")
		f.Connect("PART_OF", "a", "b", nil)
		f.Connect("PART_OF", "b", "c", nil)
		_, err := f.Records.Connect(f.Ctx, "PART_OF", apptest.Key("c"), apptest.Key("a"), nil, nil)
		e := apptest.Refused(t, err, domain.RuleViolation, "input.to")
		require.Equal(t, "PART_OF tree", e.Rule)
		require.Contains(t, e.Message, "c → a → b → c")
		f.Connect("SITE_NEEDS", "a", "b", nil)
		f.Connect("SITE_NEEDS", "b", "a", nil)
	})
}

func TestTwoMovesAtTheSameTimeCannotCloseACircle(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Site("a")
		f.Site("b")
		f.Store.BeforeNext(func() { f.Connect("PART_OF", "b", "a", nil) })
		_, err := f.Records.Connect(f.Ctx, "PART_OF", apptest.Key("a"), apptest.Key("b"), nil, nil)
		require.Equal(t, "PART_OF tree", apptest.Refused(t, err, domain.RuleViolation, "input.to").Rule)
	})
}

func TestWhatOthersPointAtIsWithdrawnAndNotRemoved(t *testing.T) { // C3
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		db := f.Item("db")
		for _, k := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
			f.Item(k)
			f.Connect("DEPENDS_ON", k, "db", nil)
		}
		_, err := f.Records.Create(f.Ctx, domain.KindReleaseUnit, apptest.Values{"key": "unit", "name": "Unit"}, nil)
		require.NoError(t, err)
		f.Connect("GROUPS", "unit", "db", nil)

		_, err = f.Records.Remove(f.Ctx, apptest.ItemKind, apptest.Key("db"), nil, nil)
		e := apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		require.Equal(t, "C3", e.Rule)
		require.Equal(t, int64(13), e.Details["count"])
		require.Len(t, e.Details["usedBy"], 10)
		require.Contains(t, e.Message, "and 3 more; withdraw it")

		w, err := f.Configuration.WithdrawConfigurationItem(f.Ctx, apptest.Key("db"), apptest.Some(1), nil)
		require.NoError(t, err)
		require.Equal(t, domain.ItemWithdrawn, w.Record.(*domain.ConfigurationItem).Status)
		require.Len(t, w.StillUsedBy, 13)
		require.Equal(t, "DEPENDS_ON", w.StillUsedBy[0].Relationship)
		require.Equal(t, "a", w.StillUsedBy[0].Record.(*domain.ConfigurationItem).Key)
		require.Equal(t, "unit", w.StillUsedBy[12].Record.(*domain.ReleaseUnit).Key)
		stored, err := f.Records.Record(f.Ctx, apptest.ItemKind, domain.Ref{ID: &db.ID}, nil)
		require.NoError(t, err)
		require.Equal(t, w.Record, stored)

		_, err = f.Records.Remove(f.Ctx, apptest.ItemKind, apptest.Key("a"), nil, nil)
		require.NoError(t, err, "what leads away goes with the item")
	})
}
