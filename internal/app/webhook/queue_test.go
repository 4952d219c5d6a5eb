package webhook

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestPausesGrowToAnHourAndAreSpread(t *testing.T) {
	require.Equal(t, firstPause*3/4, pause(1, 0))
	require.Equal(t, firstPause*5/4, pause(1, 1))
	for tries := 1; tries < 1000; tries++ {
		require.LessOrEqual(t, pause(tries, 0.5), pause(tries+1, 0.5))
		require.LessOrEqual(t, pause(tries, 1), lastPause*5/4)
	}
	require.Equal(t, lastPause, pause(50, 0.5))
}

// Of each subject what comes first decides when the rest is tried, whatever waits.
func TestWhatIsTriedKeepsTheOrderOfEachSubject(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &state{Failures: rapid.IntRange(0, 2*unwell).Draw(t, "failures"), RetryAt: noon.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "retry")) * time.Minute)}
		for i := range rapid.IntRange(0, 12).Draw(t, "waiting") {
			s.Waiting = append(s.Waiting, waiting{
				ID: fmt.Sprint(i), Subject: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "subject"),
				Due: noon.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "due")) * time.Minute),
			})
		}
		found := groups(s, noon)
		tried := 0
		for _, g := range found {
			var all []waiting
			for _, w := range s.Waiting {
				if w.Subject == g[0].Subject {
					all = append(all, w)
				}
			}
			tried += len(g)
			if all[0].Due.After(noon) || fmt.Sprint(all[:len(g)]) != fmt.Sprint(g) {
				t.Fatalf("%v of %v", g, all)
			}
		}
		if s.Failures >= unwell && tried > 1 {
			t.Fatalf("%d are tried at a receiver that is not well", tried)
		}
		next := nextDue(s, noon)
		if len(found) > 0 && !next.Equal(noon) || len(found) == 0 && len(s.Waiting) > 0 && !next.After(noon) {
			t.Fatalf("%v, and the next is due at %s", found, next)
		}
	})
}

func TestAReceiverThatTakesNothingForDaysIsGivenUp(t *testing.T) {
	s, words := &state{}, "answered 500"
	failed := []Delivery{{Outcome: Failed, Error: &words}}
	for at := noon; at.Before(noon.Add(hookPatience)); at = at.Add(time.Hour) {
		s.went(failed, at, 0.5)
		require.Nil(t, s.GaveUpAt, at)
	}
	s.went(failed, noon.Add(hookPatience), 0.5)
	require.NotNil(t, s.GaveUpAt)
	well := &state{}
	well.went(failed, noon, 0.5)
	well.went([]Delivery{{Outcome: Taken}}, noon.Add(time.Hour), 0.5)
	well.went(failed, noon.Add(hookPatience+time.Minute), 0.5)
	require.Nil(t, well.GaveUpAt)
	require.Equal(t, 1, well.Failures)
}

func TestAnEventIsGivenUpOnlyWhereOthersAreTaken(t *testing.T) {
	w := waiting{Attempts: 9, Since: noon}
	later := noon.Add(eventPatience)
	before, after := noon.Add(-time.Minute), noon.Add(time.Minute)
	require.False(t, w.dead(later, nil))
	require.False(t, w.dead(later, &before))
	require.False(t, w.dead(later.Add(-time.Second), &after))
	require.True(t, w.dead(later, &after))
}
