package planner_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/planner"
)

// wrong lists the fields that an input is refused for.
func wrong(t testing.TB, in *rollout.Input) (fields []string) {
	_, err := planner.Make(t.Context(), in)
	require.Error(t, err)
	for _, e := range domain.ErrorsOf(err) {
		require.NotEmpty(t, e.Message)
		fields = append(fields, e.Field)
	}
	return fields
}

func TestWhatAPersonGotWrongIsToldAtOnce(t *testing.T) {
	in := example(t, "5")
	in.Limits = rollout.Limits{SitesPerWave: pointer(0), UsersPerWave: pointer(-1), CriticalityPerWave: pointer(0)}
	in.Parties = []rollout.Party{{Key: "desk", SitesPerDay: pointer(0), Zone: "Nowhere/City"}}
	in.Sites[0].Zone, in.Sites[0].ServiceHours = "", "Mo-Fr 08:00-18:00"
	in.Sites[1].ServiceHours = "when we like"
	in.Question.Sites = []rollout.SiteNo{1, 2, 1}
	in.Releases[0].Status = domain.ReleaseBuilding
	in.FinishBy, in.Soak = pointer(in.Now.Add(-time.Hour)), -time.Hour
	in.Activation, in.ActivateAt = domain.Scheduled, pointer(in.Now.Add(-time.Minute))
	in.Windows = []rollout.Opening{{Key: "w"}}
	require.ElementsMatch(t, []string{
		"release", "activateAt", "finishBy", "soak", "limits.sitesPerWave", "limits.usersPerWave", "limits.criticalityPerWave",
		"parties.desk.sitesPerDay", "parties.desk.timeZone", "sites.2", "sites.a.timeZone", "sites.b.serviceHours", "windows.w.from",
	}, wrong(t, in))
}

func TestWhatARequiredReleaseIsNotCannotBeRolledOut_P9(t *testing.T) {
	in := example(t, "11")
	for i := range in.Releases {
		if in.Releases[i].Key == "REL-0" {
			in.Releases[i].Status = domain.ReleasePlanned
		}
	}
	require.Equal(t, []string{"release"}, wrong(t, in))
	in = example(t, "11")
	in.Releases[1-in.Release].Requires = []rollout.ReleaseNo{in.Release}
	require.Equal(t, []string{"release"}, wrong(t, in), "releases that require each other")
}

func TestAVersionFromWhichNothingLeadsIsRefused_P2(t *testing.T) {
	in := example(t, "11")
	in.Releases[in.Release].Requires = nil
	_, err := planner.Make(t.Context(), in)
	require.ErrorContains(t, err, `from [1.5.0] only, and a has "1.0.0"`)
}

func TestAListThatLeavesOutWhatItNeedsIsRefusedWithTheChain_P2(t *testing.T) {
	in := example(t, "1")
	in.Question.Sites = []rollout.SiteNo{0} // a
	_, err := planner.Make(t.Context(), in)
	require.ErrorContains(t, err, "leaves out c, and a waits for it: app > api > db")
	in.Question.Sites = []rollout.SiteNo{2} // c, on which a depends
	require.Equal(t, "c", waves(plan(t, in).Plan))
	in = example(t, "2")
	in.Question.Sites = []rollout.SiteNo{2}
	_, err = planner.Make(t.Context(), in)
	require.ErrorContains(t, err, "must get the release in the same wave")
}

func TestAnItemThatIsAddedNowhereIsRefused_P2(t *testing.T) {
	in := example(t, "5")
	in.Items = append(in.Items, rollout.Item{Key: "new", Status: domain.ItemPlanned})
	r := &in.Releases[in.Release]
	r.Changes = append(r.Changes, rollout.Change{Item: rollout.ItemNo(len(in.Items) - 1), Action: domain.AddItem, ToVersion: "1.0.0"})
	_, err := planner.Make(t.Context(), in)
	require.ErrorContains(t, err, "adds new nowhere")
}

func TestAWindowShorterThanTheWorkIsAContradiction_P7(t *testing.T) {
	in := example(t, "9")
	in.WorkDuration = 4 * time.Hour
	made := plan(t, in)
	require.Nil(t, made.Plan)
	require.Len(t, made.Contradiction.Constraints, 1)
	require.Equal(t, "P7", made.Contradiction.Constraints[0].Rule)
	require.Contains(t, made.Contradiction.Text, "at no time in five years")
}

// A site is bound by the windows of all that it gets, whichever release brings it first.
func TestAWindowBindsEveryReleaseOfItsSite_P7_P9(t *testing.T) {
	in := example(t, "9",
		`{"node":"ConfigurationItem","key":"fax","name":"fax","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:fax","to":"Site:a","version":"1.0.0","activeVersion":"1.0.0"}`,
		`{"node":"Release","key":"REL-0","name":"REL-0","releaseVersion":"1.5.0","type":"MINOR","category":"DELTA","status":"ACCEPTED"}`,
		`{"edge":"CHANGES","from":"Release:REL-0","to":"ConfigurationItem:fax","action":"MODIFY","toVersion":"1.5.0","coexists":true}`,
		`{"edge":"REQUIRES","from":"Release:REL-1","to":"Release:REL-0"}`)
	app := rollout.ItemNo(slices.IndexFunc(in.Items, func(i rollout.Item) bool { return i.Key == "app" }))
	in.Windows[0].Sites, in.Windows[0].Services = nil, []rollout.ItemNo{app}
	in.Limits.UsersPerWave, in.WorkDuration = pointer(150), 4*time.Hour // the window is three hours long
	require.Equal(t, []string{"P7 Site:a"}, constraintNames(plan(t, in)))
}

func TestACalendarWithoutAnOpeningInFiveYearsIsAContradiction_P7(t *testing.T) {
	in := example(t, "9")
	from, to := in.Now.AddDate(-1, 0, 0), in.Now.AddDate(9, 0, 0)
	in.Freezes = []rollout.Opening{{Key: "always", Everywhere: true, Spec: calendar.Spec{From: &from, To: &to}}}
	made := plan(t, in)
	require.Equal(t, []string{"P7 Freeze:always"}, constraintNames(made))
}

func TestASiteThatIsLargerThanALimitIsAContradiction_P6(t *testing.T) {
	in := example(t, "5")
	in.Limits.UsersPerWave = pointer(59)
	require.Equal(t, []string{"P6 limit:usersPerWave"}, constraintNames(plan(t, in)))
}

func constraintNames(made *planner.Made) (names []string) {
	for _, c := range made.Contradiction.Constraints {
		name := c.Rule
		for _, r := range c.Records {
			name += " " + r
		}
		names = append(names, name)
	}
	return names
}

func TestAnInputThatDoesNotFitTogetherIsNobodysFault(t *testing.T) {
	for _, change := range []func(*rollout.Input){
		func(in *rollout.Input) { in.Installed = append(in.Installed, in.Installed[0]) },
		func(in *rollout.Input) { in.Installed[0].Item = 99 },
		func(in *rollout.Input) { in.Needs = []rollout.SiteLink{{From: 7}} },
		func(in *rollout.Input) { in.Sites = append(in.Sites, in.Sites[0]) },
	} {
		in := example(t, "5")
		change(in)
		_, err := planner.Make(t.Context(), in)
		var refused *domain.Error
		require.Error(t, err)
		require.False(t, errors.As(err, &refused))
	}
}
