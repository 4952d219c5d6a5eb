package checker_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/checker"
	"releasegraph/internal/plan/rollout/planner"
	"releasegraph/internal/plan/rollout/rollouttest"
)

// plan makes a plan and explains all its steps.
func plan(t require.TestingT, in *rollout.Input) (*rollout.Answer, [][]rollout.Reason, error) {
	made, err := planner.Make(context.Background(), in)
	if err != nil {
		return nil, nil, err
	}
	if made.Plan == nil {
		return &made.Answer, nil, nil
	}
	reasons := make([][]rollout.Reason, len(made.Plan.Steps))
	for i := range reasons {
		reasons[i], err = made.Explain(context.Background(), i)
		require.NoError(t, err)
	}
	return &made.Answer, reasons, nil
}

// The planner answers the worked examples as they are told.
func TestThePlannerAnswersTheWorkedExamples(t *testing.T) {
	for _, x := range rollouttest.Examples {
		t.Run(x.Name, func(t *testing.T) {
			in := x.Input()
			answer, reasons, err := plan(t, &in)
			require.NoError(t, err)
			require.Empty(t, checker.Check(&in, answer, reasons))
			if write := expected[x.Number]; write != nil {
				told, _ := write(&in)
				require.Equal(t, placements(told), placements(answer))
				require.Equal(t, told.Plan.Approach, answer.Plan.Approach)
				return
			}
			require.Nil(t, answer.Plan)
			var members []string
			for _, c := range answer.Contradiction.Constraints {
				members = append(members, fmt.Sprint(c.Rule, c.Records))
			}
			require.ElementsMatch(t, []string{"P4[Site:a Site:c]", "P7[Site:a]", "P7[soak]", "P8[activateAt]"}, members)
		})
	}
}

// placements lists where and when each step is.
func placements(a *rollout.Answer) (list []string) {
	for _, s := range a.Plan.Steps {
		list = append(list, fmt.Sprint(s.Wave, " ", s.Site, " ", s.Release, " ", s.Window))
	}
	return list
}
