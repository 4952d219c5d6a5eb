package app_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

func TestAPersonLeadsToThePartyWhoseKeyIsTheirNameHoweverEitherIsWritten(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.brings(
			`{"node":"Party","key":"Ann","name":"Ann","type":"PERSON"}`,
			`{"node":"Party","key":"bob","name":"Bob's","type":"TEAM"}`,
			`{"node":"Board","key":"cab","name":"CAB","members":["ａnn","bob","cid"],"quorum":1}`,
		)
		parties := func(asOf *domain.AsOf) (list []string) {
			ctx := f.WithLoads(f.ctx)
			found, err := f.Record(ctx, domain.KindBoard, key("cab"), asOf)
			require.NoError(t, err)
			before := f.store.calls.Load()
			for _, p := range found.(*domain.Board).MemberPersons() {
				party, err := f.PartyOf(ctx, p)
				require.NoError(t, err)
				if party != nil {
					list = append(list, party.Key)
				}
			}
			if asOf == nil {
				require.LessOrEqual(t, f.store.calls.Load()-before, int64(2), "one look-up for all, and once how keys are written")
			}
			return list
		}
		require.Equal(t, []string{"Ann"}, parties(nil))
		head, err := f.Head(f.ctx)
		require.NoError(t, err)
		f.brings(`{"node":"Party","key":"CID","name":"Cid","type":"PERSON"}`)
		require.Equal(t, []string{"Ann", "CID"}, parties(nil))
		require.Equal(t, []string{"Ann"}, parties(&domain.AsOf{Revision: &head}), "as it was then")
	})
}

// Whoever is narrowed to some kinds of record is told the name alone.
func TestAPartyThatMayNotBeSeenIsNotFound(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	f.brings(`{"node":"Party","key":"ann","name":"Ann","type":"PERSON"}`)
	for kinds, wanted := range map[string]bool{domain.KindParty: true, domain.KindTask: false} {
		ctx := app.WithActor(f.ctx, domain.Actor{Name: "x", Roles: []domain.Role{domain.Admin}, Kinds: []string{kinds}})
		party, err := f.PartyOf(ctx, domain.PersonOf(nil, "ann"))
		require.NoError(t, err)
		require.Equal(t, wanted, party != nil, kinds)
	}
}

func TestThePersonIsTheCallerAsWhereDutiesAreSeparate(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	for name, me := range map[string]bool{"ann": true, "ANN": true, "ａnn": true, "аnn": true, "anne": false, "": false} {
		require.Equal(t, me, app.IsCaller(as(f, "Ann"), domain.PersonOf(nil, name)), fmt.Sprintf("%q", name))
	}
}
