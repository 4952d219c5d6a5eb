package conflict_test

import (
	"testing"

	"releasegraph/internal/plan/conflict"
)

// More work than one batch holds is found the same as piece by piece.
func TestManyChangesTogetherConflictAsEachAlone(t *testing.T) {
	const items = 2000
	g, sites := estate(t, items)
	p := conflict.New(g, quarter(items, sites, 700))
	type side struct {
		kind string
		a, b int
	}
	together, alone := map[side]int{}, map[side]int{}
	for _, c := range all(p) {
		together[side{string(c.Kind), c.A, c.B}]++
	}
	for _, w := range p.Works() {
		for _, c := range of(p, w.Key) {
			alone[side{string(c.Kind), c.A, c.B}]++
		}
	}
	fresh := conflict.New(g, quarter(items, sites, 700)) // whose estate is not sorted
	for _, w := range fresh.Works()[:50] {
		if got, want := len(of(fresh, w.Key)), len(of(p, w.Key)); got != want {
			t.Fatalf("%s has %d conflicts where the estate is not sorted, %d where it is", w.Key, got, want)
		}
	}
	for s, n := range together {
		if n != 1 || alone[s] != 2 { // once from each side
			t.Fatalf("%v is found %d times together, and %d times alone", s, n, alone[s])
		}
	}
	if len(alone) != len(together) || len(together) == 0 {
		t.Errorf("%d conflicts alone, %d together", len(alone), len(together))
	}
}
