package calendar_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
)

// booking brings the booking of an environment for March 2026, from a day to another.
func booking(key, place, from, to, more string) []string {
	return []string{
		`{"node":"EnvironmentBooking","key":"` + key + `","name":"` + key + `","startsAt":"2026-03-` + from + `T00:00:00Z","endsAt":"2026-03-` + to + `T00:00:00Z","bookedBy":"tom","bookedAt":"2026-02-01T00:00:00Z"` + more + `}`,
		`{"edge":"BOOKS","from":"EnvironmentBooking:` + key + `","to":"TestEnvironment:` + place + `"}`,
		`{"edge":"BOOKED_FOR","from":"EnvironmentBooking:` + key + `","to":"Release:R"}`,
	}
}

// A test environment that is booked is in the way of planned work on what stands in it,
// of bookings of others with the same item, and of freezes (H6, R12).
func TestBookingsOfTestEnvironmentsConflict_H6_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(
			`{"node":"ConfigurationItem","key":"pay-test","name":"p","class":"PROGRAM","environment":"ACCEPTANCE"}`,
			`{"node":"ConfigurationItem","key":"db-test","name":"d","class":"DATABASE","environment":"ACCEPTANCE"}`,
			`{"node":"ConfigurationItem","key":"host-test","name":"h","class":"SERVER","environment":"ACCEPTANCE"}`,
			`{"edge":"DEPENDS_ON","from":"ConfigurationItem:db-test","to":"ConfigurationItem:host-test","kind":"HOSTED_ON","impact":"FULL"}`,
			`{"node":"TestEnvironment","key":"acc-1","name":"a"}`, `{"node":"TestEnvironment","key":"acc-2","name":"a"}`,
			`{"edge":"COMPRISES","from":"TestEnvironment:acc-1","to":"ConfigurationItem:pay-test"}`,
			`{"edge":"COMPRISES","from":"TestEnvironment:acc-1","to":"ConfigurationItem:db-test"}`,
			`{"edge":"COMPRISES","from":"TestEnvironment:acc-2","to":"ConfigurationItem:pay-test"}`,
			`{"node":"Release","key":"R","name":"R","releaseVersion":"1.0.0","type":"MINOR","category":"DELTA"}`,
			`{"node":"ChangeRequest","key":"C-host","name":"C","type":"NORMAL","status":"AUTHORISED","requester":"rita","plannedFrom":"2026-03-11T00:00:00Z","plannedTo":"2026-03-12T00:00:00Z"}`,
			`{"edge":"AFFECTS","from":"ChangeRequest:C-host","to":"ConfigurationItem:host-test"}`,
			`{"node":"ChangeRequest","key":"C-pay","name":"C","type":"NORMAL","status":"AUTHORISED","requester":"rita","plannedFrom":"2026-03-18T00:00:00Z","plannedTo":"2026-03-19T00:00:00Z"}`,
			`{"edge":"AFFECTS","from":"ChangeRequest:C-pay","to":"ConfigurationItem:pay-test"}`,
			`{"node":"Freeze","key":"close","name":"close","from":"2026-03-14T00:00:00Z","to":"2026-03-15T00:00:00Z","environments":["ACCEPTANCE"]}`,
			`{"node":"MaintenanceWindow","key":"nights","name":"nights","from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z","everywhere":true}`,
		)
		f.Brings(booking("B-1", "acc-1", "10", "20", "")...)
		f.Brings(booking("B-2", "acc-2", "17", "19", "")...)
		f.Brings(booking("B-3", "acc-2", "12", "16", `,"cancelledAt":"2026-02-02T00:00:00Z","cancelledBy":"tom"`)...)
		kinds := []domain.ConflictKind{domain.ConflictDirect, domain.ConflictDependency, domain.ConflictFreeze}
		found, err := f.Calendar.ScheduleConflicts(f.Ctx, apptest.Days(1, 31), nil, kinds, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{
			"DEPENDENCY B-1 C-host", "DIRECT B-1 B-2", "DIRECT B-1 C-pay", "DIRECT B-2 C-pay", "FREEZE B-1 close",
		}, sides(found.Nodes))
		items, err := found.Nodes[2].Items(f.Ctx)
		require.NoError(t, err)
		require.Equal(t, "pay-test", items[0].Key)
		chain, err := found.Nodes[0].Chain(f.Ctx)
		require.NoError(t, err)
		require.Len(t, chain, 1)
		slots, err := found.Nodes[2].FreeSlots(f.Ctx, 3)
		require.NoError(t, err)
		require.Empty(t, slots, "bookings are moved by who booked")
		slots, err = found.Nodes[3].FreeSlots(f.WithLoads(f.Ctx), 1)
		require.NoError(t, err)
		require.Empty(t, slots, "there is no window but the one of the first of March")

		of, err := f.Calendar.ScheduleConflicts(f.Ctx, apptest.Days(1, 31), apptest.Some(apptest.Key("C-pay")), kinds, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"DIRECT B-1 C-pay", "DIRECT B-2 C-pay"}, sides(of.Nodes))
		outside, err := f.Calendar.ScheduleConflicts(f.Ctx, apptest.Days(1, 31), nil, []domain.ConflictKind{domain.ConflictOutside}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"OUTSIDE_WINDOW C-host nights", "OUTSIDE_WINDOW C-pay nights"}, sides(outside.Nodes), "tests need no window")

		plan, err := f.Calendar.ChangeSchedule(f.Ctx, apptest.Days(1, 31), nil, apptest.Some(apptest.Key("db-test")), nil, nil)
		require.NoError(t, err)
		require.Equal(t, []int{1, 1}, []int{plan.TotalCount, plan.Bookings.TotalCount()})
		plan, err = f.Calendar.ChangeSchedule(f.Ctx, apptest.Days(1, 31), nil, nil, nil, nil)
		require.NoError(t, err)
		bookings, err := plan.Bookings.Nodes(1)
		require.NoError(t, err)
		require.Equal(t, []any{"B-1", 2, 2}, []any{bookings[0].Key, plan.Bookings.TotalCount(), plan.TotalCount}, "what was given up before it began keeps nothing")

		file, err := f.Feeds.Calendar(f.Ctx, nil, nil)
		require.NoError(t, err)
		require.Equal(t, 2, strings.Count(file, "Booked by tom"))
		require.Contains(t, file, "DTSTART:20260310T000000Z\r\nDTEND:20260320T000000Z\r\nSUMMARY:B-1: B-1")
		file, err = f.Feeds.Calendar(f.Ctx, nil, apptest.Some(apptest.Key("db-test")))
		require.NoError(t, err)
		require.Equal(t, 1, strings.Count(file, "Booked by tom"))
	})
}
