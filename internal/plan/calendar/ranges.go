package calendar

import (
	"cmp"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Ranges is a set of instants: ranges in order that neither meet nor touch nor
// are empty. The zero value is the empty set.
type Ranges []domain.TimeRange

// Of makes the set of all that lies in any of the ranges, in whatever order.
func Of(list ...domain.TimeRange) Ranges {
	sorted := slices.DeleteFunc(slices.Clone(list), domain.TimeRange.Empty)
	slices.SortFunc(sorted, func(a, b domain.TimeRange) int { return a.From.Compare(b.From) })
	return join(sorted)
}

// join makes a set of ranges that are in order of their starts.
func join(sorted []domain.TimeRange) Ranges {
	var set Ranges
	for _, r := range sorted {
		if last := len(set) - 1; last >= 0 && !r.From.After(set[last].To) {
			if r.To.After(set[last].To) {
				set[last].To = r.To
			}
			continue
		}
		set = append(set, r)
	}
	return set
}

// Union is what lies in either set.
func (a Ranges) Union(b Ranges) Ranges {
	merged := make([]domain.TimeRange, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if b[0].From.Before(a[0].From) {
			a, b = b, a
		}
		merged, a = append(merged, a[0]), a[1:]
	}
	return join(append(append(merged, a...), b...))
}

// Intersect is what lies in both sets.
func (a Ranges) Intersect(b Ranges) Ranges {
	var both Ranges
	for len(a) > 0 && len(b) > 0 {
		if r := a[0].Meet(b[0]); !r.Empty() {
			both = append(both, r)
		}
		if a[0].To.Before(b[0].To) {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return both
}

// Subtract is what lies in this set and not in the other.
func (a Ranges) Subtract(b Ranges) Ranges {
	var left Ranges
	for _, r := range a {
		for len(b) > 0 && !b[0].To.After(r.From) {
			b = b[1:]
		}
		// What ends after this range is needed for the next one, too.
		for i := 0; i < len(b) && b[i].From.Before(r.To); i++ {
			if b[i].From.After(r.From) {
				left = append(left, domain.TimeRange{From: r.From, To: b[i].From})
			}
			r.From = b[i].To
			if r.Empty() {
				break
			}
		}
		if !r.Empty() {
			left = append(left, r)
		}
	}
	return left
}

// Near joins ranges that lie no further apart than a distance.
func (a Ranges) Near(distance time.Duration) (joined Ranges) {
	for _, r := range a {
		if last := len(joined) - 1; last >= 0 && r.From.Sub(joined[last].To) <= distance {
			joined[last].To = r.To
			continue
		}
		joined = append(joined, r)
	}
	return joined
}

// Covers tells whether all of a range lies in the set.
func (a Ranges) Covers(r domain.TimeRange) bool {
	i, found := slices.BinarySearchFunc(a, r.From, func(one domain.TimeRange, t time.Time) int { return one.From.Compare(t) })
	if !found {
		i--
	}
	return i >= 0 && i < len(a) && a[i].Contains(r)
}

// Length is how long all ranges last together.
func (a Ranges) Length() (total time.Duration) {
	for _, r := range a {
		total += r.Length()
	}
	return total
}

// First is when the set first meets a range, and whether it does.
func (a Ranges) First(within domain.TimeRange) (domain.TimeRange, bool) {
	i, _ := slices.BinarySearchFunc(a, within.From, func(one domain.TimeRange, t time.Time) int {
		if one.To.After(t) {
			return 1
		}
		return -1
	})
	if i == len(a) || !a[i].Overlaps(within) {
		return domain.TimeRange{}, false
	}
	return a[i].Meet(within), true
}

// Hull returns the range from the beginning of the first to the end of the last, an empty
// one of no ranges.
func (a Ranges) Hull() domain.TimeRange {
	if len(a) == 0 {
		return domain.TimeRange{}
	}
	return domain.TimeRange{From: a[0].From, To: a[len(a)-1].To}
}

// Few covers ranges by n at most, which leave out the longest gaps.
func (a Ranges) Few(n int) Ranges {
	if len(a) <= n {
		return a
	}
	next := make([]int, len(a)-1) // places of the ranges behind a gap
	for i := range next {
		next[i] = i + 1
	}
	gap := func(i int) time.Duration { return a[i].From.Sub(a[i-1].To) }
	slices.SortStableFunc(next, func(i, j int) int { return cmp.Compare(gap(j), gap(i)) })
	next = next[:n-1]
	slices.Sort(next)
	few, from := make(Ranges, 0, n), 0
	for _, i := range append(next, len(a)) {
		few = append(few, a[from:i].Hull())
		from = i
	}
	return few
}
