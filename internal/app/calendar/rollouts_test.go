package calendar_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/app/registered"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
)

// rolledOut is an estate in which a release changes pay at two sites with the same nights
// and at one with others, by the request C-own.
var rolledOut = []string{
	`{"node":"Site","key":"lyo","name":"Lyon","timeZone":"Europe/Paris"}`, `{"node":"Site","key":"par","name":"Paris","timeZone":"Europe/Paris"}`,
	`{"node":"Site","key":"nyc","name":"New York","timeZone":"America/New_York"}`,
	`{"node":"ConfigurationItem","key":"pay","name":"pay","class":"APPLICATION"}`, `{"node":"ConfigurationItem","key":"shop","name":"Shop","class":"SERVICE"}`,
	`{"edge":"DEPENDS_ON","from":"ConfigurationItem:shop","to":"ConfigurationItem:pay","kind":"USES","impact":"FULL"}`,
	`{"node":"MaintenanceWindow","key":"cet","name":"cet","startsAt":"2026-01-01T02:00","duration":"PT2H","timeZone":"Europe/Paris","recurrence":"FREQ=DAILY"}`,
	`{"node":"MaintenanceWindow","key":"est","name":"est","startsAt":"2026-01-01T02:00","duration":"PT2H","timeZone":"America/New_York","recurrence":"FREQ=DAILY"}`,
	`{"edge":"WINDOW_AT","from":"MaintenanceWindow:cet","to":"Site:lyo"}`, `{"edge":"WINDOW_AT","from":"MaintenanceWindow:cet","to":"Site:par"}`,
	`{"edge":"WINDOW_AT","from":"MaintenanceWindow:est","to":"Site:nyc"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:lyo","version":"1.0.0","activeVersion":"1.0.0"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:par","version":"1.0.0","activeVersion":"1.0.0"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:nyc","version":"1.0.0","activeVersion":"1.0.0"}`,
	`{"node":"ChangeRequest","key":"C-own","name":"own","type":"NORMAL","status":"IN_RELEASE","plannedFrom":"2026-03-11T01:30:00Z","plannedTo":"2026-03-11T02:30:00Z"}`,
	`{"edge":"AFFECTS","from":"ChangeRequest:C-own","to":"ConfigurationItem:pay"}`,
	`{"node":"Release","key":"R","name":"R","releaseVersion":"2.0.0","type":"MINOR","category":"DELTA","status":"ACCEPTED"}`,
	`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:pay","action":"MODIFY","toVersion":"2.0.0"}`, `{"edge":"IMPLEMENTS","from":"Release:R","to":"ChangeRequest:C-own"}`,
}

// other is a request that touches what needs pay, in a night of the plan.
var other = []string{
	`{"node":"ChangeRequest","key":"C-other","name":"other","type":"NORMAL","status":"AUTHORISED","plannedFrom":"2026-03-11T01:30:00Z","plannedTo":"2026-03-11T02:30:00Z"}`,
	`{"edge":"AFFECTS","from":"ChangeRequest:C-other","to":"ConfigurationItem:shop"}`,
}

func scheduled(f *apptest.Fixture, site *domain.Ref) (list []string) {
	f.T.Helper()
	plan, err := f.Calendar.ChangeSchedule(f.WithLoads(f.Ctx), apptest.Days(1, 31), site, nil, nil, nil)
	require.NoError(f.T, err)
	rollouts, err := plan.Rollouts.Nodes(10)
	require.NoError(f.T, err)
	for _, r := range rollouts {
		sites, err := r.Sites(f.Ctx, 10)
		require.NoError(f.T, err)
		line := fmt.Sprintf("%s %d %s", r.Deployment.Key, r.Wave.Ordinal, r.Window.From.UTC().Format("02T15:04"))
		for _, s := range sites {
			line += " " + s.Key
		}
		list = append(list, line)
	}
	return list
}

// Roll-outs whose plans are accepted stand in the forward schedule, by the hours of their
// sites, and conflict with what else touches their items; not with the requests that they
// carry out.
func TestRollOutsStandInTheScheduleAndInTheWay_H5_H6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(rolledOut...)
		from := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
		made, err := f.Planning.PlanDeployment(f.WithLoads(f.Ctx), planning.Plan{Release: apptest.Key("R"), NotBefore: &from, WorkDuration: apptest.Some("PT2H")}, nil)
		require.NoError(t, err)
		require.Empty(t, scheduled(f, nil), "a proposal is not planned")
		_, err = f.Planning.AcceptDeploymentPlan(f.WithLoads(f.Ctx), planning.Accept{Deployment: apptest.Key(made.Deployment.Key)}, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"R/deployment-1 1 11T01:00 lyo par", "R/deployment-1 1 11T06:00 nyc"}, scheduled(f, nil))
		require.Equal(t, []string{"R/deployment-1 1 11T06:00 nyc"}, scheduled(f, apptest.Some(apptest.Key("nyc"))))

		f.Brings(other...)
		found, err := f.Calendar.ScheduleConflicts(f.WithLoads(f.Ctx), apptest.Days(1, 31), nil, []domain.ConflictKind{domain.ConflictDirect, domain.ConflictDependency}, nil, nil)
		require.NoError(t, err)
		wave := found.Nodes[1].Between()[0].(*domain.Wave)
		require.Equal(t, []string{"DEPENDENCY C-other C-own", "DEPENDENCY " + wave.Key + " C-other"}, sides(found.Nodes))
		slots, err := found.Nodes[1].FreeSlots(f.WithLoads(f.Ctx), 1)
		require.NoError(t, err)
		require.Len(t, slots, 1, "the request can be moved")

		file, err := f.Feeds.Calendar(f.WithLoads(f.Ctx), nil, nil)
		require.NoError(t, err)
		require.Contains(t, file, "DTSTART;TZID=Europe/Paris:20260311T020000")
		require.Contains(t, file, "LOCATION:Lyon\\, Paris")
		require.Equal(t, 4, strings.Count(file, "BEGIN:VEVENT"))

		_, err = f.Running.AbortDeployment(f.Ctx, running.DeploymentVerb{Deployment: apptest.Key(made.Deployment.Key), Reason: apptest.Some("not now")}, nil)
		require.NoError(t, err)
		require.Empty(t, scheduled(f, nil))
	})
}

// What others are going to roll out stands in the schedule as well.
func TestWhatOthersRollOutIsScheduled_D9(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(rolledOut...)
		_, err := f.Running.RegisterDeployment(f.Ctx, registered.Register{
			Release: apptest.Key("R"), CarriedOutBy: "Supplier", Sites: []domain.Ref{apptest.Key("par")}, Outcome: registered.Planned,
			From: time.Date(2026, 3, 11, 1, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 11, 3, 0, 0, 0, time.UTC), Key: apptest.Some("S"),
		}, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"S 1 11T01:00 par"}, scheduled(f, nil))
		f.Brings(other...)
		found, err := f.Calendar.ScheduleConflicts(f.WithLoads(f.Ctx), apptest.Days(1, 31), apptest.Some(apptest.Key("C-other")), []domain.ConflictKind{domain.ConflictDependency}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"DEPENDENCY C-other C-own", "DEPENDENCY S/wave-1 C-other"}, sides(found.Nodes))
	})
}
