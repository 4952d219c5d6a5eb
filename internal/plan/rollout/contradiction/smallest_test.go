package contradiction_test

import (
	"context"
	"math/bits"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/plan/rollout/contradiction"
)

// The set found does not hold, and any one less does, whatever sets are at odds.
func TestTheSmallestSetIsIrreducible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 14).Draw(t, "constraints")
		odds := rapid.SliceOfN(rapid.IntRange(1, 1<<n-1), 1, 5).Draw(t, "sets at odds")
		holds := func(set []int) bool {
			is := 0
			for _, i := range set {
				is |= 1 << i
			}
			for _, o := range odds {
				if o&^is == 0 {
					return false
				}
			}
			return true
		}
		found, err := contradiction.Smallest(context.Background(), n, holds)
		if err != nil || len(found) == 0 || holds(found) {
			t.Fatalf("%v of %b holds, or %v", found, odds, err)
		}
		for i := range found {
			less := append(append([]int{}, found[:i]...), found[i+1:]...)
			if !holds(less) {
				t.Fatalf("%v of %b needs no %d", found, odds, found[i])
			}
		}
	})
}

// It asks some logarithm of times, not once for each constraint.
func TestFewQuestionsFindFewConstraints(t *testing.T) {
	const n = 10_000
	asked := 0
	found, err := contradiction.Smallest(t.Context(), n, func(set []int) bool {
		asked++
		has := 0
		for _, i := range set {
			if i == 17 || i == 5_000 || i == 9_999 {
				has++
			}
		}
		return has < 3
	})
	if err != nil || len(found) != 3 || asked > 3*2*bits.Len(n) {
		t.Errorf("%v after %d questions, %v", found, asked, err)
	}
}
