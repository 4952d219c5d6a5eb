package calendar

import (
	"iter"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Occurrences lists when the window is open, whole, where that meets a range:
// in order, in UTC. Starts that come while it is open still prolong it. An
// endless recurrence is asked for so long only.
func (w *Window) Occurrences(within domain.TimeRange) []domain.TimeRange {
	if w.single != nil {
		if w.single.Overlaps(within) {
			return []domain.TimeRange{*w.single}
		}
		return nil
	}
	// A window that was open already started a duration before, or more, where
	// starts before that prolong it.
	for back := w.duration.length() + 24*time.Hour; ; back *= 4 {
		since := within.From.UTC().Add(-back)
		list := w.since(since, within.To)
		list = slices.DeleteFunc(list, func(r domain.TimeRange) bool { return !r.Overlaps(within) })
		if len(list) == 0 || list[0].From.Sub(since) > w.duration.length()+2*farOffset || w.start.After(since.Add(2*farOffset)) || back > farBack {
			return list
		}
	}
}

// farBack is how far back one opening is followed, and farAhead how far ahead.
const (
	farBack  = 20 * 366 * 24 * time.Hour
	farAhead = 10 * 366 * 24 * time.Hour
)

// Next lists the first openings that end after an instant, so many at most.
func (w *Window) Next(after time.Time, most int) (list []domain.TimeRange) {
	if w.single != nil {
		return w.Occurrences(domain.TimeRange{From: after, To: w.single.To})
	}
	for ahead := 8 * 24 * time.Hour; ; ahead *= 4 {
		to := after.Add(ahead)
		if list = w.Occurrences(domain.TimeRange{From: after, To: to}); len(list) >= most {
			return list[:most]
		}
		if to.Year() > lastYear {
			return list
		}
	}
}

// since lists the openings that start from about an instant on, up to another
// and to the end of what has begun by then.
func (w *Window) since(from, to time.Time) []domain.TimeRange {
	var list []domain.TimeRange
	var open time.Time // until then
	// Local times and instants differ by less than farOffset.
	for wall := range w.walls(from.Add(-2 * farOffset)) {
		if beyond := wall.Sub(to); beyond > 2*farOffset && wall.After(open.Add(2*farOffset)) || beyond > farAhead {
			break
		}
		r := w.at(wall)
		if w.ended(r.From) || r.Empty() {
			continue
		}
		if r.To.After(open) {
			open = r.To
		}
		list = append(list, r)
	}
	// What the clocks skip can come after what they show next, or upon it.
	slices.SortFunc(list, func(a, b domain.TimeRange) int { return a.From.Compare(b.From) })
	return merge(list)
}

// merge joins ranges in order that overlap. Those that only touch stay apart.
func merge(sorted []domain.TimeRange) (merged []domain.TimeRange) {
	for _, r := range sorted {
		last := len(merged) - 1
		switch {
		case last < 0 || !r.From.Before(merged[last].To):
			merged = append(merged, r)
		case r.To.After(merged[last].To):
			merged[last].To = r.To
		}
	}
	return merged
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

// Zone is where the window's local times are those of the clocks, nil when it is
// a single range of instants.
func (w *Window) Zone() *time.Location { return w.zone }

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
