package calendar_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/calendar"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// told words what does not go together with a request, and when it could be instead.
func told(ctx context.Context, t *testing.T, f *apptest.Fixture, r *domain.ChangeRequest) (list []string) {
	t.Helper()
	found, err := f.Calendar.ChangeConflicts(ctx, r, nil, nil)
	require.NoError(t, err)
	for _, c := range found.Nodes {
		list = append(list, fmt.Sprint(c.Kind, c.Overlap, sidesOf(c)))
		for _, slot := range apptest.Must(c.FreeSlots(ctx, 2)) {
			list = append(list, fmt.Sprint(*slot))
		}
		for _, i := range apptest.Must(c.Items(ctx)) {
			list = append(list, i.Key)
		}
		for _, l := range apptest.Must(c.Chain(ctx)) {
			list = append(list, apptest.Must(l.From(ctx)).Key, apptest.Must(l.To(ctx)).Key)
		}
	}
	return append(list, fmt.Sprint(found.TotalCount))
}

func sidesOf(c *calendar.ScheduleConflict) (keys []string) {
	for _, side := range c.Between() {
		keys = append(keys, side.(entity.Record).Meta().Key)
	}
	return keys
}

// page returns all requests, as of a moment, as they were read together.
func page(ctx context.Context, f *apptest.Fixture, asOf *domain.AsOf) (list []*domain.ChangeRequest) {
	var ids []string
	for _, i := range apptest.Must(f.Records.Records(ctx, domain.KindChangeRequest, listing.List{})).Items {
		ids = append(ids, entity.Meta(i.Record).ID)
	}
	for _, r := range apptest.Must(f.Records.RecordsByID(ctx, ids, asOf)) {
		list = append(list, r.(*domain.ChangeRequest))
	}
	return list
}

func TestConflictsOfAPageAreThoseOfEachRequest_H6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.EstateOfChanges()
		lines := []string{`{"node":"Freeze","key":"night","name":"Night","recurrence":"FREQ=DAILY","startsAt":"2026-03-01T20:00:00","duration":"PT4H","timeZone":"UTC","everywhere":true}`}
		for i, item := range []string{"db", "shop", "mail", "app", "db", "mail", "shop", "db", "app", "mail"} {
			day, hour := 3+i*i%7, i*5%20
			lines = append(lines,
				fmt.Sprintf(`{"node":"ChangeRequest","key":"C%d","name":"C","type":"NORMAL","priority":"LOW","status":"AUTHORISED","assignee":"ann","plannedFrom":"2026-03-%02dT%02d:00:00Z","plannedTo":"2026-03-%02dT%02d:00:00Z"}`, i, day, hour, day, hour+3),
				fmt.Sprintf(`{"edge":"AFFECTS","from":"ChangeRequest:C%d","to":"ConfigurationItem:%s"}`, i, item))
		}
		f.Brings(lines...)
		then := f.Head()
		asOf := &domain.AsOf{Revision: &then}
		f.Brings(`{"node":"ChangeRequest","key":"C1","name":"C","type":"NORMAL","priority":"LOW","status":"AUTHORISED","assignee":"ann","plannedFrom":"2026-03-07T00:00:00Z","plannedTo":"2026-03-07T23:00:00Z"}`)
		conflicts := 0
		for _, at := range []*domain.AsOf{nil, asOf} {
			together := f.WithLoads(t.Context())
			for _, r := range page(together, f, at) {
				alone := f.WithLoads(t.Context())
				again := apptest.Must(f.Records.Record(alone, domain.KindChangeRequest, apptest.Key(r.Key), at)).(*domain.ChangeRequest)
				require.Equal(t, told(alone, t, f, again), told(together, t, f, r), r.Key)
				conflicts += len(told(together, t, f, r)) - 1
			}
		}
		require.Greater(t, conflicts, 10)
	})
}
