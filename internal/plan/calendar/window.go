package calendar

import (
	"fmt"
	"time"

	"releasegraph/internal/domain"
)

// Spec says when a window is open: between From and To, or for Duration from
// StartsAt in TimeZone on, again and again by the Recurrence, if there is one,
// except where it would start at one of Except.
type Spec struct {
	From, To   *time.Time
	Recurrence *string
	StartsAt   *string
	Duration   *string
	TimeZone   *string
	Except     []string
}

// Window is a Spec that was found right.
type Window struct {
	single   *domain.TimeRange
	rule     *Rule // nil: opens once
	start    time.Time
	duration Duration
	zone     *time.Location
	except   map[time.Time]bool
}

// New makes a window. It tells all that is wrong with the Spec, by field.
func New(s Spec) (*Window, domain.Errors) {
	b := &builder{spec: s}
	switch ranged := s.From != nil || s.To != nil; {
	case ranged:
		b.fromTo()
	case s.Recurrence == nil && s.StartsAt == nil && s.Duration == nil:
		b.wrong("from", "is missing: give from and to, or startsAt, duration and timeZone with or without a recurrence")
	default:
		b.local()
	}
	if len(b.errs) > 0 {
		return nil, b.errs
	}
	return &b.w, nil
}

type builder struct {
	spec Spec
	w    Window
	errs domain.Errors
}

func (b *builder) wrong(field, format string, args ...any) {
	b.errs = append(b.errs, &domain.Error{Code: domain.Invalid, Rule: "P7", Field: field, Message: fmt.Sprintf(format, args...)})
}

// fromTo reads a single range.
func (b *builder) fromTo() {
	s := b.spec
	for _, f := range []struct {
		name  string
		given bool
	}{{"recurrence", s.Recurrence != nil}, {"startsAt", s.StartsAt != nil}, {"duration", s.Duration != nil}, {"except", len(s.Except) > 0}} {
		if f.given {
			b.wrong(f.name, "cannot be given beside from and to")
		}
	}
	switch {
	case s.From == nil:
		b.wrong("from", "is missing beside to")
	case s.To == nil:
		b.wrong("to", "is missing beside from")
	case !s.To.After(*s.From):
		b.wrong("to", "must be after from, which is %s", s.From.UTC().Format(time.RFC3339))
	default:
		b.w.single = &domain.TimeRange{From: s.From.UTC(), To: s.To.UTC()}
	}
}

// local reads what is told in local time.
func (b *builder) local() {
	b.zone()
	b.startsAt()
	b.lasts()
	b.except()
	if b.spec.Recurrence == nil {
		return
	}
	rule, errs := ParseRule(*b.spec.Recurrence)
	for _, err := range errs {
		b.wrong("recurrence", "%s", err)
	}
	b.w.rule = rule
	if len(b.errs) == 0 {
		b.yields()
	}
}

func (b *builder) zone() {
	if b.spec.TimeZone == nil {
		b.wrong("timeZone", "is missing: a local time is somewhere's, such as Europe/Paris")
		return
	}
	if err := domain.CheckTimeZone(*b.spec.TimeZone); err != nil {
		b.wrong("timeZone", "%s", err)
		return
	}
	b.w.zone, _ = time.LoadLocation(*b.spec.TimeZone) // CheckTimeZone has loaded it
}

func (b *builder) startsAt() {
	if b.spec.StartsAt == nil {
		b.wrong("startsAt", "is missing: the local time of the first start, such as 2026-12-18T22:00")
		return
	}
	start, err := ParseWall(*b.spec.StartsAt)
	if err != nil {
		b.wrong("startsAt", "%s", err)
	}
	b.w.start = start
}

func (b *builder) lasts() {
	if b.spec.Duration == nil {
		b.wrong("duration", "is missing, such as PT4H")
		return
	}
	d, err := ParseDuration(*b.spec.Duration)
	if err != nil {
		b.wrong("duration", "%s", err)
	}
	b.w.duration = d
}

// mostExcept is how many starts can be left out.
const mostExcept = 1000

func (b *builder) except() {
	if len(b.spec.Except) > mostExcept {
		b.wrong("except", "has %d local times, at most %d are allowed", len(b.spec.Except), mostExcept)
		return
	}
	if len(b.spec.Except) > 0 && b.spec.Recurrence == nil {
		b.wrong("except", "leaves out starts of a recurrence, which is missing")
	}
	b.w.except = make(map[time.Time]bool, len(b.spec.Except))
	for i, text := range b.spec.Except {
		t, err := ParseWall(text)
		if err != nil {
			b.wrong(fmt.Sprintf("except.%d", i), "%s", err)
		}
		b.w.except[t] = true
	}
}

// probed is how many starts are looked at to find one at which the window is
// closed again.
const probed = 5_000

// yields checks that the window opens at all, and closes again. Starts that come
// while it is open still prolong it, but not for ever.
func (b *builder) yields() {
	w := &b.w
	var first, second, open time.Time
	n := 0
	for t := range w.walls(time.Time{}) {
		switch n++; {
		case n == 1:
			first = t
		case !t.Before(open): // it has closed
			return
		case n == 2:
			second = t
		}
		if ends := t.Add(w.duration.length()); ends.After(open) {
			open = ends
		}
		if n == probed {
			break
		}
	}
	switch n {
	case 0:
		b.wrong("recurrence", "yields nothing: no date from startsAt on fits all parts of the rule%s", b.leftOut())
	case probed:
		b.wrong("duration", "is so long that it never closes: the window of %s would still be open %s later, when the next begins, and so on",
			FormatWall(first), Duration{Exact: second.Sub(first)})
	}
}

func (b *builder) leftOut() string {
	if len(b.w.except) == 0 {
		return ""
	}
	return " but those left out by except"
}
