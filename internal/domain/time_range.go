package domain

import "time"

// TimeRange is a length of time, half open: it holds From and not To.
type TimeRange struct {
	From time.Time
	To   time.Time
}

// Overlaps reports whether some instant lies in both.
func (r TimeRange) Overlaps(s TimeRange) bool { return r.From.Before(s.To) && s.From.Before(r.To) }

// Contains reports whether all of another range lies in this one.
func (r TimeRange) Contains(s TimeRange) bool { return !s.From.Before(r.From) && !s.To.After(r.To) }

// Meet is what lies in both; it is empty where they do not overlap.
func (r TimeRange) Meet(s TimeRange) TimeRange {
	if s.From.After(r.From) {
		r.From = s.From
	}
	if s.To.Before(r.To) {
		r.To = s.To
	}
	return r
}

// Span is the shortest range that holds both; an empty one adds nothing.
func (r TimeRange) Span(s TimeRange) TimeRange {
	switch {
	case s.Empty():
		return r
	case r.Empty():
		return s
	}
	if s.From.Before(r.From) {
		r.From = s.From
	}
	if s.To.After(r.To) {
		r.To = s.To
	}
	return r
}

// Empty reports whether no instant lies in the range.
func (r TimeRange) Empty() bool { return !r.To.After(r.From) }

// Length is how long the range lasts.
func (r TimeRange) Length() time.Duration { return r.To.Sub(r.From) }
