package running

import (
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
)

// Occasion is what leaves a step its hours, besides its deployment: maintenance windows,
// freezes and service hours (P7), and the hours of steps that come before and after it
// (P4, P9).
type Occasion struct {
	// Windows are, of each thing that has maintenance windows, when one of these is open.
	Windows []Spell
	// Closed are freezes and service hours.
	Closed []Spell
	// After are steps whose work is to be over before, Before those that wait for it.
	After, Before []Neighbour
}

// Spell is when something is on, with what people call it.
type Spell struct {
	Name string
	On   calendar.Ranges
}

// Neighbour is a step that has its hour, by the name of its site.
type Neighbour struct {
	Site string
	Hour domain.TimeRange
}

// Check tells all that stands against an hour.
func (o *Occasion) Check(at domain.TimeRange) (es domain.Errors) {
	wrong := func(rule, format string, args ...any) { es = append(es, domain.Breaks(rule, "from", format, args...)) }
	for _, w := range o.Windows {
		if !w.On.Covers(at) {
			wrong("P7", "lies outside of %s", w.Name)
		}
	}
	for _, c := range o.Closed {
		if i := slices.IndexFunc(c.On, at.Overlaps); i >= 0 {
			wrong("P7", "meets %s, from %s until %s", c.Name, inWords(c.On[i].From), inWords(c.On[i].To))
		}
	}
	if n, is := o.latest(); is && at.From.Before(n.Hour.To) {
		wrong("P4", "comes before the work at %s is over, which is to be there first: that is planned until %s", n.Site, inWords(n.Hour.To))
	}
	if n, is := o.earliest(); is && at.To.After(n.Hour.From) {
		wrong("P4", "would last until %s, and %s, which comes after it, begins at %s: that may choose again before", inWords(at.To), n.Site, inWords(n.Hour.From))
	}
	return es
}

// latest is the step before it whose work is over last: of many that one is told.
func (o *Occasion) latest() (last Neighbour, is bool) {
	for _, n := range o.After {
		if !is || n.Hour.To.After(last.Hour.To) {
			last, is = n, true
		}
	}
	return last, is
}

// earliest is the step after it that begins first.
func (o *Occasion) earliest() (first Neighbour, is bool) {
	for _, n := range o.Before {
		if !is || n.Hour.From.Before(first.Hour.From) {
			first, is = n, true
		}
	}
	return first, is
}

// Free is when the work may take place within a range.
func (o *Occasion) Free(within domain.TimeRange) calendar.Ranges {
	if n, is := o.latest(); is && n.Hour.To.After(within.From) {
		within.From = n.Hour.To
	}
	if n, is := o.earliest(); is && n.Hour.From.Before(within.To) {
		within.To = n.Hour.From
	}
	if within.Empty() {
		return nil
	}
	free := calendar.Of(within)
	for _, w := range o.Windows {
		free = free.Intersect(w.On)
	}
	for _, c := range o.Closed {
		free = free.Subtract(c.On)
	}
	return free
}

// Hours are the first hours at which work of a length may take place in free time, at most
// so many: the first of each stretch, and those a day later each. Taken says when the day
// ends on which an hour is not to be had, zero: it is to be had (P13).
func Hours(free calendar.Ranges, length time.Duration, most int, taken func(domain.TimeRange) (time.Time, error)) (hours []domain.TimeRange, err error) {
	looked := 0
	for _, r := range free {
		for from := r.From; !from.Add(length).After(r.To); looked++ {
			if len(hours) == most || looked == mostLooks {
				return hours, nil
			}
			hour := domain.TimeRange{From: from, To: from.Add(length)}
			until, err := taken(hour)
			if err != nil {
				return nil, err
			}
			if !until.IsZero() {
				from = until
				continue
			}
			hours, from = append(hours, hour), from.Add(24*time.Hour)
		}
	}
	return hours, nil
}

// mostLooks bounds how many days are looked at before no hour is said to be left: those of
// some years.
const mostLooks = 1500

// Choosable adds to what stands against an hour which ones are left.
func Choosable(es domain.Errors, hours []domain.TimeRange) domain.Errors {
	last := -1
	for i, e := range es {
		if e.Field == "from" {
			last = i
		}
	}
	if last < 0 {
		return es
	}
	told, begins := make([]string, len(hours)), make([]any, len(hours))
	for i, h := range hours {
		told[i] = inWords(h.From)
		begins[i] = told[i]
	}
	one := *es[last]
	one.Details = map[string]any{"choices": begins}
	if len(hours) == 0 {
		one.Message += "; no hour is left before the deadline"
	} else {
		one.Message += "; it may begin at " + strings.Join(told, ", ")
	}
	es = slices.Clone(es)
	es[last] = &one
	return es
}

func inWords(t time.Time) string { return t.UTC().Format(time.RFC3339) }
