package calendar

import (
	"iter"
	"time"

	"github.com/teambition/rrule-go"
)

// The calendar repeats itself every 400 years, weekdays included. The library
// looks for the next start up to the year 9999, so a rule that has none is
// looked for from a time near there: some centuries, not eight millennia.
const (
	cycle       = 400
	lastAhead   = 9999 - cycle
	cyclesAhead = (lastAhead - firstYear) / cycle
)

func ahead(t time.Time) time.Time { return t.AddDate(cycle*cyclesAhead, 0, 0) }
func back(t time.Time) time.Time  { return t.AddDate(-cycle*cyclesAhead, 0, 0) }

// starts yields the local starts of a rule in order, from the first that is not
// long before a local time; all of them when that is zero. What lies before
// from may come too.
func (r *Rule) starts(first, from time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		if r.never(first) {
			return
		}
		o := r.explicit(first)
		o.Dtstart, o.Count = ahead(r.whole(r.skip(first, from))), 0
		if !r.untilWall.IsZero() {
			if r.untilWall.Before(first) {
				return
			}
			o.Until = ahead(clip(r.untilWall))
		}
		rule, err := rrule.NewRRule(o)
		if err != nil {
			return // ParseRule has checked all that can be wrong
		}
		next, left := rule.Iterator(), r.option.Count
		for t, ok := next(); ok; t, ok = next() {
			if t = back(t); t.Before(first) {
				continue
			}
			if !yield(t) {
				return
			}
			if left--; left == 0 {
				return
			}
		}
	}
}

// clip keeps the end of a rule where the library can reckon with it.
func clip(t time.Time) time.Time {
	if end := time.Date(lastYear+100, 1, 1, 0, 0, 0, 0, time.UTC); t.After(end) {
		return end
	}
	return t
}

// explicit says what the rule leaves to its first start, which skip may move.
func (r *Rule) explicit(first time.Time) rrule.ROption {
	o := r.option
	if len(o.Byweekno)+len(o.Byyearday)+len(o.Bymonthday)+len(o.Byweekday) == 0 {
		switch o.Freq {
		case rrule.YEARLY:
			if len(o.Bymonth) == 0 {
				o.Bymonth = []int{int(first.Month())}
			}
			o.Bymonthday = []int{first.Day()}
		case rrule.MONTHLY:
			o.Bymonthday = []int{first.Day()}
		case rrule.WEEKLY:
			o.Byweekday = []rrule.Weekday{mondayFirst[(first.Weekday()+6)%7]}
		}
	}
	if len(o.Byhour) == 0 && o.Freq != rrule.HOURLY {
		o.Byhour = []int{first.Hour()}
	}
	if len(o.Byminute) == 0 {
		o.Byminute = []int{first.Minute()}
	}
	if len(o.Bysecond) == 0 {
		o.Bysecond = []int{first.Second()}
	}
	return o
}

// whole moves a start within a week to the week's beginning: BYSETPOS chooses
// from the whole week, also in the first one.
func (r *Rule) whole(start time.Time) time.Time {
	if r.option.Freq != rrule.WEEKLY {
		return start
	}
	into := (int(start.Weekday()+6)%7 - r.option.Wkst.Day() + 7) % 7
	return time.Date(start.Year(), start.Month(), start.Day()-into, 0, 0, 0, 0, time.UTC)
}

var mondayFirst = [...]rrule.Weekday{rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU}

// skip moves the first start forward by whole periods, to spare the time that
// nobody asks for. What is counted from the first start cannot be spared.
func (r *Rule) skip(first, from time.Time) time.Time {
	if r.option.Count > 0 {
		return first
	}
	interval := max(1, r.option.Interval)
	switch r.option.Freq {
	case rrule.YEARLY:
		if n := (from.Year()-first.Year())/interval - 1; n > 0 {
			return time.Date(first.Year()+n*interval, 1, 1, 0, 0, 0, 0, time.UTC)
		}
	case rrule.MONTHLY:
		months := 12*(from.Year()-first.Year()) + int(from.Month()-first.Month())
		if n := months/interval - 1; n > 0 {
			return time.Date(first.Year(), first.Month()+time.Month(n*interval), 1, 0, 0, 0, 0, time.UTC)
		}
	default:
		period := hours[r.option.Freq] * int64(interval) * 3600
		// Seconds, since a time.Duration ends after 292 years.
		if n := (from.Unix()-first.Unix())/period - 1; n > 0 {
			return time.Unix(first.Unix()+n*period, 0).UTC()
		}
	}
	return first
}

var hours = map[rrule.Frequency]int64{rrule.HOURLY: 1, rrule.DAILY: 24, rrule.WEEKLY: 7 * 24}

// never tells whether an hourly rule comes by none of its hours: the library
// would look for one for ever.
func (r *Rule) never(first time.Time) bool {
	if r.option.Freq != rrule.HOURLY || len(r.option.Byhour) == 0 {
		return false
	}
	step := gcd(max(1, r.option.Interval), 24)
	for _, h := range r.option.Byhour {
		if h%step == first.Hour()%step {
			return false
		}
	}
	return true
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
