package rank_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/plan/rank"
)

type finding rank.Place

func (f finding) Place() rank.Place { return rank.Place(f) }

// What comes after a place are exactly the findings of a smaller count, or of
// the same count and a later key, whether or not one stands there.
func TestWhatComesAfterAPlaceIsSmallerOrLater(t *testing.T) {
	some := rapid.Custom(func(t *rapid.T) finding {
		return finding{rapid.IntRange(1, 4).Draw(t, "count"), rapid.StringMatching("[ab]{0,2}").Draw(t, "key")}
	})
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfDistinct(some, rapid.ID).Draw(t, "list")
		p := some.Draw(t, "place")
		var want []finding
		for count := 4; count > 0; count-- {
			for _, key := range []string{"", "a", "aa", "ab", "b", "ba", "bb"} {
				one := finding{count, key}
				if slices.Contains(list, one) && (count < p.Count || count == p.Count && key > p.Key) {
					want = append(want, one)
				}
			}
		}
		rank.Sort(list)
		if got := rank.After(list, p.Place()); !slices.Equal(got, want) {
			t.Fatalf("after %v of %v come %v, want %v", p, list, got, want)
		}
	})
}
