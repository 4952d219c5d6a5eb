package planning_test

import (
	"context"
	_ "embed"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/domain"
)

//go:embed testdata/examples.ndjson
var examples string

// linesOf are the lines of the base and of an example: a node with a key of the base
// replaces that one.
func linesOf(number int) (lines []string) {
	parts := strings.Split(examples, "\n# ")
	for _, part := range []string{parts[0], parts[number]} {
		for _, line := range strings.Split(part, "\n") {
			if strings.HasPrefix(line, "{") {
				lines = append(lines, line)
			}
		}
	}
	last := map[string]int{}
	for i, line := range lines {
		last[headOf(line)] = i
	}
	kept := lines[:0:0]
	for i, line := range lines {
		if !strings.HasPrefix(line, `{"node"`) || last[headOf(line)] == i {
			kept = append(kept, line)
		}
	}
	return kept
}

// headOf is the kind and the key of a node.
func headOf(line string) string {
	head, _, _ := strings.Cut(line, `,"name"`)
	return head
}

// told is a plan as a reader looks at it.
type told struct {
	f *apptest.Fixture
	*planning.Planned
	waves []string // "b:REL-1 a:REL-1", in the order of their hours
	hours map[string]string
	why   map[string][]string // codes by site and release
}

func (t *told) wave(ctx context.Context, w *domain.Wave) {
	sites, err := t.f.Planning.Sites(ctx, w)
	require.NoError(t.f.T, err)
	var names []string
	for _, s := range sites {
		_, name, _ := strings.Cut(s.Key, t.Deployment.Key+"/")
		names = append(names, name)
		t.hours[name] = s.WindowFrom.UTC().Format("01-02T15:04") + " " + s.WindowTo.UTC().Format("01-02T15:04")
		reasons, err := t.f.Planning.Reasons(ctx, s)
		require.NoError(t.f.T, err)
		for _, r := range reasons {
			text := r.Code
			if len(r.Chain) > 0 {
				text += " " + chainOf(r.Chain)
			}
			t.why[name] = append(t.why[name], text)
		}
	}
	t.waves = append(t.waves, strings.Join(names, " "))
}

func chainOf(chain []*planning.Link) string {
	keys := []string{chain[0].From.Meta().Key}
	for _, l := range chain {
		keys = append(keys, l.To.Meta().Key)
	}
	return strings.Join(keys, ">")
}

// example plans the roll-out of an example.
func example(f *apptest.Fixture, number int, more func(*planning.Plan)) *told {
	f.Brings(linesOf(number)...)
	in := planning.Plan{Release: apptest.Key("REL-1"), Approach: apptest.Some(domain.Phased)}
	if more != nil {
		more(&in)
	}
	return tell(f, in)
}

func instant(text string) *time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return &t
}

func tell(f *apptest.Fixture, in planning.Plan) *told {
	f.T.Helper()
	planned, err := f.Planning.PlanDeployment(f.WithLoads(f.Ctx), in, nil)
	require.NoError(f.T, err)
	t := &told{f: f, Planned: planned, hours: map[string]string{}, why: map[string][]string{}}
	if planned.Deployment == nil {
		return t
	}
	ctx := f.WithLoads(f.Ctx)
	d, err := f.Records.Record(ctx, domain.KindDeployment, apptest.Key(planned.Deployment.Key), nil)
	require.NoError(f.T, err)
	t.read(ctx, d.(*domain.Deployment))
	return t
}

func (t *told) read(ctx context.Context, d *domain.Deployment) {
	waves, err := t.f.Rollouts.Waves(ctx, d)
	require.NoError(t.f.T, err)
	for _, w := range waves {
		t.wave(ctx, w)
	}
}

func TestDependenciesComeBeforeTheirDependents_P4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 1, nil)
		require.Equal(t, []string{"c", "a"}, got.waves)
		require.Contains(t, got.why["a"], "P4.AFTER app>api>db")
		require.Equal(t, 2, *got.Deployment.LowerBound)
		require.True(t, got.Deployment.Proved)
	})
}

func TestWhatDoesNotCoexistSharesAWave_P4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 2, nil)
		require.Equal(t, []string{"c a"}, got.waves)
		require.Contains(t, got.why["a"], "P4.TOGETHER app>api>db")
		require.Equal(t, domain.Phased, got.Deployment.Approach)
	})
}

func TestACycleOfSitesSharesAWave_P4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 3, nil)
		require.Len(t, got.waves, 1)
		require.Contains(t, strings.Join(got.why["a"], " "), "P4.CYCLE")
		b := f.Read(domain.KindSiteRollout, got.Deployment.Key+"/b").(*domain.SiteRollout)
		items, err := f.Planning.Install(f.WithLoads(f.Ctx), b)
		require.NoError(t, err)
		require.Equal(t, []string{"db", "job"}, []string{items[0].Key, items[1].Key})
	})
}

func TestWhatAPilotNeedsIsMovedForward_P5(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 4, nil)
		require.Equal(t, []string{"b", "a", "c"}, got.waves)
		require.Contains(t, got.why["b"], "P5.GAVE_WAY app>api>db")
		require.Contains(t, got.why["c"], "P5.AFTER_PILOTS")
	})
}

