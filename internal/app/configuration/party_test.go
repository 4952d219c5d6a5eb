package configuration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

func party(f *apptest.Fixture, k, typ string) *domain.Party {
	f.T.Helper()
	w, err := f.Records.Create(f.Ctx, domain.KindParty, apptest.Values{"key": k, "name": "Party " + k, "type": typ}, nil)
	require.NoError(f.T, err)
	return w.Record.(*domain.Party)
}

func TestAPartyHasATypeAContactRoleNamesAndATimeZone(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		w, err := f.Records.Create(f.Ctx, domain.KindParty, apptest.Values{
			"key": "desk", "name": "Service desk", "type": "TEAM", "contact": "4444",
			"roleNames": []any{"service desk", "support manager"}, "timeZone": "Europe/Warsaw",
		}, nil)
		require.NoError(t, err)
		got, err := f.Records.Record(f.Ctx, domain.KindParty, apptest.Key("desk"), nil)
		require.NoError(t, err)
		require.Equal(t, w.Record, got)
		require.Equal(t, []string{"service desk", "support manager"}, got.(*domain.Party).RoleNames)

		_, err = f.Records.Create(f.Ctx, domain.KindParty, apptest.Values{"key": "x", "name": "X", "timeZone": "Mars", "roleNames": []any{"a", " "}}, nil)
		var all domain.Errors
		require.ErrorAs(t, err, &all)
		var fields []string
		for _, e := range all {
			fields = append(fields, e.Field)
		}
		require.ElementsMatch(t, []string{"input.type", "input.timeZone", "input.roleNames.1"}, fields)
	})
}

func TestAnItemMayHaveSeveralPartiesOfEachSort(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db", apptest.Values{"class": "DATABASE"})
		party(f, "data", "TEAM")
		party(f, "mira", "PERSON")
		for _, rel := range []string{"OWNED_BY", "SUPPORTED_BY", "SUPPLIED_BY"} {
			f.Connect(rel, "db", "data", nil)
			f.Connect(rel, "db", "mira", nil)
		}
		p, err := f.Records.Records(f.Ctx, domain.KindConfigurationItem, listing.List{Filter: apptest.Values{"ownedBy": apptest.Values{"some": apptest.Values{"type": apptest.Values{"eq": "PERSON"}}}}})
		require.NoError(t, err)
		require.Equal(t, []string{"db"}, apptest.KeysOf(p))
	})
}

func TestOnlyAServiceServesCustomers_SERVES(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("shop")
		f.Item("db", apptest.Values{"class": "DATABASE"})
		party(f, "shoppers", "CUSTOMER")
		_, err := f.Records.Connect(f.Ctx, "SERVES", apptest.Key("db"), apptest.Key("shoppers"), nil, nil)
		e := apptest.Refused(t, err, domain.RuleViolation, "input.from")
		require.Equal(t, "SERVES", e.Rule)
		require.Equal(t, `only an item of class SERVICE serves customers, and "db" is of class DATABASE`, e.Message)
		f.Connect("SERVES", "shop", "shoppers", nil)

		class := func(k, class string) error {
			_, err := f.Records.Update(f.Ctx, domain.KindConfigurationItem, apptest.Key(k), apptest.Values{"class": class}, nil, nil)
			return err
		}
		e = apptest.Refused(t, class("shop", "APPLICATION"), domain.RuleViolation, "input.patch.class")
		require.Equal(t, "SERVES", e.Rule)
		_, err = f.Records.Disconnect(f.Ctx, "SERVES", apptest.Key("shop"), apptest.Key("shoppers"), nil, nil)
		require.NoError(t, err)
		require.NoError(t, class("shop", "APPLICATION"))
	})
}

func TestAServiceThatBecomesAnotherThingMeanwhileServesNobody_SERVES(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		shop := f.Item("shop")
		party(f, "shoppers", "CUSTOMER")
		f.Store.BeforeNext(func() {
			_, err := f.Store.Store.Commit(f.Ctx, store.Changeset{
				Actor: "another", At: shop.CreatedAt, Ops: []store.Op{store.UpdateNode{ID: store.ID(shop.ID), Set: store.Props{"class": "DATABASE"}}},
			})
			require.NoError(t, err)
		})
		_, err := f.Records.Connect(f.Ctx, "SERVES", apptest.Key("shop"), apptest.Key("shoppers"), nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.from")

		desk := f.Item("desk")
		shoppers, err := f.Records.Record(f.Ctx, domain.KindParty, apptest.Key("shoppers"), nil)
		require.NoError(t, err)
		f.Store.BeforeNext(func() {
			_, err := f.Store.Store.Commit(f.Ctx, store.Changeset{Actor: "another", At: desk.CreatedAt, Ops: []store.Op{
				store.PutEdge{EdgeKey: store.EdgeKey{Rel: "SERVES", From: store.ID(desk.ID), To: store.ID(shoppers.(*domain.Party).ID)}},
			}})
			require.NoError(t, err)
		})
		_, err = f.Records.Update(f.Ctx, domain.KindConfigurationItem, apptest.Key("desk"), apptest.Values{"class": "APPLICATION"}, nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.patch.class")
	})
}

func TestLinesThatMakeAnotherThingServeAreRefused_SERVES(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db", apptest.Values{"class": "DATABASE"})
		f.Item("shop")
		party(f, "shoppers", "CUSTOMER")
		f.Connect("SERVES", "shop", "shoppers", nil)
		got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Overwrite: true, Lines: []string{
			`{"node":"ConfigurationItem","key":"shop","class":"UTILITY"}`,
			`{"node":"ConfigurationItem","key":"fresh","name":"Fresh","class":"SERVER"}`,
			`{"node":"ConfigurationItem","key":"good","name":"Good","class":"SERVICE"}`,
			`{"edge":"SERVES","from":"db","to":"shoppers"}`,
			`{"edge":"SERVES","from":"fresh","to":"shoppers"}`,
			`{"edge":"SERVES","from":"good","to":"shoppers"}`,
		}}, nil)
		require.NoError(t, err)
		var lines []int
		for _, w := range got.Wrong {
			require.Equal(t, "SERVES", w.Rule)
			lines = append(lines, w.Line)
		}
		require.Equal(t, []int{1, 4, 5}, lines)
	})
}
