package overview_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/overview"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/domain"
)

// estate is an application at two sites that need the database of a third one.
func estate() []string {
	return []string{
		`{"node":"Site","key":"a","name":"A","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":100}`,
		`{"node":"Site","key":"b","name":"B","region":"amer","ring":"GENERAL","timeZone":"America/New_York","users":40}`,
		`{"node":"Site","key":"c","name":"C","region":"emea","ring":"PILOT_ALPHA","timeZone":"Europe/Paris","users":7}`,
		`{"node":"ConfigurationItem","key":"app","name":"app","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
		`{"node":"ConfigurationItem","key":"db","name":"db","class":"DATABASE","status":"LIVE","environment":"LIVE"}`,
		`{"edge":"DEPENDS_ON","from":"ConfigurationItem:app","to":"ConfigurationItem:db","kind":"USES","impact":"FULL"}`,
		`{"node":"Release","key":"REL-1","name":"REL-1","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED"}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:b","version":"1.0.0","activeVersion":"1.0.0"}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:c","version":"1.0.0","activeVersion":"1.0.0"}`,
		`{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0","coexists":true}`,
		`{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:db","action":"MODIFY","toVersion":"2.0.0","coexists":true}`,
	}
}

var begins = time.Date(2027, 1, 10, 0, 0, 0, 0, time.UTC)

func plan(f *apptest.Fixture, in planning.Plan) *planning.Planned {
	f.T.Helper()
	in.Release, in.NotBefore, in.WorkDuration = apptest.Key("REL-1"), &begins, apptest.Some("PT1H")
	planned, err := f.Planning.PlanDeployment(f.WithLoads(f.Ctx), in, nil)
	require.NoError(f.T, err)
	require.NotNil(f.T, planned.Deployment)
	return planned
}

func placed(p *overview.Place) string {
	if p == nil {
		return "out"
	}
	return fmt.Sprintf("%d %s", p.Wave, p.Window.From.UTC().Format("15:04"))
}

// Two proposals are compared by their waves, their end, the users at risk, what was
// waived, and the sites that move.
func TestPlansAreCompared_P11(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(estate()...)
		first := plan(f, planning.Plan{})
		second := plan(f, planning.Plan{Limits: &domain.RolloutLimits{SitesPerWave: apptest.Some(1)}})
		third := plan(f, planning.Plan{Limits: &domain.RolloutLimits{SitesPerWave: apptest.Some(1)}})
		_, err := f.Planning.EditDeploymentPlan(f.WithLoads(f.Ctx), planning.EditPlan{
			Deployment: apptest.Key(third.Deployment.Key),
			Edit:       &planning.Edit{Kind: domain.MergeWaves, Wave: apptest.Some(2), Reason: apptest.Some("one crew does both")},
		}, nil)
		require.NoError(t, err)

		got, err := f.Overview.ComparePlans(f.WithLoads(f.Ctx), apptest.Key(first.Deployment.Key), apptest.Key(second.Deployment.Key))
		require.NoError(t, err)
		require.Equal(t, []int{2, 3}, []int{got.From.Waves, got.To.Waves})
		require.Equal(t, []int{3, 3}, []int{got.From.Sites, got.To.Sites})
		require.Equal(t, "02:00 03:00", got.From.Window.To.UTC().Format("15:04 ")+got.To.Window.To.UTC().Format("15:04"))
		require.Equal(t, []string{"1 0 7", "2 7 147"}, points(got.From.Exposure))
		require.Equal(t, []string{"1 0 7", "2 7 107", "3 107 147"}, points(got.To.Exposure))
		require.Empty(t, got.From.Waived)
		moves, err := got.Moves(10)
		require.NoError(t, err)
		require.Equal(t, 1, got.MovedSites())
		require.Equal(t, "b: 2 01:00 > 3 02:00", moves[0].Site.Key+": "+placed(moves[0].From)+" > "+placed(moves[0].To))

		got, err = f.Overview.ComparePlans(f.WithLoads(f.Ctx), apptest.Key(second.Deployment.Key), apptest.Key(third.Deployment.Key))
		require.NoError(t, err)
		require.Len(t, got.To.Waived, 1)
		require.Equal(t, "P6 one crew does both", got.To.Waived[0].Rule+" "+got.To.Waived[0].Reason)
		_, err = f.Overview.ComparePlans(f.WithLoads(f.Ctx), apptest.Key("nothing"), apptest.Key("none"))
		require.Len(t, apptest.DomainErrors(err), 2)
	})
}

func points(list []*overview.Exposure) (texts []string) {
	for _, p := range list {
		texts = append(texts, fmt.Sprintf("%d %d %d", p.Wave, p.Before, p.After))
	}
	return texts
}

