package work_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
)

func TestAServiceTellsItsWindowsAndFreezesByWhichItemAndWhenNext(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(
			`{"node":"Site","key":"emea","name":"EMEA"}`, `{"node":"Site","key":"par","name":"Paris","region":"emea"}`, `{"node":"Site","key":"nyc","name":"New York","region":"amer"}`,
			`{"edge":"PART_OF","from":"Site:par","to":"Site:emea"}`,
			`{"node":"ConfigurationItem","key":"shop","name":"Shop","class":"SERVICE"}`, `{"node":"ConfigurationItem","key":"db","name":"Database","class":"DATABASE"}`,
			`{"node":"ConfigurationItem","key":"mail","name":"Mail","class":"APPLICATION"}`,
			`{"edge":"DEPENDS_ON","from":"shop","to":"db"}`,
			`{"edge":"INSTALLED_AT","from":"db","to":"par"}`, `{"edge":"INSTALLED_AT","from":"mail","to":"nyc"}`,
			`{"node":"MaintenanceWindow","key":"w-site","name":"Sundays","startsAt":"2026-01-04T02:00","duration":"PT4H","timeZone":"Europe/Paris","recurrence":"FREQ=WEEKLY"}`,
			`{"edge":"WINDOW_AT","from":"MaintenanceWindow:w-site","to":"Site:emea"}`,
			`{"node":"MaintenanceWindow","key":"w-service","name":"Shop","from":"2025-01-01T00:00:00Z","to":"2025-01-02T00:00:00Z"}`,
			`{"edge":"WINDOW_OF","from":"MaintenanceWindow:w-service","to":"ConfigurationItem:shop"}`,
			`{"node":"MaintenanceWindow","key":"w-else","name":"Elsewhere","from":"2026-05-01T00:00:00Z","to":"2026-05-02T00:00:00Z","regions":["amer"],"classes":["APPLICATION"]}`,
			`{"node":"Freeze","key":"f-region","name":"Region","from":"2026-04-01T00:00:00Z","to":"2026-04-02T00:00:00Z","regions":["emea"]}`,
			`{"node":"Freeze","key":"f-class","name":"Databases","from":"2026-02-01T00:00:00Z","to":"2026-04-02T00:00:00Z","classes":["DATABASE"]}`,
			`{"node":"Freeze","key":"f-all","name":"All","from":"2026-12-20T00:00:00Z","to":"2027-01-02T00:00:00Z","everywhere":true}`,
			`{"node":"Freeze","key":"f-lifted","name":"Lifted","from":"2026-12-20T00:00:00Z","to":"2027-01-02T00:00:00Z","everywhere":true,"liftedAt":"2026-01-02T00:00:00Z"}`,
		)
		v, err := f.Work.ServiceView(f.Ctx, apptest.Key("shop"), nil)
		require.NoError(t, err)
		page, err := v.Openings(f.Ctx, nil, nil)
		require.NoError(t, err)
		var got []string
		for _, o := range page.Nodes {
			item, err := o.Item(f.Ctx)
			require.NoError(t, err)
			next := "not for a year"
			if o.Next != nil {
				next = o.Next.From.UTC().Format("2006-01-02T15:04Z")
			}
			got = append(got, fmt.Sprint(o.Record.Meta().Key, " ", o.Why, " ", item.Key, " ", len(apptest.Must(o.Chain(context.Background()))), " ", next))
		}
		require.Equal(t, []string{
			"w-service SERVICE shop 0 not for a year",
			"w-site SITE db 1 2026-03-08T01:00Z", // this Sunday's is over at eight
			"f-all EVERYWHERE shop 0 2026-12-20T00:00Z",
			"f-class CLASS db 1 2026-02-01T00:00Z",
			"f-region REGION db 1 2026-04-01T00:00Z",
		}, got)
		first, err := v.Openings(f.Ctx, apptest.Some(2), nil)
		require.NoError(t, err)
		require.True(t, first.HasNext)
		rest, err := v.Openings(f.Ctx, apptest.Some(5), &first.Cursors[1])
		require.NoError(t, err)
		require.Len(t, rest.Nodes, 3)
		require.Equal(t, domain.OpeningEverywhere, rest.Nodes[0].Why)
	})
}
