package checker

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/rollouttest"
)

// Placing groups with all rules, and single steps under each rule by itself, come to
// the same: a contradiction may name single rules.
func TestGroupsAndSingleStepsComeToTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rollouttest.Draw(t, rollouttest.Small)
		e, err := survey(&in)
		require.NoError(t, err)
		r := derive(e, nil)
		if len(r.steps) > 6 {
			return
		}
		waves, ends, ok := r.groupProblem(true).least()
		single, same, fits := r.stepProblem(all).least()
		require.Equal(t, []any{waves, ends, ok}, []any{single, same, fits})
		require.Equal(t, ok, r.stepProblem(all).feasible())
	})
}

// A drawn estate has the same records in another order.
func TestShufflingChangesNoRule_P10(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rollouttest.Draw(t, rollouttest.Small)
		other := rollouttest.Shuffle(t, in)
		require.Equal(t, told(t, &in), told(t, &other))
	})
}

// told counts steps and what they ask of each other, by key.
func told(t *rapid.T, in *rollout.Input) map[string]int {
	e, err := survey(in)
	require.NoError(t, err)
	r := derive(e, nil)
	count := map[string]int{}
	for i, s := range r.steps {
		count[r.name(i)]++
		for _, x := range s.receipts {
			count[fmt.Sprint(r.name(i), r.item(x.item), x.kind, x.from, x.to, x.alone)]++
		}
		for k := range r.steps {
			if r.group[i] == r.group[k] {
				count["together "+r.name(i)+r.name(k)]++
			}
		}
	}
	for _, d := range r.demands {
		count[fmt.Sprint(r.name(d.later), r.item(d.x.item), r.name(d.sooner), r.item(d.y.item), d.hub, d.together)]++
	}
	return count
}
