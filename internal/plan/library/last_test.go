package library_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/library"
)

func drawStep(t *rapid.T) library.Step {
	s := library.Step{
		Key: rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "key"), Item: rapid.SampledFrom([]string{"pay", "web"}).Draw(t, "item"),
		Site: rapid.SampledFrom([]string{"par", "lyo"}).Draw(t, "site"), At: time.Unix(int64(rapid.IntRange(0, 3).Draw(t, "at")), 0),
		Removes: rapid.IntRange(0, 4).Draw(t, "removes") == 0, To: rapid.SampledFrom([]string{"1.0.0", "1.1.0"}).Draw(t, "to"),
		Activated: rapid.Bool().Draw(t, "activated"), BackedOut: rapid.Bool().Draw(t, "backed out"),
	}
	if rapid.Bool().Draw(t, "says from") {
		from := rapid.SampledFrom([]string{"", "0.9.0"}).Draw(t, "from")
		s.From = &from
	}
	return s
}

// earlier reports whether one step was installed before another.
func earlier(a, b library.Step) bool { return a.At.Before(b.At) || a.At.Equal(b.At) && a.Key < b.Key }

// previous is the step before one of a list at the same place, nil for none.
func previous(list []library.Step, s *library.Step) (found *library.Step) {
	for i := range list {
		p := &list[i]
		if p.Item == s.Item && p.Site == s.Site && earlier(*p, *s) && (found == nil || earlier(*found, *p)) {
			found = p
		}
	}
	return found
}

// left is what stands after a step, by the words of the rule, and whether that is
// known.
func left(list []library.Step, s *library.Step) (string, bool) {
	switch {
	case s == nil:
		return "", false
	case s.BackedOut:
		return before(list, s)
	case s.Removes:
		return "", true
	}
	return s.To, true
}

// before is what stood before a step.
func before(list []library.Step, s *library.Step) (string, bool) {
	if s.From != nil {
		return *s.From, true
	}
	return left(list, previous(list, s))
}

// What the last roll-out left is what the rule says, step by step (RELEASES 4.11:
// against the last roll-out there; of one that was backed out the version before).
func TestTheLastRollOutIsFoundAsARereadingFindsIt_L3(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfNDistinct(rapid.Custom(drawStep), 0, 8, func(s library.Step) [4]any { return [4]any{s.Key, s.Item, s.Site} }).Draw(t, "steps")
		got, err := library.Last(t.Context(), list)
		require.NoError(t, err)
		places := map[library.Place]bool{}
		for i := range list {
			s := &list[i]
			at := library.Place{Item: s.Item, Site: s.Site}
			places[at] = true
			if r := got[at]; r.Key == s.Key {
				want, known := before(list, s)
				require.Equal(t, !known, r.BeforeUnknown)
				require.Equal(t, want, r.Before)
				require.Equal(t, []any{s.Removes, s.To, s.Activated, s.BackedOut}, []any{r.Removes, r.To, r.Activated, r.BackedOut})
				continue
			}
			later := false
			for j := range list {
				later = later || list[j].Key == got[at].Key && list[j].Item == s.Item && list[j].Site == s.Site && earlier(*s, list[j])
			}
			require.True(t, later, "what is told came after %v", s)
		}
		require.Len(t, got, len(places))
	})
}

// Nothing is compared with a version that nobody knows.
func TestWhatStoodBeforeABackedOutRollOutMayBeUnknown_L3(t *testing.T) {
	f := found()
	f.Rollout.BackedOut, f.Rollout.BeforeUnknown, f.Rollout.Before = true, true, ""
	require.Empty(t, findings(f))
}
