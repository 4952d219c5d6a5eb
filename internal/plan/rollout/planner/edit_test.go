package planner_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/diagram"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/picture"
	"releasegraph/internal/plan/rollout/planner"
)

func edit(t testing.TB, made *planner.Made, e rollout.Edit) *planner.Made {
	after, err := made.Edit(t.Context(), e)
	require.NoError(t, err)
	return after
}

func rules(made *planner.Made) (list []string) {
	for _, v := range made.Violations {
		list = append(list, v.Rule)
	}
	return list
}

// A limit gives way with a reason; an order never does.
func TestAnEditMayBreakALimitWithAReason_P11(t *testing.T) {
	in := example(t, "5")
	in.Limits = rollout.Limits{UsersPerWave: pointer(100)}
	made := plan(t, in)
	refused := edit(t, made, rollout.Edit{Kind: rollout.MoveSite, Site: "b", Wave: 1})
	require.Equal(t, []string{"P6"}, rules(refused))
	require.Equal(t, "a | b | c", waves(refused.Plan), "without a reason nothing changes")

	after := edit(t, made, rollout.Edit{Kind: rollout.MoveSite, Site: "b", Wave: 1, By: "ann", Reason: "both are small"})
	require.Equal(t, "a b | c", waves(after.Plan))
	require.Equal(t, []string{"P6"}, rules(after))
	require.Equal(t, "both are small", after.Plan.Waived[0].Reason)
	require.Equal(t, "a | b | c", waves(made.Plan), "the plan before stays as it was")

	again := edit(t, after, rollout.Edit{Kind: rollout.MergeWaves, Wave: 1, Reason: "all at once"})
	require.Equal(t, "a b c", waves(again.Plan))
	back := edit(t, again, rollout.Edit{Kind: rollout.SplitWave, Wave: 1, Sites: []string{"b", "c"}, Reason: "no"})
	require.Equal(t, "a | b c", waves(back.Plan))
	require.Empty(t, edit(t, back, rollout.Edit{Kind: rollout.SplitWave, Wave: 2, Sites: []string{"c"}}).Violations)
}

func TestAnEditNeverBreaksAnOrderAPairOrAWindow_P11(t *testing.T) {
	made := plan(t, example(t, "1"))
	for _, e := range []rollout.Edit{{Kind: rollout.MoveSite, Site: "a", Wave: 1, Reason: "now"}, {Kind: rollout.MergeWaves, Wave: 1, Reason: "now"}} {
		after := edit(t, made, e)
		require.Equal(t, []string{"P4"}, rules(after))
		require.Contains(t, after.Violations[0].Text, "app > api > db")
		require.Equal(t, "c | a", waves(after.Plan))
	}
	pair := plan(t, example(t, "6"))
	require.Equal(t, []string{"P13"}, rules(edit(t, pair, rollout.Edit{Kind: rollout.MoveSite, Site: "b", Wave: 1, Reason: "now"})))
	group := plan(t, example(t, "2"))
	require.Contains(t, rules(edit(t, group, rollout.Edit{Kind: rollout.MoveSite, Site: "a", Wave: 2, Reason: "later"})), "P4")
	required := plan(t, example(t, "11"))
	require.Equal(t, []string{"P9"}, rules(edit(t, required, rollout.Edit{Kind: rollout.MergeWaves, Wave: 1, Reason: "now"})))

	in := example(t, "9")
	in.NotBefore, in.Soak, in.WorkDuration = pointer(moment("2027-01-28T12:00:00Z")), 24*time.Hour, 2*time.Hour
	frozen := plan(t, in)
	noon := edit(t, frozen, rollout.Edit{Kind: rollout.PinTime, Site: "a", At: pointer(moment("2027-02-04T12:00Z")), Reason: "noon"})
	require.Equal(t, []string{"P7"}, rules(noon))
	night := edit(t, frozen, rollout.Edit{Kind: rollout.PinTime, Site: "a", At: pointer(moment("2027-02-05T00:30Z")), By: "ann", Reason: "a day later"})
	require.Empty(t, night.Violations)
	require.Equal(t, "02-05T00:30 02-05T02:30", window(night, "a", 2))
	require.Contains(t, reasons(t, night, "a"), "P11.WAIVED")
}

func TestAPilotMovesBackWithAReasonOnly_P5(t *testing.T) {
	made := plan(t, example(t, "4"))
	e := rollout.Edit{Kind: rollout.MoveSite, Site: "c", Wave: 2}
	require.Equal(t, []string{"P5"}, rules(edit(t, made, e)))
	e.Reason, e.By = "it is empty that day", "ann"
	require.Equal(t, "b | a c", waves(edit(t, made, e).Plan))
}

