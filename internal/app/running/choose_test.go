package running_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
)

// begins is when the roll-outs of these tests begin, noon the fourth day after.
var (
	begins = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	noon   = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
)

// pulled starts a PULL of ten days.
func pulled(f *apptest.Fixture, more ...string) *play {
	f.T.Helper()
	if len(more) > 0 {
		f.Brings(more...)
	}
	pull, deadline := domain.Pull, begins.Add(10*24*time.Hour)
	return started(f, func(in *planning.Plan) { in.Approach, in.Deadline = &pull, &deadline })
}

// chooses has a site choose, by one who operates some sites.
func (p *play) chooses(sites []string, site string, at time.Time) error {
	ctx := p.f.WithLoads(acting.WithActor(p.f.Ctx, domain.Actor{Name: "olaf", Roles: []domain.Role{domain.SiteOperator}, Sites: sites}))
	_, err := p.f.Running.ChooseSiteTime(ctx, running.ChooseTime{Deployment: apptest.Key(p.key), Site: apptest.Key(site), From: at}, nil)
	return err
}

// Sites of a PULL choose when they take the release: before the deadline, on a day on which
// those who support it take one more.
func TestSitesOfAPullChooseWithinTheDeadline_P1_P13(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p, deadline := pulled(f), begins.Add(10*24*time.Hour)
		f.Lines(
			`{"node":"Party","key":"desk","name":"Desk","type":"TEAM","sitesPerDay":1,"timeZone":"Europe/Paris"}`,
			`{"edge":"SUPPORTED_BY","from":"ConfigurationItem:app","to":"Party:desk"}`,
		)
		ours := []string{"a", "b"}
		require.NoError(t, p.chooses(ours, "a", noon))
		require.Equal(t, []time.Time{noon, noon.Add(time.Hour)}, []time.Time{p.step("a").WindowFrom.UTC(), p.step("a").WindowTo.UTC()})
		require.NotNil(t, p.step("a").ChosenAt)
		apptest.Refused(t, p.chooses(ours, "b", noon.Add(3*time.Hour)), domain.RuleViolation, "input.from")
		require.ErrorContains(t, p.chooses(ours, "b", noon.Add(3*time.Hour)), "would be 2 sites of desk")
		require.NoError(t, p.chooses(ours, "a", noon.Add(2*time.Hour)), "it chooses again, and counts once")
		require.NoError(t, p.chooses(ours, "b", noon.Add(24*time.Hour)))
		require.ErrorContains(t, p.chooses(ours, "b", deadline), "the deadline is")
		require.ErrorContains(t, p.chooses(ours, "b", begins.Add(-time.Hour)), "is past")
		require.Error(t, p.chooses([]string{"c"}, "b", noon.Add(24*time.Hour)), "not the own site")

		p.reports("c", domain.SiteVerified)
		p.passes(11 * 24 * time.Hour)
		require.NotNil(t, p.step("a").OverdueSince, "its time is over")
		require.NotNil(t, p.step("a").RemindedAt, "so is the deadline")
	})
}

// Elsewhere the plan says when.
func TestSitesChooseInAPullAlone_P1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := started(f)
		_, err := f.Running.ChooseSiteTime(f.WithLoads(f.Ctx), running.ChooseTime{Deployment: apptest.Key(p.key), Site: apptest.Key("a"), From: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.deployment")
	})
}

