package planning_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/domain"
)

// A plan is a proposal until it is accepted; what was accepted is fixed.
func TestAPlanIsAProposalUntilItIsAccepted_P11(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		in := func(more *planning.Plan) { more.NotBefore = instant("2027-01-10T00:00:00Z") }
		first, second := example(f, 1, in), example(f, 1, in)
		require.Equal(t, "REL-1/deployment-1", first.Deployment.Key)
		require.Equal(t, "REL-1/deployment-2", second.Deployment.Key)
		accept := func(key string) (*domain.Deployment, error) {
			w, err := f.Planning.AcceptDeploymentPlan(f.WithLoads(f.Ctx), planning.Accept{Deployment: apptest.Key(key)}, nil)
			if err != nil {
				return nil, err
			}
			return w.Record.(*domain.Deployment), nil
		}
		d, err := accept(first.Deployment.Key)
		require.NoError(t, err)
		require.Equal(t, domain.DeploymentPlanned, d.Status)
		require.NotNil(t, d.AcceptedAt)
		_, err = accept(second.Deployment.Key)
		require.ErrorContains(t, err, "REL-1 is rolled out by REL-1/deployment-1 already")
		_, err = f.Planning.PlanDeployment(f.WithLoads(f.Ctx), planning.Plan{Release: apptest.Key("REL-1"), Deployment: apptest.Some(apptest.Key(first.Deployment.Key))}, nil)
		require.ErrorContains(t, err, "was accepted, and is fixed")
		_, err = f.Planning.AcceptDeploymentPlan(f.As("dora", domain.DeploymentManager), planning.Accept{Deployment: apptest.Key(second.Deployment.Key)}, nil)
		apptest.Refused(t, err, domain.Forbidden, "")
	})
}

// A plan under which the estate has moved is stale: it says what moved, and is not
// accepted.
func TestAPlanUnderWhichTheEstateMovedIsStale_P11(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 1, func(in *planning.Plan) { in.NotBefore = instant("2027-01-10T00:00:00Z") })
		stale := func() string {
			d := f.Read(domain.KindDeployment, got.Deployment.Key).(*domain.Deployment)
			list, err := f.Planning.StaleBecause(f.WithLoads(f.Ctx), d)
			require.NoError(t, err)
			return strings.Join(list, "; ")
		}
		require.Empty(t, stale())
		f.Brings(`{"node":"Site","key":"c","name":"C","description":"by the sea"}`)
		require.Empty(t, stale(), "what bears on no rule moves nothing")
		f.Brings(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:b","version":"1.0.0","activeVersion":"1.0.0"}`)
		require.Contains(t, stale(), "b would come in wave 1")
		_, err := f.Planning.AcceptDeploymentPlan(f.WithLoads(f.Ctx), planning.Accept{Deployment: apptest.Key(got.Deployment.Key)}, nil)
		require.ErrorContains(t, err, "is stale, plan it anew: b would come in wave 1")
		again := tell(f, planning.Plan{Release: apptest.Key("REL-1"), Deployment: apptest.Some(apptest.Key(got.Deployment.Key)), NotBefore: instant("2027-01-10T00:00:00Z")})
		require.Equal(t, got.Deployment.Key, again.Deployment.Key)
		require.Equal(t, []string{"b c", "a"}, again.waves)
		require.Empty(t, stale())
		f.Brings(`{"node":"Release","key":"REL-1","name":"REL-1","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"CANCELLED"}`)
		require.NotEmpty(t, stale())
	})
}

// What is wrong with a question is told at once, by its fields.
func TestAWrongQuestionIsRefusedWhole_P6_P7_P8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(linesOf(1)...)
		_, err := f.Planning.PlanDeployment(f.WithLoads(f.Ctx), planning.Plan{
			Release: apptest.Key("REL-1"), Limits: &domain.RolloutLimits{SitesPerWave: apptest.Some(0)}, WorkDuration: apptest.Some("PT0S"),
			Activation: apptest.Some(domain.Scheduled), SuccessThreshold: apptest.Some(101),
		}, nil)
		var fields []string
		for _, e := range apptest.DomainErrors(err) {
			fields = append(fields, e.Field)
		}
		require.ElementsMatch(t, []string{"input.limits.sitesPerWave", "input.workDuration", "input.activateAt", "input.successThreshold"}, fields)
		_, err = f.Planning.PlanDeployment(f.WithLoads(f.Ctx), planning.Plan{Release: apptest.Key("REL-1"), Sites: []domain.Ref{apptest.Key("nowhere")}, Soak: apptest.Some("soon")}, nil)
		require.Len(t, apptest.DomainErrors(err), 2)
		_, err = f.Planning.PlanDeployment(f.WithLoads(f.Ctx), planning.Plan{Release: apptest.Key("REL-1"), Sites: []domain.Ref{apptest.Key("a"), apptest.Key("a")}}, nil)
		require.ErrorContains(t, err, "a second time")
		f.Brings(`{"node":"Release","key":"REL-1","name":"REL-1","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"BUILDING"}`)
		_, err = f.Planning.PlanDeployment(f.WithLoads(f.Ctx), planning.Plan{Release: apptest.Key("REL-1")}, nil)
		require.ErrorContains(t, err, "ACCEPTED")
		_, err = f.Planning.PlanDeployment(f.As("vera", domain.Viewer), planning.Plan{Release: apptest.Key("REL-1")}, nil)
		apptest.Refused(t, err, domain.Forbidden, "")
	})
}

