package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

func (f *fixture) party(k, typ string) *domain.Party {
	f.t.Helper()
	w, err := f.Create(f.ctx, domain.KindParty, values{"key": k, "name": "Party " + k, "type": typ}, nil)
	require.NoError(f.t, err)
	return w.Record.(*domain.Party)
}

func TestAPartyHasATypeAContactRoleNamesAndATimeZone(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		w, err := f.Create(f.ctx, domain.KindParty, values{
			"key": "desk", "name": "Service desk", "type": "TEAM", "contact": "4444",
			"roleNames": []any{"service desk", "support manager"}, "timeZone": "Europe/Warsaw",
		}, nil)
		require.NoError(t, err)
		got, err := f.Record(f.ctx, domain.KindParty, key("desk"), nil)
		require.NoError(t, err)
		require.Equal(t, w.Record, got)
		require.Equal(t, []string{"service desk", "support manager"}, got.(*domain.Party).RoleNames)

		_, err = f.Create(f.ctx, domain.KindParty, values{"key": "x", "name": "X", "timeZone": "Mars", "roleNames": []any{"a", " "}}, nil)
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
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("db", values{"class": "DATABASE"})
		f.party("data", "TEAM")
		f.party("mira", "PERSON")
		for _, rel := range []string{"OWNED_BY", "SUPPORTED_BY", "SUPPLIED_BY"} {
			f.connect(rel, "db", "data", nil)
			f.connect(rel, "db", "mira", nil)
		}
		p, err := f.Records(f.ctx, domain.KindConfigurationItem, app.List{Filter: values{"ownedBy": values{"some": values{"type": values{"eq": "PERSON"}}}}})
		require.NoError(t, err)
		require.Equal(t, []string{"db"}, keysOf(p))
	})
}

func TestOnlyAServiceServesCustomers_SERVES(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("shop")
		f.item("db", values{"class": "DATABASE"})
		f.party("shoppers", "CUSTOMER")
		_, err := f.Connect(f.ctx, "SERVES", key("db"), key("shoppers"), nil, nil)
		e := refused(t, err, domain.RuleViolation, "input.from")
		require.Equal(t, "SERVES", e.Rule)
		require.Equal(t, `only an item of class SERVICE serves customers, and "db" is of class DATABASE`, e.Message)
		f.connect("SERVES", "shop", "shoppers", nil)

		class := func(k, class string) error {
			_, err := f.Update(f.ctx, domain.KindConfigurationItem, key(k), values{"class": class}, nil, nil)
			return err
		}
		e = refused(t, class("shop", "APPLICATION"), domain.RuleViolation, "input.patch.class")
		require.Equal(t, "SERVES", e.Rule)
		_, err = f.Disconnect(f.ctx, "SERVES", key("shop"), key("shoppers"), nil, nil)
		require.NoError(t, err)
		require.NoError(t, class("shop", "APPLICATION"))
	})
}

func TestAServiceThatBecomesAnotherThingMeanwhileServesNobody_SERVES(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		shop := f.item("shop")
		f.party("shoppers", "CUSTOMER")
		f.store.beforeNext(func() {
			_, err := f.store.Store.Commit(f.ctx, store.Changeset{
				Actor: "another", At: shop.CreatedAt, Ops: []store.Op{store.UpdateNode{ID: store.ID(shop.ID), Set: store.Props{"class": "DATABASE"}}},
			})
			require.NoError(t, err)
		})
		_, err := f.Connect(f.ctx, "SERVES", key("shop"), key("shoppers"), nil, nil)
		refused(t, err, domain.RuleViolation, "input.from")

		desk := f.item("desk")
		shoppers, err := f.Record(f.ctx, domain.KindParty, key("shoppers"), nil)
		require.NoError(t, err)
		f.store.beforeNext(func() {
			_, err := f.store.Store.Commit(f.ctx, store.Changeset{Actor: "another", At: desk.CreatedAt, Ops: []store.Op{
				store.PutEdge{EdgeKey: store.EdgeKey{Rel: "SERVES", From: store.ID(desk.ID), To: store.ID(shoppers.(*domain.Party).ID)}},
			}})
			require.NoError(t, err)
		})
		_, err = f.Update(f.ctx, domain.KindConfigurationItem, key("desk"), values{"class": "APPLICATION"}, nil, nil)
		refused(t, err, domain.RuleViolation, "input.patch.class")
	})
}

func TestLinesThatMakeAnotherThingServeAreRefused_SERVES(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("db", values{"class": "DATABASE"})
		f.item("shop")
		f.party("shoppers", "CUSTOMER")
		f.connect("SERVES", "shop", "shoppers", nil)
		got, err := f.ImportLines(f.ctx, app.ImportLinesInput{Overwrite: true, Lines: []string{
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
