package reach_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/plan/reach"
)

func TestAnIndexIsASetInOrderOfFirstSight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x reach.Index
		var model []int32
		for _, n := range rapid.SliceOf(rapid.Int32Range(0, 300)).Draw(t, "nodes") {
			at, fresh := x.Add(n)
			if want := slices.Index(model, n); fresh != (want < 0) || !fresh && int(at) != want {
				t.Fatalf("adding %d: at %d, new %v", n, at, fresh)
			}
			if fresh {
				model = append(model, n)
			}
		}
		if !slices.Equal(x.Nodes(), model) {
			t.Fatalf("holds %v, want %v", x.Nodes(), model)
		}
		for n := range int32(301) {
			for _, y := range []*reach.Index{&x, reach.Of(model)} {
				if at, ok := y.Find(n); ok != slices.Contains(model, n) || ok && model[at] != n {
					t.Fatalf("found %d at %d: %v", n, at, ok)
				}
			}
		}
	})
}
