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

// Sites of a PULL choose when they take the release: before the deadline, on a day on which
// those who support it take one more.
func TestSitesOfAPullChooseWithinTheDeadline_P1_P13(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		begins := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
		deadline := begins.Add(10 * 24 * time.Hour)
		pull := domain.Pull
		p := started(f, func(in *planning.Plan) { in.Approach, in.Deadline = &pull, &deadline })
		f.Lines(
			`{"node":"Party","key":"desk","name":"Desk","type":"TEAM","sitesPerDay":1,"timeZone":"Europe/Paris"}`,
			`{"edge":"SUPPORTED_BY","from":"ConfigurationItem:app","to":"Party:desk"}`,
		)
		noon := begins.Truncate(24 * time.Hour).Add(4*24*time.Hour + 12*time.Hour)
		chooses := func(sites []string, site string, at time.Time) error {
			ctx := f.WithLoads(acting.WithActor(f.Ctx, domain.Actor{Name: "olaf", Roles: []domain.Role{domain.SiteOperator}, Sites: sites}))
			_, err := f.Running.ChooseSiteTime(ctx, running.ChooseTime{Deployment: apptest.Key(p.key), Site: apptest.Key(site), From: at}, nil)
			return err
		}
		ours := []string{"a", "b"}
		require.NoError(t, chooses(ours, "a", noon))
		require.Equal(t, []time.Time{noon, noon.Add(time.Hour)}, []time.Time{p.step("a").WindowFrom.UTC(), p.step("a").WindowTo.UTC()})
		apptest.Refused(t, chooses(ours, "b", noon.Add(3*time.Hour)), domain.RuleViolation, "input.from")
		require.ErrorContains(t, chooses(ours, "b", noon.Add(3*time.Hour)), "would be 2 sites of desk")
		require.NoError(t, chooses(ours, "a", noon.Add(2*time.Hour)), "it chooses again, and counts once")
		require.NoError(t, chooses(ours, "b", noon.Add(24*time.Hour)))
		require.ErrorContains(t, chooses(ours, "b", deadline), "the deadline is")
		require.ErrorContains(t, chooses(ours, "b", begins.Add(-time.Hour)), "is past")
		require.Error(t, chooses([]string{"c"}, "b", noon.Add(24*time.Hour)), "not the own site")

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
