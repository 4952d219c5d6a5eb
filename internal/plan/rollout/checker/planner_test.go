package checker_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

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
// names a smallest contradiction.
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