func TestLimitsCutWaves_P6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 5, func(in *planning.Plan) {
			in.Limits = &domain.RolloutLimits{SitesPerWave: apptest.Some(3), UsersPerWave: apptest.Some(100)}
		})
		require.Equal(t, []string{"a", "b", "c"}, got.waves)
		require.Contains(t, got.why["b"], "P6.FULL")
		require.True(t, got.Deployment.Proved)
	})
}

func TestSitesThatStandInForEachOtherAreNeverInOneWave_P13(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 6, nil)
		require.Equal(t, []string{"a c", "b"}, got.waves)
		require.Contains(t, strings.Join(got.why["b"], " "), "P13.PAIR")
	})
}

func TestASiteComesAfterThoseThatItNeeds_P4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 7, nil)
		require.Equal(t, []string{"c", "a"}, got.waves)
		require.Contains(t, got.why["a"], "P4.NEEDS_SITE a>b>c")
	})
}

func TestEachSiteFollowsItsOwnNight_P7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 8, func(in *planning.Plan) {
			in.NotBefore, in.WorkDuration = instant("2027-03-27T23:00:00Z"), apptest.Some("PT1H")
		})
		require.Len(t, got.waves, 1)
		require.Equal(t, "03-28T01:30 03-28T02:30", got.hours["a"])
		require.Equal(t, "03-28T06:30 03-28T07:30", got.hours["d"])
		require.Contains(t, got.why["a"], "P7.WINDOW")
	})
}

func TestSoakAndFreezesMoveTheHour_P7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 9, func(in *planning.Plan) {
			in.NotBefore, in.WorkDuration, in.Soak = instant("2027-01-28T12:00:00Z"), apptest.Some("PT2H"), apptest.Some("PT24H")
		})
		require.Equal(t, "01-29T00:00 01-29T02:00", got.hours["b"])
		require.Equal(t, "02-03T00:00 02-03T02:00", got.hours["a"])
		require.Contains(t, got.why["a"], "P7.FREEZE")
	})
}

func TestWhereNoPlanHoldsASmallestContradictionIsTold_P8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 10, func(in *planning.Plan) {
			in.NotBefore, in.WorkDuration, in.Soak = instant("2027-02-20T00:00:00Z"), apptest.Some("PT1H"), apptest.Some("PT72H")
			in.Activation, in.ActivateAt = apptest.Some(domain.Scheduled), instant("2027-02-25T00:00:00Z")
		})
		require.Nil(t, got.Deployment)
		var set []string
		for _, c := range got.Contradiction {
			set = append(set, c.Rule+" "+strings.Join(c.Records, " "))
		}
		require.ElementsMatch(t, []string{"P4 Site:a Site:c", "P7 Site:a", "P7 soak", "P8 activateAt"}, set)
		require.Equal(t, f.Head(), got.Revision)
		require.Empty(t, got.Changes)
	})
}

func TestWhatIsRequiredComesInAnEarlierWave_P9(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 11, nil)
		require.Equal(t, []string{"a/REL-0 b", "a"}, got.waves)
		require.Contains(t, got.why["a/REL-0"], "P9.FIRST")
		require.Contains(t, got.why["a"], "P9.AFTER")
	})
}

func TestWhereNothingCoexistsAllIsOneWave_P6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		got := example(f, 12, func(in *planning.Plan) { in.Limits = &domain.RolloutLimits{SitesPerWave: apptest.Some(3)} })
		require.Equal(t, []string{"c a b"}, got.waves)
		require.Equal(t, domain.BigBang, got.Deployment.Approach)
		got = tell(f, planning.Plan{Release: apptest.Key("REL-1"), Approach: apptest.Some(domain.Phased), Limits: &domain.RolloutLimits{SitesPerWave: apptest.Some(2)}})
		require.Nil(t, got.Deployment)
		require.Len(t, got.Contradiction, 2)
	})
}

// A build that goes on by itself passes the environments of the policy first, each with
// its gate, and then the sites as any other.
func TestAContinuousRollOutPassesTheEnvironmentsFirst_P1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(`{"node":"ReleasePolicy","key":"P","name":"P","status":"IN_FORCE","policyVersion":1,
			"promotionPath":[{"environment":"DEVELOPMENT","shows":[]},{"environment":"ACCEPTANCE","shows":["FUNCTIONAL","PERFORMANCE"]},{"environment":"LIVE","shows":[]}]}`)
		got := example(f, 1, func(in *planning.Plan) { in.Approach = apptest.Some(domain.Continuous) })
		require.Equal(t, []string{"c", "a"}, got.waves)
		require.Equal(t, domain.Continuous, got.Deployment.Approach)
		require.Equal(t, []domain.PathStep{
			{Environment: domain.Development, Shows: []domain.TestKind{}}, {Environment: domain.Acceptance, Shows: []domain.TestKind{domain.FunctionalTest}},
		}, got.Deployment.PathSteps())
		require.Empty(t, tell(f, planning.Plan{Release: apptest.Key("REL-1"), Approach: apptest.Some(domain.Phased)}).Deployment.PathSteps())
	})
}
