package running_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/rollout/model"
	"releasegraph/internal/plan/rollout/receive"
	"releasegraph/internal/plan/rollout/rollouttest"
	"releasegraph/internal/plan/running"
)

// Before is After the other way round, and what the steps wait for holds together: nobody
// waits for itself, by any chain.
func TestASequenceGoesOneWay_P4_P9(t *testing.T) {
	pairs := 0
	rapid.Check(t, func(t *rapid.T) {
		in := rollouttest.Draw(t, rollouttest.Large)
		m, err := model.New(t.Context(), &in)
		require.NoError(t, err)
		got, err := receive.Of(t.Context(), m, nil)
		if err != nil {
			return // it has no plan
		}
		ties, err := tiesOf(m, got)
		require.NoError(t, err)
		q := ties.Sequence(t.Context())
		before := make([][]int, len(ties.Steps))
		for i := range ties.Steps {
			before[i], err = q.Before(i)
			require.NoError(t, err)
			pairs += len(before[i])
		}
		for i := range ties.Steps {
			after, err := q.After(i)
			require.NoError(t, err)
			for j := range ties.Steps {
				require.Equal(t, slices.Contains(before[j], i), slices.Contains(after, j), "%+v and %+v", ties.Steps[i], ties.Steps[j])
			}
		}
		require.False(t, cyclic(before))
	})
	require.NotZero(t, pairs)
}

// cyclic reports whether somebody waits for itself: nobody can be left who waits for none.
func cyclic(before [][]int) bool {
	done, left := map[int]bool{}, len(before)
	for range before {
		for i, list := range before {
			if !done[i] && !slices.ContainsFunc(list, func(j int) bool { return !done[j] }) {
				done[i] = true
				left--
			}
		}
	}
	return left > 0
}

// Steps of a cycle wait for nobody in it, and for those outside of it.
func TestACycleIsNotWaitedFor_P4(t *testing.T) {
	ties := running.Ties{
		Depends: map[string][]string{"app": {"api"}, "api": {"app", "db"}},
		At:      map[string][]string{"app": {"a"}, "api": {"b"}, "db": {"c"}},
		Steps:   []running.Taken{{Site: "a", Wave: 2, Gets: []string{"app"}}, {Site: "b", Wave: 2, Gets: []string{"api"}}, {Site: "c", Wave: 1, Gets: []string{"db"}}},
	}
	q := ties.Sequence(t.Context())
	for i, want := range [][]int{{2}, {2}, nil} {
		before, err := q.Before(i)
		require.NoError(t, err)
		require.Equal(t, want, before)
	}
	after, err := q.After(2)
	require.NoError(t, err)
	require.Equal(t, []int{0, 1}, after)
}
