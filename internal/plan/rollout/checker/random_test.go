package checker_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/checker"
	"releasegraph/internal/plan/rollout/planner"
	"releasegraph/internal/plan/rollout/rollouttest"
)

// judge plans an input, and holds what comes of it against the rules.
func judge(t *rapid.T, in *rollout.Input) {
	answer, reasons, err := plan(t, in)
	refusals := checker.Refusals(in)
	if err != nil || len(refusals) > 0 {
		require.Error(t, err, "it has to be refused: %v", refusals)
		require.NotEmpty(t, refusals, "it is refused: %v", err)
		return
	}
	require.Empty(t, checker.Check(in, answer, reasons))
}

// Whatever the estate, a plan keeps every rule, gives only true reasons, and a refusal
// names a smallest contradiction. Small plans have the fewest waves, and the earliest
// end.
func TestRandomEstatesAlwaysPass(t *testing.T) {
	for name, size := range map[string]rollouttest.Size{"small": rollouttest.Small, "large": rollouttest.Large} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				in := rollouttest.Draw(t, size)
				judge(t, &in)
			})
		})
	}
}

// The same records in another order give the same plan (P10).
func TestTheOrderOfRecordsChangesNothing_P10(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rollouttest.Draw(t, rollouttest.Small)
		other := rollouttest.Shuffle(t, in)
		one, reasons, err := plan(t, &in)
		two, same, wrong := plan(t, &other)
		require.Equal(t, err == nil, wrong == nil, "%v, %v", err, wrong)
		require.Equal(t, one, two)
		require.Equal(t, reasons, same)
	})
}

// drawPlan draws an estate and its plan, nil where there is none or nothing to do.
func drawPlan(t *rapid.T) (rollout.Input, *planner.Made) {
	in := rollouttest.Draw(t, rollouttest.Small)
	made, err := planner.Make(context.Background(), &in)
	if err != nil || made.Plan == nil || len(made.Plan.Steps) == 0 {
		return in, nil
	}
	return in, made
}

// drawEdit draws a change of a plan by hand.
func drawEdit(t *rapid.T, p *rollout.Plan) rollout.Edit {
	s := p.Steps[rapid.IntRange(0, len(p.Steps)-1).Draw(t, "step")]
	e := rollout.Edit{Kind: rapid.SampledFrom(rollout.EditKinds).Draw(t, "edit"), By: "ann", Reason: rapid.SampledFrom([]string{"she asked", ""}).Draw(t, "reason")}
	switch e.Kind {
	case rollout.MoveSite:
		e.Site, e.Release, e.Wave = s.Site, s.Release, rapid.IntRange(1, len(p.Waves)+1).Draw(t, "wave")
	case rollout.SplitWave:
		e.Wave, e.Sites = s.Wave, []string{s.Site}
	case rollout.MergeWaves:
		e.Wave = s.Wave
	case rollout.PinTime:
		e.Site, e.Release, e.At = s.Site, s.Release, pointer(s.Window.From.Add(time.Duration(rapid.IntRange(-8, 40).Draw(t, "shift"))*30*time.Minute))
	case rollout.Exclude:
		e.Site = s.Site
	}
	return e
}

// An edit breaks nothing but what it waives; what may not be waived leaves the plan as
// it was (P11).
func TestAnEditBreaksOnlyWhatIsWaived_P11(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, made := drawPlan(t)
		if made == nil {
			return
		}
		before := placements(&made.Answer)
		after, err := made.Edit(context.Background(), drawEdit(t, made.Plan))
		if err != nil { // it names no step, no wave or no time
			return
		}
		in.Edits = []rollout.Edit{{}}
		require.Empty(t, checker.Check(&in, &after.Answer, nil))
		for _, v := range after.Violations {
			if v.Waivable {
				require.Contains(t, []string{"P5", "P6"}, v.Rule)
				continue
			}
			require.Equal(t, before, placements(&after.Answer), "%v", v)
		}
		for _, w := range after.Plan.Waived {
			require.NotEmpty(t, w.Reason)
		}
	})
}

// announce makes what was announced of a plan.
func announce(p *rollout.Plan) (list []rollout.Announced) {
	for _, s := range p.Steps {
		list = append(list, rollout.Announced{Site: s.Site, Release: s.Release, Wave: s.Wave, Window: s.Window})
	}
	return list
}

// What was announced stays where nothing moved; where something did, the new plan keeps
// every rule in as few waves (P11).
func TestWhatWasAnnouncedStays_P11(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, made := drawPlan(t)
		if made == nil || in.Approach == domain.Pull {
			return
		}
		in.Earlier = announce(made.Plan)
		same, reasons, err := plan(t, &in)
		require.NoError(t, err)
		require.Equal(t, placements(&made.Answer), placements(same))
		require.Empty(t, checker.Check(&in, same, reasons))

		first := made.Plan.Steps[0].Window
		to := first.From.Add(time.Duration(rapid.IntRange(1, 48).Draw(t, "freeze")) * time.Hour)
		in.Freezes = append(in.Freezes, rollout.Opening{
			Key: "new", Name: "New", Spec: calendar.Spec{From: &first.From, To: &to}, Sites: []rollout.SiteNo{rollouttest.Site(&in, made.Plan.Steps[0].Site)},
		})
		moved, reasons, err := plan(t, &in)
		require.NoError(t, err)
		require.Empty(t, checker.Check(&in, moved, reasons))
	})
}
