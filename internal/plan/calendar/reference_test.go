package calendar_test

import (
	"slices"
	"time"
)

// naive is a recurrence as RFC 5545 tells it, looked for day by day: slow and
// obvious. Empty lists are parts that are not given.
type naive struct {
	freq                                               string
	interval, count                                    int
	until                                              time.Time // local, zero: none
	wkst                                               time.Weekday
	bymonth, bymonthday, byyearday, byweekno, bysetpos []int
	byday                                              []numberedDay
	byhour, byminute                                   []int
}

type numberedDay struct {
	n   int // 0: every
	day time.Weekday
}

// starts lists the local starts up to a local time.
func (r naive) starts(first, to time.Time) []time.Time {
	var all []time.Time
	for day := r.periodStart(first); !day.After(to); {
		next := r.nextPeriod(day)
		if r.counts(first, day) {
			var set []time.Time
			for d := day.Truncate(24 * time.Hour); d.Before(next); d = d.AddDate(0, 0, 1) {
				if r.fits(first, d) {
					set = append(set, r.times(first, d, day)...)
				}
			}
			for _, t := range r.choose(set) {
				switch {
				case t.Before(first):
				case !r.until.IsZero() && t.After(r.until), r.count > 0 && len(all) == r.count, t.After(to):
					return all
				default:
					all = append(all, t)
				}
			}
		}
		day = next
	}
	return all
}

func (r naive) periodStart(t time.Time) time.Time {
	switch r.freq {
	case "YEARLY":
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	case "MONTHLY":
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	case "WEEKLY":
		for t.Weekday() != r.wkst {
			t = t.AddDate(0, 0, -1)
		}
	case "HOURLY":
		return t.Truncate(time.Hour)
	}
	return t.Truncate(24 * time.Hour)
}

func (r naive) nextPeriod(t time.Time) time.Time {
	switch r.freq {
	case "YEARLY":
		return t.AddDate(1, 0, 0)
	case "MONTHLY":
		return t.AddDate(0, 1, 0)
	case "WEEKLY":
		return t.AddDate(0, 0, 7)
	case "HOURLY":
		return t.Add(time.Hour)
	}
	return t.AddDate(0, 0, 1)
}

// counts tells whether the interval takes a period.
func (r naive) counts(first, period time.Time) bool {
	start := r.periodStart(first)
	var n int
	switch r.freq {
	case "YEARLY":
		n = period.Year() - start.Year()
	case "MONTHLY":
		n = 12*(period.Year()-start.Year()) + int(period.Month()-start.Month())
	case "WEEKLY":
		n = int(period.Sub(start).Hours()) / 24 / 7
	case "HOURLY":
		n = int(period.Sub(start).Hours())
	default:
		n = int(period.Sub(start).Hours()) / 24
	}
	return n%r.interval == 0
}

func in(list []int, values ...int) bool {
	return len(list) == 0 || slices.ContainsFunc(values, func(v int) bool { return slices.Contains(list, v) })
}

func (r naive) fits(first, d time.Time) bool {
	month, monthday, byday := r.bymonth, r.bymonthday, r.byday
	if len(r.bymonthday)+len(r.byyearday)+len(r.byweekno)+len(r.byday) == 0 {
		switch r.freq {
		case "YEARLY":
			if len(month) == 0 {
				month = []int{int(first.Month())}
			}
			monthday = []int{first.Day()}
		case "MONTHLY":
			monthday = []int{first.Day()}
		case "WEEKLY":
			byday = []numberedDay{{0, first.Weekday()}}
		}
	}
	lastOfMonth := d.AddDate(0, 1, -d.Day()).Day()
	lastOfYear := time.Date(d.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay()
	week, weeks := r.week(d)
	return in(month, int(d.Month())) && in(monthday, d.Day(), d.Day()-lastOfMonth-1) &&
		in(r.byyearday, d.YearDay(), d.YearDay()-lastOfYear-1) && in(r.byweekno, week, week-weeks-1) &&
		(len(byday) == 0 || slices.ContainsFunc(byday, func(n numberedDay) bool { return r.isDay(d, n) }))
}

// week is the number of the day's week and how many its year has: the first
// week has at least four days of the year.
func (r naive) week(d time.Time) (number, of int) {
	start := d
	for start.Weekday() != r.wkst {
		start = start.AddDate(0, 0, -1)
	}
	year := start.AddDate(0, 0, 3).Year()
	for n, s := 1, r.firstWeek(year); ; n, s = n+1, s.AddDate(0, 0, 7) {
		if s.Equal(start) {
			number = n
		}
		if s.Equal(r.firstWeek(year + 1)) {
			return number, n - 1
		}
	}
}

func (r naive) firstWeek(year int) time.Time {
	d := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)
	for d.Weekday() != r.wkst {
		d = d.AddDate(0, 0, -1)
	}
	return d
}

func (r naive) isDay(d time.Time, n numberedDay) bool {
	if d.Weekday() != n.day {
		return false
	}
	if n.n == 0 {
		return true
	}
	same := func(e time.Time) bool { return e.Year() == d.Year() }
	if r.freq == "MONTHLY" || len(r.bymonth) > 0 {
		same = func(e time.Time) bool { return e.Year() == d.Year() && e.Month() == d.Month() }
	}
	before, after := 0, 0
	for e := d; same(e); e = e.AddDate(0, 0, -7) {
		before++
	}
	for e := d; same(e); e = e.AddDate(0, 0, 7) {
		after--
	}
	return n.n == before || n.n == after
}

func (r naive) times(first, d, period time.Time) []time.Time {
	hours, minutes := r.byhour, r.byminute
	if r.freq == "HOURLY" {
		if !in(hours, period.Hour()) {
			return nil
		}
		hours = []int{period.Hour()}
	} else if len(hours) == 0 {
		hours = []int{first.Hour()}
	}
	if len(minutes) == 0 {
		minutes = []int{first.Minute()}
	}
	var all []time.Time
	for _, h := range hours {
		for _, m := range minutes {
			all = append(all, time.Date(d.Year(), d.Month(), d.Day(), h, m, first.Second(), 0, time.UTC))
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return all
}

func (r naive) choose(set []time.Time) []time.Time {
	if len(r.bysetpos) == 0 {
		return set
	}
	var chosen []time.Time
	for i, t := range set {
		if in(r.bysetpos, i+1, i-len(set)) {
			chosen = append(chosen, t)
		}
	}
	return chosen
}