// A chosen hour lies in the maintenance windows of the site and of what it receives, in no
// freeze, and outside of the service hours; the refusal names what stands against it, and
// which hours are left.
func TestAChosenHourKeepsToTheCalendar_P7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := pulled(f)
		f.Lines(
			`{"node":"Site","key":"a","name":"A","region":"emea","ring":"GENERAL","timeZone":"UTC","users":100,"serviceHours":"Mo-Fr 08:00-18:00"}`,
			`{"node":"MaintenanceWindow","key":"w-a","name":"w-a","startsAt":"2026-01-01T10:00","duration":"PT12H","timeZone":"UTC","recurrence":"FREQ=DAILY"}`,
			`{"edge":"WINDOW_AT","from":"MaintenanceWindow:w-a","to":"Site:a"}`,
			`{"node":"MaintenanceWindow","key":"w-app","name":"w-app","startsAt":"2026-01-01T16:00","duration":"PT4H","timeZone":"UTC","recurrence":"FREQ=DAILY","classes":["APPLICATION"]}`,
			`{"node":"Freeze","key":"f","name":"Fair","from":"2026-03-06T00:00:00Z","to":"2026-03-09T00:00:00Z","environments":["LIVE"]}`,
		)
		// The windows leave 16 to 20 o'clock, the service hours the time from 18 on, on Sunday both.
		ours := []string{"a"}
		err := p.chooses(ours, "a", noon.Add(12*time.Hour))
		apptest.Refused(t, err, domain.RuleViolation, "input.from")
		require.ErrorContains(t, err, "lies outside of the maintenance windows w-a")
		require.ErrorContains(t, err, "lies outside of the maintenance windows w-app")
		require.ErrorContains(t, err, "meets the freeze f, from 2026-03-06T00:00:00Z until 2026-03-09T00:00:00Z")
		require.ErrorContains(t, err, "it may begin at 2026-03-01T16:00:00Z, 2026-03-02T18:00:00Z, 2026-03-03T18:00:00Z")
		require.ErrorContains(t, p.chooses(ours, "a", noon.Add(5*time.Hour)), "meets the service hours of a")
		require.ErrorContains(t, p.chooses(ours, "a", noon.Add(7*time.Hour+30*time.Minute)), "w-app", "it ends behind the window")
		require.NoError(t, p.chooses(ours, "a", noon.Add(6*time.Hour)))
		require.NoError(t, p.chooses([]string{"b"}, "b", noon.Add(5*time.Hour)), "another site has no service hours")
	})
}

// A site comes after those on which it depends, whoever chooses first (P4). Those that the
// caller may not see are not named.
func TestAChosenHourKeepsToTheOrder_P4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := pulled(f)
		require.NoError(t, p.chooses([]string{"a", "c"}, "c", noon))
		err := p.chooses([]string{"a", "c"}, "a", noon)
		apptest.Refused(t, err, domain.RuleViolation, "input.from")
		require.ErrorContains(t, err, "comes before the work at c is over, which is to be there first: that is planned until 2026-03-05T13:00:00Z; it may begin at 2026-03-05T13:00:00Z")
		require.NotContains(t, p.chooses([]string{"a"}, "a", noon).Error(), "at c is")
		require.NoError(t, p.chooses([]string{"a"}, "a", noon.Add(time.Hour)))
		require.ErrorContains(t, p.chooses([]string{"a", "c"}, "c", noon.Add(time.Hour)), "and a, which comes after it, begins at 2026-03-05T13:00:00Z")
		require.NoError(t, p.chooses([]string{"c"}, "c", noon.Add(-time.Hour)))
		p.passes(noon.Sub(begins))
		p.reports("c", domain.SiteVerified)
		require.NoError(t, p.chooses([]string{"b"}, "b", noon.Add(time.Hour)), "what it depends on is done")
	})
}

