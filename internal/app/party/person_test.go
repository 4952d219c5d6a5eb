package party_test

import (
	"fmt"
	"testing"

	"releasegraph/internal/app/acting"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/token"
	"releasegraph/internal/domain"
)

func TestAPersonLeadsToThePartyWhoseKeyIsTheirNameHoweverEitherIsWritten(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(
			`{"node":"Party","key":"Ann","name":"Ann","type":"PERSON"}`,
			`{"node":"Party","key":"bob","name":"Bob's","type":"TEAM"}`,
			`{"node":"Board","key":"cab","name":"CAB","members":["ａnn","bob","cid"],"quorum":1}`,
		)
		parties := func(asOf *domain.AsOf) (list []string) {
			ctx := f.WithLoads(f.Ctx)
			found, err := f.Records.Record(ctx, domain.KindBoard, apptest.Key("cab"), asOf)
			require.NoError(t, err)
			before := f.Store.Calls.Load()
			for _, p := range found.(*domain.Board).MemberPersons() {
				party, err := f.Parties.PartyOf(ctx, p)
				require.NoError(t, err)
				if party != nil {
					list = append(list, party.Key)
				}
			}
			if asOf == nil {
				require.LessOrEqual(t, f.Store.Calls.Load()-before, int64(2), "one look-up for all, and once how keys are written")
			}
			return list
		}
		require.Equal(t, []string{"Ann"}, parties(nil))
		head, err := f.App.Head(f.Ctx)
		require.NoError(t, err)
		f.Brings(`{"node":"Party","key":"CID","name":"Cid","type":"PERSON"}`)
		require.Equal(t, []string{"Ann", "CID"}, parties(nil))
		require.Equal(t, []string{"Ann"}, parties(&domain.AsOf{Revision: &head}), "as it was then")
	})
}

// Whoever is narrowed to some kinds of record is told the name alone.
func TestAPartyThatMayNotBeSeenIsNotFound(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.Brings(`{"node":"Party","key":"ann","name":"Ann","type":"PERSON"}`)
	for kinds, wanted := range map[string]bool{domain.KindParty: true, domain.KindTask: false} {
		ctx := acting.WithActor(f.Ctx, domain.Actor{Name: "x", Roles: []domain.Role{domain.Admin}, Kinds: []string{kinds}})
		party, err := f.Parties.PartyOf(ctx, domain.PersonOf(nil, "ann"))
		require.NoError(t, err)
		require.Equal(t, wanted, party != nil, kinds)
	}
}

func TestThePersonIsTheCallerAsWhereDutiesAreSeparate(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	for name, me := range map[string]bool{"ann": true, "ANN": true, "ａnn": true, "аnn": true, "anne": false, "": false} {
		require.Equal(t, me, token.IsCaller(apptest.As(f, "Ann"), domain.PersonOf(nil, name)), fmt.Sprintf("%q", name))
	}
}
