package cycle_test

import (
	"context"
	"testing"

	"releasegraph/internal/plan/cycle"
	"releasegraph/internal/plan/plantest"
)

// C2: depth is no matter, with or without a cycle.
func TestAChainOfAMillionNeedsNoDeepRecursion(t *testing.T) {
	const size = 1_000_000
	for _, closed := range []bool{false, true} {
		components := plantest.Done(cycle.Components(context.Background(), size, func(v int32, i int) (int32, bool) {
			switch {
			case i > 0:
				return 0, false
			case v+1 < size:
				return v + 1, true
			case closed:
				return 0, true
			}
			return -1, true
		}))
		if want := map[bool]int{false: size, true: 1}[closed]; len(components) != want {
			t.Errorf("closed %v: %d components, want %d", closed, len(components), want)
		}
		if !closed && components[0][0] != size-1 {
			t.Error("what is depended on does not come first")
		}
	}
}
