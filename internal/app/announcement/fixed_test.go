package announcement_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
)

// planned plans R-1 at nights by the clocks of its sites, and returns the deployment.
func planned(f *apptest.Fixture) string {
	f.T.Helper()
	f.Brings(shop...)
	f.Brings(
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:lyo","version":"1.0.0","activeVersion":"1.0.0"}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:nyc","version":"1.0.0","activeVersion":"1.0.0"}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:rom","version":"1.1.0","activeVersion":"1.1.0"}`,
		`{"node":"MaintenanceWindow","key":"w-l","name":"w-l","startsAt":"2026-01-01T02:00","duration":"PT2H","timeZone":"Europe/Paris","recurrence":"FREQ=DAILY"}`,
		`{"edge":"WINDOW_AT","from":"MaintenanceWindow:w-l","to":"Site:lyo"}`,
	)
	from := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	made, err := f.Planning.PlanDeployment(f.WithLoads(f.Ctx), planning.Plan{Release: apptest.Key("R-1"), NotBefore: &from}, nil)
	require.NoError(f.T, err)
	require.NotNil(f.T, made.Deployment, "%v", made.Violations)
	return made.Deployment.Key
}

func accept(f *apptest.Fixture, deployment string) {
	f.T.Helper()
	_, err := f.Planning.AcceptDeploymentPlan(f.WithLoads(f.Ctx), planning.Accept{Deployment: apptest.Key(deployment)}, nil)
	require.NoError(f.T, err)
}

// Once a plan is accepted all are told who have not been: a site its own hours, by its
// clock, others when the release comes. Where nothing is done nobody is told.
func TestAPlanThatIsAcceptedDraftsWhatItsSitesAreTold_R14(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		deployment := planned(f)
		require.Empty(t, told(f), "a proposal announces nothing")
		accept(f, deployment)
		require.Equal(t, []string{
			"SUPPORT en EMAIL PLAN DRAFT: desk", "CUSTOMERS de EMAIL PLAN DRAFT: acme", "USERS en EVENT PLAN DRAFT: branches",
			"SITE fr EMAIL PLAN DRAFT: lyo", "SITE en EVENT PLAN DRAFT: nyc",
		}, told(f))
		require.Contains(t, one(f, domain.ToSite, domain.AnnouncementDraft, "lyo").Text, "du samedi 21 mars 2026 02:00 CET au samedi 21 mars 2026 03:00 CET")
		require.Contains(t, one(f, domain.ToCustomers, domain.AnnouncementDraft, "").Text, "20. März 2026")
	})
}

// A site that heard of the whole calendar is told its hours once they are fixed, and
// again when the plan is given up; others hear nothing twice.
func TestASiteIsToldItsHoursAndThatTheyHoldNoMore_R14(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		deployment := planned(f)
		require.NoError(t, draft(f, false))
		for _, a := range all(f) {
			require.NoError(t, send(f, a))
		}
		accept(f, deployment)
		require.Equal(t, []string{"SITE fr EMAIL CHANGE DRAFT: lyo", "SITE en EVENT CHANGE DRAFT: nyc"}, told(f, domain.AnnouncementDraft))
		require.NoError(t, send(f, one(f, domain.ToSite, domain.AnnouncementDraft, "lyo")))
		_, err := f.Running.AbortDeployment(f.Ctx, running.DeploymentVerb{Deployment: apptest.Key(deployment), Reason: apptest.Some("the kit is to be built again")}, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"SITE fr EMAIL CHANGE DRAFT: lyo"}, told(f, domain.AnnouncementDraft))
		require.Contains(t, one(f, domain.ToSite, domain.AnnouncementDraft, "lyo").Text, "du vendredi 20 mars 2026 01:00 CET")
	})
}