// A plan that is only tried is there to look at, and is not kept.
func TestAPlanThatIsTriedIsShownWhole_P10(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(linesOf(1)...)
		before, ctx := f.Head(), f.WithLoads(f.Ctx)
		planned, err := f.Planning.PlanDeployment(ctx, planning.Plan{Release: apptest.Key("REL-1")}, &domain.WriteOptions{DryRun: apptest.Some(true)})
		require.NoError(t, err)
		require.True(t, planned.DryRun)
		got := &told{f: f, Planned: planned, hours: map[string]string{}, why: map[string][]string{}}
		got.read(ctx, planned.Deployment)
		require.Equal(t, []string{"c", "a"}, got.waves)
		require.Contains(t, got.why["a"], "P4.AFTER app>api>db")
		require.Equal(t, before, f.Head())
		require.Nil(t, f.Read(domain.KindDeployment, planned.Deployment.Key))
	})
}

// What still holds of the plan that was announced stays, in another proposal, too.
func TestWhatStillHoldsStays_P11(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		in := planning.Plan{Release: apptest.Key("REL-1"), NotBefore: instant("2027-01-10T00:00:00Z"), Limits: &domain.RolloutLimits{SitesPerWave: apptest.Some(2)}}
		f.Brings(linesOf(6)...)
		first := tell(f, in)
		require.Equal(t, []string{"a c", "b"}, first.waves)
		f.Brings(`{"node":"Site","key":"0","name":"0","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":9}`,
			`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:0","version":"1.0.0","activeVersion":"1.0.0"}`)
		in.KeepStable = apptest.Some(true)
		kept := tell(f, in)
		require.Equal(t, []string{"a c", "0 b"}, kept.waves)
		require.Contains(t, kept.why["a"], "P11.KEPT")
		in.KeepStable, in.IfVersion = nil, apptest.Some(1)
		_, err := f.Planning.PlanDeployment(f.WithLoads(f.Ctx), in, nil)
		require.ErrorContains(t, err, "name that by deployment")
		in.IfVersion, in.Deployment, in.Key = nil, apptest.Some(apptest.Key(first.Deployment.Key)), apptest.Some("other")
		_, err = f.Planning.PlanDeployment(f.WithLoads(f.Ctx), in, nil)
		require.ErrorContains(t, err, "has its key already")
	})
}

// The length of the work rests on past roll-outs of the same items, and says on how many.
func TestTheLengthOfTheWorkSaysWhatItRestsOn_P7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(linesOf(1)...)
		f.Brings(`{"node":"Release","key":"REL-0","name":"REL-0","releaseVersion":"1.0.0","type":"MAJOR","category":"DELTA","status":"CLOSED"}`,
			`{"edge":"CHANGES","from":"Release:REL-0","to":"ConfigurationItem:db","action":"MODIFY","fromVersion":"0.9.0","toVersion":"1.0.0"}`,
			`{"node":"Deployment","key":"D","name":"D","status":"CLOSED","startedAt":"2026-01-03T00:00:00Z","endedAt":"2026-01-24T00:00:00Z"}`,
			`{"edge":"DEPLOYS","from":"Deployment:D","to":"Release:REL-0"}`,
			`{"node":"Wave","key":"D-1","name":"D-1","ordinal":1,"status":"SUCCEEDED"}`, `{"edge":"HAS_WAVE","from":"Deployment:D","to":"Wave:D-1"}`)
		for i, took := range []string{"20:20", "20:30", "22:00"} {
			key, site := fmt.Sprintf("D-%d", i), "abc"[i:i+1]
			f.Brings(`{"node":"SiteRollout","key":"`+key+`","name":"`+key+`","status":"VERIFIED","windowFrom":"2026-01-03T20:00:00Z","windowTo":"2026-01-03T22:00:00Z",`+
				`"installedAt":"2026-01-03T20:10:00Z","verifiedAt":"2026-01-03T`+took+`:00Z"}`,
				`{"edge":"TARGETS","from":"Wave:D-1","to":"SiteRollout:`+key+`"}`, `{"edge":"TARGETS","from":"SiteRollout:`+key+`","to":"Site:`+site+`"}`,
				`{"edge":"RECEIVES","from":"SiteRollout:`+key+`","to":"ConfigurationItem:db","action":"MODIFY","fromVersion":"0.9.0","toVersion":"1.0.0"}`)
		}
		got := tell(f, planning.Plan{Release: apptest.Key("REL-1"), NotBefore: instant("2027-01-10T00:00:00Z")})
		c := f.Read(domain.KindSiteRollout, got.Deployment.Key+"/c").(*domain.SiteRollout)
		require.Equal(t, []any{3, "PT30M", "PT2H"}, []any{*c.PastRollouts, *c.PastMedian, *c.PastP90})
		require.Equal(t, "01-10T00:00 01-10T02:00", got.hours["c"])
		a := f.Read(domain.KindSiteRollout, got.Deployment.Key+"/a").(*domain.SiteRollout)
		require.Equal(t, 0, *a.PastRollouts)
		require.Nil(t, a.PastP90)
	})
}
