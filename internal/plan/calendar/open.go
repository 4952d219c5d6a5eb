package calendar

import (
	"time"

	"releasegraph/internal/domain"
)

// Open is when any of some windows is open within a range. Windows that
// overlap are one.
func Open(windows []*Window, within domain.TimeRange) Ranges {
	var all []domain.TimeRange
	for _, w := range windows {
		for _, r := range w.Occurrences(within) {
			all = append(all, r.Meet(within))
		}
	}
	return Of(all...)
}

// Party is one whose time a piece of work needs: a site, a service, a person.
type Party struct {
	// Windows are when the party may be worked on; none: always.
	Windows []*Window
	// Freezes are when it must be left alone.
	Freezes []*Window
	// Busy is when other work holds it.
	Busy Ranges
}

// Free is when the party can be worked on within a range (P7): in one of its
// windows, in no freeze, and while nothing else holds it.
func (p Party) Free(within domain.TimeRange) Ranges {
	free := Of(within)
	if len(p.Windows) > 0 {
		free = Open(p.Windows, within)
	}
	return free.Subtract(Open(p.Freezes, within)).Subtract(p.Busy)
}

// Slots are the first so many times within a range at which something of a
// length can begin and end while all parties are free (H6): the earliest of
// each stretch of free time, as long as the work.
func Slots(parties []Party, within domain.TimeRange, length time.Duration, most int) []domain.TimeRange {
	free := Of(within)
	for _, p := range parties {
		if len(free) == 0 {
			return nil
		}
		free = free.Intersect(p.Free(within))
	}
	return Fit(free, length, most)
}

// Fit is Slots of time that is known to be free.
func Fit(free Ranges, length time.Duration, most int) []domain.TimeRange {
	var slots []domain.TimeRange
	for _, r := range free {
		if len(slots) == most {
			break
		}
		if r.Length() >= length {
			slots = append(slots, domain.TimeRange{From: r.From, To: r.From.Add(length)})
		}
	}
	return slots
}