// A wave tells whom its failure would hurt: the users of all that depends on what it
// changes; one that hurts more than the policy allows is named.
func TestAWaveTellsWhatItsFailureHurts_P6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(append(estate(), `{"node":"ReleasePolicy","key":"P","name":"P","status":"IN_FORCE","policyVersion":1,"maxWaveUsersAtRisk":140}`,
			`{"edge":"FOLLOWS","from":"Release:REL-1","to":"ReleasePolicy:P"}`)...)
		planned := plan(f, planning.Plan{})
		require.Len(t, planned.Violations, 1)
		require.Equal(t, "if wave 1 fails it hurts 147 users at 3 sites, and the policy allows 140", planned.Violations[0].Text)
		ctx := f.WithLoads(f.Ctx)
		waves, err := f.Rollouts.Waves(ctx, planned.Deployment)
		require.NoError(t, err)
		require.Len(t, waves, 2)
		for i, want := range []overview.Risk{
			{HurtSites: apptest.Some(3), HurtUsers: apptest.Some(147), Users: 7, ReachedAfter: 7, Allowed: apptest.Some(140), Exceeds: true},
			{HurtSites: apptest.Some(2), HurtUsers: apptest.Some(140), Users: 140, ReachedBefore: 7, ReachedAfter: 147, Allowed: apptest.Some(140)},
		} {
			got, err := f.Overview.Risk(ctx, waves[i])
			require.NoError(t, err)
			require.Equal(t, want, *got)
		}
	})
}

// Waves are cut by what their failure may hurt.
func TestWavesAreCutByWhatTheyMayHurt_P6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(append(estate(), `{"node":"ReleasePolicy","key":"P","name":"P","status":"IN_FORCE","policyVersion":1,"maxWaveUsersAtRisk":139}`,
			`{"edge":"FOLLOWS","from":"Release:REL-1","to":"ReleasePolicy:P"}`)...)
		planned, ctx := plan(f, planning.Plan{}), f.WithLoads(f.Ctx)
		waves, err := f.Rollouts.Waves(ctx, planned.Deployment)
		require.NoError(t, err)
		require.Len(t, waves, 3)
		require.Len(t, planned.Violations, 1, "the first wave hurts more, and nothing less can go")
		sites, err := f.Planning.Sites(ctx, waves[2])
		require.NoError(t, err)
		reasons, err := f.Planning.Reasons(ctx, sites[0])
		require.NoError(t, err)
		require.Equal(t, "P6.FULL", reasons[1].Code)
		require.Equal(t, "usersAtRisk 139 100 40", strings.Join([]string{reasons[1].Parameters["limit"], reasons[1].Parameters["value"], reasons[1].Parameters["load"], reasons[1].Parameters["adds"]}, " "))
	})
}

// A plan is drawn: its waves over time, and what each of them waits for.
func TestAPlanIsDrawn_P10(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(estate()...)
		planned, ctx := plan(f, planning.Plan{}), f.WithLoads(f.Ctx)
		d := planned.Deployment
		gantt, err := f.Overview.Gantt(ctx, d)
		require.NoError(t, err)
		require.Contains(t, gantt, "section Wave 2\n  Wave 2 with 2 sites and 140 users : w2, 2027-01-10T01:00:00, 2027-01-10T02:00:00\n  a : active, s1, 2027-01-10T01:00:00, 2027-01-10T02:00:00\n")
		mermaid, err := f.Overview.Mermaid(ctx, d)
		require.NoError(t, err)
		require.Contains(t, mermaid, `n1 -->|"depends on"| n0`)
		require.Contains(t, mermaid, "Wave 1 #40;PILOT#95;ALPHA#41;")
		dot, err := f.Overview.DOT(ctx, d)
		require.NoError(t, err)
		require.Contains(t, dot, `n1 -> n0 [label="depends on"]`)
	})
}

// The calendar tells when releases come to each region; proposals are not in it.
func TestTheReleaseCalendarIsByRegion_P7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(estate()...)
		planned := plan(f, planning.Plan{})
		during := domain.TimeRange{From: begins, To: begins.Add(24 * time.Hour)}
		entries := func(region *string) (list []string) {
			c, err := f.Overview.ReleaseCalendar(f.WithLoads(f.Ctx), during, region)
			require.NoError(t, err)
			for _, e := range c.Entries {
				list = append(list, fmt.Sprintf("%s %s %d %s %d %d", *e.Region, e.Release.Key, e.Wave.Ordinal, e.Window.From.UTC().Format("15:04"), e.Sites, e.Users))
			}
			require.Equal(t, len(list), strings.Count(c.Mermaid(), " : b"))
			return list
		}
		require.Empty(t, entries(nil))
		_, err := f.Planning.AcceptDeploymentPlan(f.WithLoads(f.Ctx), planning.Accept{Deployment: apptest.Key(planned.Deployment.Key)}, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"amer REL-1 2 01:00 1 40", "emea REL-1 1 00:00 1 7", "emea REL-1 2 01:00 1 100"}, entries(nil))
		require.Equal(t, []string{"amer REL-1 2 01:00 1 40"}, entries(apptest.Some("amer")))
		during.To = begins.Add(30 * time.Minute)
		require.Equal(t, []string{"emea REL-1 1 00:00 1 7"}, entries(nil))
		during.To = begins
		_, err = f.Overview.ReleaseCalendar(f.WithLoads(f.Ctx), during, nil)
		require.ErrorContains(t, err, "after from")
	})
}

// Who sees one site alone is told of that one alone.
func TestWhoSeesOneSiteIsToldOfThatAlone_I3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(estate()...)
		key := plan(f, planning.Plan{}).Deployment.Key
		ctx := acting.WithActor(f.WithLoads(f.T.Context()), domain.Actor{Name: "nina", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"b"}})
		got, err := f.Overview.ComparePlans(ctx, apptest.Key(key), apptest.Key(key))
		require.NoError(t, err)
		require.Equal(t, []string{"2 0 40"}, points(got.From.Exposure))
	})
}