func TestASiteIsLeftOutUnlessOthersWaitForIt_P11(t *testing.T) {
	made := plan(t, example(t, "1"))
	require.Equal(t, []string{"P4"}, rules(edit(t, made, rollout.Edit{Kind: rollout.Exclude, Site: "c", Reason: "closed"})))
	after := edit(t, made, rollout.Edit{Kind: rollout.Exclude, Site: "a", By: "ann", Reason: "closed"})
	require.Empty(t, after.Violations)
	require.Equal(t, "c", waves(after.Plan))
	require.Equal(t, []rollout.Exclusion{{Site: "a", By: "ann", Reason: "closed"}}, after.Plan.Excluded)
}

func TestEditsOfTheInputAreMadeInTheirOrder_P11(t *testing.T) {
	in := example(t, "5")
	in.Limits.UsersPerWave = pointer(120)
	in.Edits = []rollout.Edit{{Kind: rollout.MergeWaves, Wave: 1, Reason: "sooner"}, {Kind: rollout.Exclude, Site: "a", Reason: "closed"}}
	made := plan(t, in)
	require.Equal(t, "b c", waves(made.Plan))
	in.Edits[0].Reason = ""
	made = plan(t, in)
	require.Equal(t, "b | c", waves(made.Plan), "the merger was refused: it gave no reason")
	require.Equal(t, []string{"P6"}, rules(made))
}

func TestAnEditThatMakesNoSenseIsAnError_P11(t *testing.T) {
	made := plan(t, example(t, "1"))
	for _, e := range []rollout.Edit{
		{Kind: "TURN"}, {Kind: rollout.MoveSite, Site: "zz", Wave: 1}, {Kind: rollout.MoveSite, Site: "a", Wave: 4}, {Kind: rollout.MergeWaves, Wave: 2},
		{Kind: rollout.SplitWave, Wave: 1, Sites: []string{"a"}}, {Kind: rollout.SplitWave, Wave: 1, Sites: []string{"c"}}, {Kind: rollout.PinTime, Site: "a"},
		{Kind: rollout.Exclude, Site: "a"},
	} {
		_, err := made.Edit(t.Context(), e)
		var wrong *domain.Error
		require.ErrorAs(t, err, &wrong, e)
		require.Equal(t, "P11", wrong.Rule)
	}
}

func TestPlansAreComparedByWavesEndAndUsersAtRisk(t *testing.T) {
	in := example(t, "5")
	in.Limits = rollout.Limits{UsersPerWave: pointer(100)}
	made := plan(t, in)
	merged := edit(t, made, rollout.Edit{Kind: rollout.MergeWaves, Wave: 1, By: "ann", Reason: "sooner"})
	figures := planner.Compare(made.Plan, merged.Plan)
	require.Equal(t, []int{3, 2}, []int{figures[0].Waves, figures[1].Waves})
	require.Equal(t, []rollout.Exposure{
		{Wave: 1, At: made.Plan.Waves[0].Window.To, Before: 0, After: 120}, {Wave: 2, At: made.Plan.Waves[1].Window.To, Before: 120, After: 180},
	}, figures[1].Exposure)
	require.True(t, figures[1].Ends.Before(figures[0].Ends))
	require.Len(t, figures[1].Waived, 1)
}

// A wave that fails hurts what depends on it, wherever that is.
func TestARiskIsWhatDependsOnAWave(t *testing.T) {
	made := plan(t, example(t, "1"))
	risks, err := made.Risk(t.Context())
	require.NoError(t, err)
	// db at c hurts api at b and app at a; app at a hurts nobody else.
	require.Equal(t, []rollout.WaveRisk{
		{Wave: 1, Sites: 1, HurtSites: 3, HurtUsers: 300, ReachedBefore: 0, ReachedAfter: 100},
		{Wave: 2, Sites: 1, HurtSites: 1, HurtUsers: 100, ReachedBefore: 100, ReachedAfter: 200},
	}, risks)
}