// A policy that forces sites has the hour of one set that let the deadline pass: as in a
// wave the first that windows, freezes, order and supporting parties leave, which is told
// and then gone by. Who is reminded before is told once.
func TestASiteThatLetsTheDeadlinePassIsForced_P1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := pulled(f,
			`{"node":"ReleasePolicy","key":"all","name":"All","status":"IN_FORCE","effectiveFrom":"2026-01-01T00:00:00Z","overdueSites":"FORCE","remindBefore":"P2D"}`,
			`{"node":"MaintenanceWindow","key":"w","name":"w","startsAt":"2026-01-01T22:00","duration":"PT4H","timeZone":"UTC","recurrence":"FREQ=DAILY","everywhere":true}`,
			`{"node":"Freeze","key":"f","name":"Fair","from":"2026-03-11T00:00:00Z","to":"2026-03-12T00:00:00Z","everywhere":true}`,
			`{"node":"Party","key":"desk","name":"Desk","type":"TEAM","sitesPerDay":1}`,
		)
		f.Lines(`{"edge":"SUPPORTED_BY","from":"ConfigurationItem:app","to":"Party:desk"}`)
		deadline := begins.Add(10 * 24 * time.Hour)
		p.reports("c", domain.SiteVerified)
		now := begins
		to := func(at time.Time) { p.passes(at.Sub(now)); now = at }
		to(deadline.Add(-49 * time.Hour))
		require.Nil(t, p.step("a").WarnedAt)
		to(deadline.Add(-47 * time.Hour))
		require.NotNil(t, p.step("a").WarnedAt)
		require.Equal(t, domain.SitePending, p.step("a").Status)
		to(deadline.Add(time.Hour)) // 11 March, 9 o'clock: the freeze is on until midnight
		hours := map[string]time.Time{}
		for _, site := range []string{"a", "b"} {
			s := p.step(site)
			require.NotNil(t, s.ForcedAt, site)
			require.Equal(t, domain.SitePending, s.Status)
			hours[site] = s.WindowFrom.UTC()
		}
		first := time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC)
		require.Equal(t, map[string]time.Time{"a": first, "b": first.Add(24 * time.Hour)}, hours, "the desk takes one a day")
		require.ErrorContains(t, p.chooses([]string{"a"}, "a", first.Add(25*time.Hour)), "the deadline is")
		early := p.reportOf("a", domain.SiteInstalled)
		_, err := f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), early, nil)
		apptest.Refused(t, err, "UNPROVED", "input")
		to(first.Add(10 * time.Minute))
		p.reports("a", domain.SiteVerified)
		to(first.Add(48 * time.Hour))
		require.NotNil(t, p.step("b").OverdueSince, "its hour has gone by")
		require.Equal(t, domain.SitePending, p.step("b").Status)
		require.Equal(t, domain.DeploymentRunning, p.deployment().Status)
		p.reports("b", domain.SiteVerified)
		require.Equal(t, domain.DeploymentVerifying, p.deployment().Status)
	})
}

// A site to which no hour is left fails, and the threshold judges.
func TestASiteWithoutAnHourIsNotForced_P1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := pulled(f, `{"node":"ReleasePolicy","key":"all","name":"All","status":"IN_FORCE","effectiveFrom":"2026-01-01T00:00:00Z","overdueSites":"FORCE"}`)
		p.reports("c", domain.SiteVerified)
		f.Lines(`{"node":"Freeze","key":"f","name":"For good","from":"2026-03-02T00:00:00Z","to":"2029-01-01T00:00:00Z","everywhere":true}`)
		p.passes(11 * 24 * time.Hour)
		require.Equal(t, domain.SiteFailed, p.step("a").Status)
		require.Contains(t, *p.step("a").StatusReason, "no hour is left to it within a year")
		require.Equal(t, domain.DeploymentPaused, p.deployment().Status)
	})
}

// A policy that excuses sites leaves those out that let the deadline pass: the rest is
// enough, and what they have stays as it is.
func TestASiteThatLetsTheDeadlinePassIsExcused_P1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p := pulled(f, `{"node":"ReleasePolicy","key":"all","name":"All","status":"IN_FORCE","effectiveFrom":"2026-01-01T00:00:00Z","overdueSites":"EXCUSE"}`)
		p.reports("c", domain.SiteVerified)
		p.passes(24 * time.Hour)
		p.reports("a", domain.SiteVerified)
		p.passes(11 * 24 * time.Hour)
		require.Equal(t, domain.SiteSkipped, p.step("b").Status)
		require.Equal(t, "it did not take the release before the deadline", *p.step("b").StatusReason)
		require.Equal(t, domain.DeploymentVerifying, p.deployment().Status)
		require.Equal(t, "app 1.0.0/1.0.0", p.installed("b"))
		late := p.reportOf("b", domain.SiteVerified)
		out, err := f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), late, nil)
		require.NoError(t, err)
		require.NotNil(t, out.Report.Finding, "what it does after all is known, and looked at")
	})
}
