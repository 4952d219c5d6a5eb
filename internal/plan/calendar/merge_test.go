package calendar_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
)

// P7: a start that comes while the window is open still prolongs it.
func TestStartsThatOverlapAreOneOpening_P7(t *testing.T) {
	for _, c := range []struct {
		rule, starts, duration string
		want                   []domain.TimeRange
	}{
		{"FREQ=WEEKLY;BYDAY=SA,SU;COUNT=4", "2026-12-05T00:00", "P2D", []domain.TimeRange{
			between(t, "2026-12-05T00:00:00Z", "2026-12-08T00:00:00Z"), between(t, "2026-12-12T00:00:00Z", "2026-12-15T00:00:00Z"),
		}},
		{"FREQ=DAILY;COUNT=3", "2026-12-05T00:00", "P2D", []domain.TimeRange{between(t, "2026-12-05T00:00:00Z", "2026-12-09T00:00:00Z")}},
		// What only touches stays apart.
		{"FREQ=DAILY;COUNT=2", "2026-12-05T00:00", "P1D", []domain.TimeRange{
			between(t, "2026-12-05T00:00:00Z", "2026-12-06T00:00:00Z"), between(t, "2026-12-06T00:00:00Z", "2026-12-07T00:00:00Z"),
		}},
	} {
		w := window(t, local(c.rule, c.starts, c.duration, "UTC"))
		if got := w.Occurrences(between(t, "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z")); !slices.Equal(got, c.want) {
			t.Errorf("%s for %s: got %v, want %v", c.rule, c.duration, got, c.want)
		}
		// Asked for an hour in the midst of it, it is told whole.
		last := c.want[len(c.want)-1]
		inside := domain.TimeRange{From: last.To.Add(-time.Hour), To: last.To}
		if got := w.Occurrences(inside); len(got) != 1 || got[0] != last {
			t.Errorf("%s for %s within %v: got %v, want %v", c.rule, c.duration, inside, got, last)
		}
	}
}

// P7: what comes once is the next, however far ahead, until it has ended.
func TestWhatComesOnceIsNextUntilItHasEnded_P7(t *testing.T) {
	far := between(t, "2077-01-01T00:00:00Z", "2077-01-02T00:00:00Z")
	for _, w := range []*calendar.Window{window(t, calendar.Spec{From: &far.From, To: &far.To}), window(t, local("", "2077-01-01T00:00", "P1D", "UTC"))} {
		if got := w.Next(instant(t, "2026-03-01T00:00:00Z"), 3); !slices.Equal(got, []domain.TimeRange{far}) {
			t.Errorf("got %v, want %v", got, far)
		}
		if got := w.Next(far.To, 3); len(got) > 0 {
			t.Errorf("after its end: %v", got)
		}
	}
}

// P7: whatever the rule, the openings of a range are those that joining all its
// starts gives, and the next ones are the first of them.
func TestOpeningsAreTheStartsJoined_P7(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, first := drawRule(t), drawTime(t, "first", 2023, 2025)
		lasts := time.Duration(rapid.IntRange(1, 20*24).Draw(t, "hours")) * time.Hour
		from := drawTime(t, "from", 2023, 2028)
		within := domain.TimeRange{From: from, To: from.AddDate(0, rapid.IntRange(1, 6).Draw(t, "months"), 0)}
		w, errs := calendar.New(local(r.String(), calendar.FormatWall(first), calendar.Duration{Exact: lasts}.String(), "UTC"))
		if errs != nil {
			return // the rule never fits, or the window never closes
		}
		var all, want []domain.TimeRange
		ends := time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC) // behind whatever UNTIL is drawn
		for _, s := range r.starts(first, later(within.To.AddDate(2, 0, 0), ends)) {
			if last := len(all) - 1; last >= 0 && s.Before(all[last].To) {
				all[last].To = s.Add(lasts)
			} else {
				all = append(all, domain.TimeRange{From: s, To: s.Add(lasts)})
			}
		}
		for _, one := range all {
			if one.Overlaps(within) {
				want = append(want, one)
			}
		}
		got := w.Occurrences(within)
		if !slices.Equal(got, want) {
			t.Fatalf("%s from %s for %s within %v:\n got %v\nwant %v", r, first, lasts, within, got, want)
		}
		if next := w.Next(from, len(want)); !slices.Equal(next, want) {
			t.Fatalf("%s from %s for %s: next after %s\n got %v\nwant %v", r, first, lasts, from, next, want)
		}
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