// Waves are cut so that the failure of none hurts too many users: each site that several
// hurt counts once, and what hurts too many alone has a wave of its own.
func TestWavesAreCutByWhatTheirFailureHurts_P6(t *testing.T) {
	in := example(t, "5")
	in.MaxUsersAtRisk = pointer(120)
	made := plan(t, in)
	require.Equal(t, "a b | c", waves(made.Plan))
	require.True(t, made.Plan.Proved)
	require.Contains(t, reasons(t, made, "c"), "P6.FULL usersAtRisk")

	// a and b need the database of c: either hurts c's users no more than its own.
	in = example(t, "1", `{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:b","version":"1.0.0","activeVersion":"1.0.0"}`)
	in.MaxUsersAtRisk = pointer(150)
	made = plan(t, in)
	require.Equal(t, "c | a | b", waves(made.Plan), "c hurts 300 users alone, and nothing less can go")
	risks, err := made.Risk(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int{300, 100, 100}, []int{risks[0].HurtUsers, risks[1].HurtUsers, risks[2].HurtUsers})

	in.FinishBy = pointer(in.Now.Add(2 * time.Hour))
	require.Equal(t, "c | a b", waves(plan(t, in).Plan), "no plan holds with it: it gives way")
	in.Approach, in.FinishBy = domain.BigBang, nil
	require.Equal(t, "c a b", waves(plan(t, in).Plan))
}

// Of many sites, too, no wave hurts more than is allowed.
func TestManyWavesAreCutByWhatTheirFailureHurts_P6(t *testing.T) {
	var lines []string
	for i := range 120 {
		lines = append(lines, fmt.Sprintf(`{"node":"Site","key":"s%03d","name":"S","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":%d}`, i, 1+i%50),
			fmt.Sprintf(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:s%03d","version":"1.0.0","activeVersion":"1.0.0"}`, i))
	}
	in := example(t, "5", lines...)
	in.MaxUsersAtRisk = pointer(200)
	made := plan(t, in)
	risks, err := made.Risk(t.Context())
	require.NoError(t, err)
	for _, r := range risks {
		require.LessOrEqual(t, r.HurtUsers, 200)
	}
	require.LessOrEqual(t, len(risks), made.Plan.LowerBound+1)
	for i, s := range made.Plan.Steps {
		if s.Wave > 1 {
			list, err := made.Explain(t.Context(), i)
			require.NoError(t, err)
			require.True(t, slices.ContainsFunc(list, func(r rollout.Reason) bool { return r.Code == rollout.Full }), s.Site)
		}
	}
}

// More waves than are followed at once are told, too.
func TestARiskIsToldOfManyWaves(t *testing.T) {
	var lines []string
	for i := range 150 {
		lines = append(lines, fmt.Sprintf(`{"node":"Site","key":"s%03d","name":"S","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","users":%d}`, i, i+1),
			fmt.Sprintf(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:s%03d","version":"1.0.0","activeVersion":"1.0.0"}`, i))
	}
	in := example(t, "5", lines...)
	in.Limits = rollout.Limits{SitesPerWave: pointer(1)}
	made := plan(t, in)
	require.Len(t, made.Plan.Waves, 153)
	risks, err := made.Risk(t.Context())
	require.NoError(t, err)
	for i, r := range risks {
		require.Equal(t, []int{i + 1, 1, made.Plan.Waves[i].Users}, []int{r.Wave, r.HurtSites, r.HurtUsers})
	}
}

func TestWavesAreDrawnWithWhatTheyWaitFor(t *testing.T) {
	made := plan(t, example(t, "4"))
	links := made.WaveLinks()
	require.Equal(t, [][]int{nil, {1}, {1}}, links)
	d := picture.Waves(made.Plan, links)
	require.Contains(t, diagram.Mermaid(d), "flowchart TB")
	require.Contains(t, diagram.DOT(d), "n2 -> n0")
	gantt := picture.Gantt(made.Plan)
	require.Contains(t, gantt, "gantt\n")
	require.Contains(t, gantt, "section Wave 3")
	require.Contains(t, gantt, "  b : active, s0, 2026-12-01T00:00:00, 2026-12-01T01:00:00\n")
}

// What is left after an edit has a bound, stages and groups of its own.
func TestTheBoundIsOfWhatIsLeft_P11(t *testing.T) {
	made := plan(t, example(t, "4"))
	after := edit(t, made, rollout.Edit{Kind: rollout.Exclude, Site: "a", Reason: "closed"})
	require.Equal(t, "b | c", waves(after.Plan), "they stay where they are, though no pilot needs b any more")
	require.Equal(t, []domain.Ring{domain.General, domain.General}, []domain.Ring{after.Plan.Waves[0].Stage, after.Plan.Waves[1].Stage})
	require.Equal(t, 2, after.Plan.LowerBound)
	require.Equal(t, 2, after.Plan.Search.Groups)

	in := example(t, "5")
	in.Limits.UsersPerWave = pointer(100)
	merged := edit(t, plan(t, in), rollout.Edit{Kind: rollout.MergeWaves, Wave: 1, Reason: "sooner"})
	require.Equal(t, 2, merged.Plan.LowerBound)
	require.False(t, merged.Plan.Proved, "a limit gave way")
}
