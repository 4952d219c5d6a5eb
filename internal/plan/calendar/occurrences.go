package calendar

import (
	"iter"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Occurrences lists when the window is open, whole, where that meets a range:
// in order, in UTC. An endless recurrence is asked for so long only.
func (w *Window) Occurrences(within domain.TimeRange) []domain.TimeRange {
	if w.single != nil {
		if w.single.Overlaps(within) {
			return []domain.TimeRange{*w.single}
		}
		return nil
	}
	// Local times and instants differ by less than farOffset, and a window that
	// was open already started a duration before.
	from := within.From.UTC().Add(-w.duration.length() - 2*farOffset)
	to := within.To.UTC().Add(2 * farOffset)
	var list []domain.TimeRange
	for wall := range w.walls(from) {
		if wall.After(to) {
			break
		}
		r := w.at(wall)
		if w.ended(r.From) || r.To.Equal(r.From) || !r.Overlaps(within) {
			continue
		}
		list = append(list, r)
	}
	// What the clocks skip can come after what they show next, or upon it.
	slices.SortFunc(list, func(a, b domain.TimeRange) int { return a.From.Compare(b.From) })
	return slices.CompactFunc(list, func(a, b domain.TimeRange) bool { return a.From.Equal(b.From) })
}

// ended tells whether the rule's UNTIL, given as an instant, has passed.
func (w *Window) ended(start time.Time) bool {
	return w.rule != nil && !w.rule.until.IsZero() && start.After(w.rule.until)
}

// at is the window that starts at a local time.
func (w *Window) at(wall time.Time) domain.TimeRange {
	start := Instant(wall, w.zone)
	return domain.TimeRange{From: start, To: w.duration.End(wall, w.zone)}
}

// walls yields the local starts, those left out aside. An UNTIL that is an
// instant ends them no earlier than it does.
func (w *Window) walls(from time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		if w.rule == nil {
			yield(w.start)
			return
		}
		for t := range w.rule.starts(w.start, from) {
			if !w.rule.until.IsZero() && t.After(w.rule.until.Add(2*farOffset)) {
				return
			}
			if w.except[t] {
				continue
			}
			if w.ended(Instant(t, w.zone)) {
				continue
			}
			if !yield(t) {
				return
			}
		}
	}
}
