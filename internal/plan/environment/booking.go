package environment

import (
	"cmp"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Booking is a booking of a test environment, as another is compared with it.
type Booking struct {
	// ID tells it from all other, Key names it.
	ID, Key string
	// Release is the key of the release for which it is, For the id of that.
	Release, For string
	Keeps        domain.TimeRange
}

// Overlapping returns the bookings that keep any of a time, by when they begin. No two
// bookings of an environment may (R12).
func Overlapping(bookings []Booking, when domain.TimeRange) (list []Booking) {
	for _, b := range bookings {
		if !b.Keeps.Empty() && b.Keeps.Overlaps(when) {
			list = append(list, b)
		}
	}
	slices.SortFunc(list, func(a, b Booking) int { return cmp.Or(a.Keeps.From.Compare(b.Keeps.From), cmp.Compare(a.Key, b.Key)) })
	return list
}

// Clash is two bookings that keep the same time.
type Clash struct{ Earlier, Later Booking }

// Clashes returns the bookings of one environment that meet one that began before
// them, each with one that it meets.
func Clashes(bookings []Booking) (list []Clash) {
	all := slices.DeleteFunc(slices.Clone(bookings), func(b Booking) bool { return b.Keeps.Empty() })
	slices.SortFunc(all, func(a, b Booking) int { return cmp.Or(a.Keeps.From.Compare(b.Keeps.From), cmp.Compare(a.Key, b.Key)) })
	last := 0
	for i, b := range all {
		if i > 0 && b.Keeps.From.Before(all[last].Keeps.To) {
			list = append(list, Clash{all[last], b})
		}
		if b.Keeps.To.After(all[last].Keeps.To) {
			last = i
		}
	}
	return list
}

// searched is how far ahead free times are looked for (H6).
const searched = 90 * 24 * time.Hour

// FreeSlot returns the first time of the same length, from when one is asked for, that
// no booking keeps, if there is one within 90 days (H6).
func FreeSlot(bookings []Booking, when domain.TimeRange) (slot domain.TimeRange, found bool) {
	slot = when
	for _, b := range Overlapping(bookings, domain.TimeRange{From: when.From, To: when.To.Add(searched)}) {
		if !b.Keeps.From.Before(slot.To) {
			break
		}
		if !b.Keeps.To.After(slot.From) {
			continue
		}
		slot = domain.TimeRange{From: b.Keeps.To, To: b.Keeps.To.Add(when.Length())}
	}
	return slot, !slot.From.After(when.From.Add(searched))
}
