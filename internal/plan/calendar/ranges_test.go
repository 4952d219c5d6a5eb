package calendar_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
)

var epoch = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

func hour(n int) time.Time { return epoch.Add(time.Duration(n) * time.Hour) }

const day = 48 // hours that the sets of these tests lie in

func drawRanges(t *rapid.T, name string) []domain.TimeRange {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) domain.TimeRange {
		from := rapid.IntRange(0, day).Draw(t, "from")
		return domain.TimeRange{From: hour(from), To: hour(rapid.IntRange(from-1, day).Draw(t, "to"))}
	}), 0, 8).Draw(t, name)
}

func holds(list []domain.TimeRange, h int) bool {
	return slices.ContainsFunc(list, func(r domain.TimeRange) bool { return !hour(h).Before(r.From) && hour(h).Before(r.To) })
}

func TestSetsOfRangesReckonHourByHour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, two := drawRanges(t, "one"), drawRanges(t, "two")
		a, b := calendar.Of(one...), calendar.Of(two...)
		for name, c := range map[string]struct {
			got  calendar.Ranges
			want func(h int) bool
		}{
			"of":        {a, func(h int) bool { return holds(one, h) }},
			"union":     {a.Union(b), func(h int) bool { return holds(one, h) || holds(two, h) }},
			"intersect": {a.Intersect(b), func(h int) bool { return holds(one, h) && holds(two, h) }},
			"subtract":  {a.Subtract(b), func(h int) bool { return holds(one, h) && !holds(two, h) }},
		} {
			for h := range day {
				if holds(c.got, h) != c.want(h) {
					t.Fatalf("%s of %v and %v is %v: wrong at hour %d", name, a, b, c.got, h)
				}
			}
			for i, r := range c.got {
				if r.Empty() || i > 0 && !c.got[i-1].To.Before(r.From) {
					t.Fatalf("%s of %v and %v is no set: %v", name, a, b, c.got)
				}
			}
		}
		want := domain.TimeRange{From: hour(rapid.IntRange(0, day-1).Draw(t, "covered from"))}
		want.To = want.From.Add(time.Duration(rapid.IntRange(1, 5).Draw(t, "hours")) * time.Hour)
		covered := true
		for at := want.From; at.Before(want.To); at = at.Add(time.Hour) {
			covered = covered && holds(one, int(at.Sub(epoch).Hours()))
		}
		if a.Covers(want) != covered {
			t.Fatalf("%v covers %v: %t", a, want, !covered)
		}
	})
}

// H6: a free slot is free for every party, and none before it is.
func TestSlotsSatisfyEveryPartyAndMissNone(t *testing.T) {
	within := domain.TimeRange{From: hour(0), To: hour(day)}
	rapid.Check(t, func(t *rapid.T) {
		parties := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) calendar.Party {
			return calendar.Party{Windows: drawWindows(t, "windows"), Freezes: drawWindows(t, "freezes"), Busy: calendar.Of(drawRanges(t, "busy")...)}
		}), 0, 4).Draw(t, "parties")
		free := func(h int) bool {
			return !slices.ContainsFunc(parties, func(p calendar.Party) bool {
				open := len(p.Windows) == 0 || opened(p.Windows, within, h)
				return !open || opened(p.Freezes, within, h) || holds(p.Busy, h)
			})
		}
		length := rapid.IntRange(1, 6).Draw(t, "length")
		var want []domain.TimeRange
		for h := 0; h < day; h++ {
			end := h
			for end < day && free(end) {
				end++
			}
			if end-h >= length {
				want = append(want, domain.TimeRange{From: hour(h), To: hour(h + length)})
			}
			h = end
		}
		most := rapid.IntRange(1, 5).Draw(t, "most")
		got := calendar.Slots(parties, within, time.Duration(length)*time.Hour, most)
		if !slices.Equal(got, want[:min(most, len(want))]) {
			t.Fatalf("got  %v\nwant %v", got, want)
		}
	})
}

func drawWindows(t *rapid.T, name string) []*calendar.Window {
	var list []*calendar.Window
	for _, r := range drawRanges(t, name)[:] {
		if w, errs := calendar.New(calendar.Spec{From: &r.From, To: &r.To}); errs == nil && len(list) < 3 {
			list = append(list, w)
		}
	}
	return list
}

func opened(list []*calendar.Window, within domain.TimeRange, h int) bool {
	return slices.ContainsFunc(list, func(w *calendar.Window) bool { return holds(w.Occurrences(within), h) })
}

func TestFewRangesCoverAllAndLeaveOutTheLongestGaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all, n := calendar.Of(drawRanges(t, "ranges")...), rapid.IntRange(1, 4).Draw(t, "n")
		few := all.Few(n)
		if len(few) != min(len(all), n) || len(all.Subtract(few)) > 0 || few.Hull() != all.Hull() {
			t.Fatalf("%v are %v", all, few)
		}
		var filled, left time.Duration // the longest gap that is covered, the shortest that is not
		for i := 1; i < len(all); i++ {
			gap := domain.TimeRange{From: all[i-1].To, To: all[i].From}
			switch length := gap.Length(); {
			case len(few.Intersect(calendar.Of(gap))) > 0:
				filled = max(filled, length)
			case left == 0 || length < left:
				left = length
			}
		}
		if left > 0 && filled > left {
			t.Fatalf("%v are %v: a gap of %s is covered, one of %s is not", all, few, filled, left)
		}
	})
}
