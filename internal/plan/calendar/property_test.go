package calendar_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
)

var codes = map[time.Weekday]string{
	time.Monday: "MO", time.Tuesday: "TU", time.Wednesday: "WE", time.Thursday: "TH", time.Friday: "FR", time.Saturday: "SA", time.Sunday: "SU",
}

func (r naive) String() string {
	parts := []string{"FREQ=" + r.freq, "INTERVAL=" + strconv.Itoa(r.interval), "WKST=" + codes[r.wkst]}
	if r.count > 0 {
		parts = append(parts, "COUNT="+strconv.Itoa(r.count))
	}
	if !r.until.IsZero() {
		parts = append(parts, "UNTIL="+r.until.Format("20060102T150405"))
	}
	for _, l := range []struct {
		name string
		list []int
	}{
		{"BYMONTH", r.bymonth}, {"BYMONTHDAY", r.bymonthday}, {"BYYEARDAY", r.byyearday}, {"BYWEEKNO", r.byweekno},
		{"BYSETPOS", r.bysetpos}, {"BYHOUR", r.byhour}, {"BYMINUTE", r.byminute},
	} {
		if len(l.list) > 0 {
			parts = append(parts, l.name+"="+strings.Trim(strings.ReplaceAll(fmt.Sprint(l.list), " ", ","), "[]"))
		}
	}
	var days []string
	for _, d := range r.byday {
		n := ""
		if d.n != 0 {
			n = strconv.Itoa(d.n)
		}
		days = append(days, n+codes[d.day])
	}
	if len(days) > 0 {
		parts = append(parts, "BYDAY="+strings.Join(days, ","))
	}
	return strings.Join(parts, ";")
}

func drawSigned(most int) *rapid.Generator[int] {
	return rapid.OneOf(rapid.IntRange(1, most), rapid.IntRange(-most, -1))
}

func drawRule(t *rapid.T) naive {
	r := naive{
		freq:     rapid.SampledFrom([]string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"}).Draw(t, "freq"),
		interval: rapid.IntRange(1, 4).Draw(t, "interval"),
		wkst:     time.Weekday(rapid.IntRange(0, 6).Draw(t, "wkst")),
	}
	some := func(name string, g *rapid.Generator[int]) []int {
		if rapid.IntRange(0, 3).Draw(t, "with "+name) > 0 {
			return nil
		}
		return rapid.SliceOfNDistinct(g, 1, 3, rapid.ID[int]).Draw(t, name)
	}
	r.bymonth = some("month", rapid.IntRange(1, 12))
	r.byhour = some("hour", rapid.IntRange(0, 23))
	r.byminute = some("minute", rapid.IntRange(0, 59))
	numbered := 0
	switch r.freq {
	case "YEARLY":
		// Counted from the end, the first week of a year is -52 or -53. Whether its days
		// in the year before belong to it, RFC 5545 leaves open.
		r.byweekno = some("weekno", rapid.OneOf(rapid.IntRange(1, 53), rapid.IntRange(-51, -1)))
		r.byyearday = some("yearday", drawSigned(366))
		r.bymonthday = some("monthday", drawSigned(31))
		if numbered = 53; len(r.bymonth) > 0 {
			numbered = 5
		}
		if len(r.byweekno) > 0 {
			numbered = 0
		}
	case "MONTHLY":
		r.bymonthday = some("monthday", drawSigned(31))
		numbered = 5
	case "HOURLY":
		r.byyearday = some("yearday", drawSigned(366))
		r.bymonthday = some("monthday", drawSigned(31))
	case "DAILY":
		r.bymonthday = some("monthday", drawSigned(31))
	}
	for range rapid.IntRange(0, 3).Draw(t, "days") {
		d := numberedDay{day: time.Weekday(rapid.IntRange(0, 6).Draw(t, "day"))}
		if numbered > 0 && rapid.Bool().Draw(t, "numbered") {
			d.n = drawSigned(numbered).Draw(t, "n")
		}
		if !slices.Contains(r.byday, d) {
			r.byday = append(r.byday, d)
		}
	}
	if len(r.bymonth)+len(r.byday)+len(r.bymonthday)+len(r.byhour)+len(r.byminute)+len(r.byweekno) > 0 {
		r.bysetpos = some("setpos", drawSigned(8))
	}
	switch rapid.IntRange(0, 3).Draw(t, "end") {
	case 0:
		r.count = rapid.IntRange(1, 40).Draw(t, "count")
	case 1:
		r.until = drawTime(t, "until", 2023, 2028)
	}
	return r
}

func drawTime(t *rapid.T, name string, from, to int) time.Time {
	least, most := time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(to, 1, 1, 0, 0, 0, 0, time.UTC)
	return time.Unix(60*rapid.Int64Range(least.Unix()/60, most.Unix()/60).Draw(t, name), 0).UTC()
}

// P7: the recurrences of RFC 5545, against a search day by day.
func TestARecurrenceOpensWhenADayByDaySearchSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, first := drawRule(t), drawTime(t, "first", 2023, 2025)
		from := drawTime(t, "from", 2023, 2028)
		within := domain.TimeRange{From: from, To: from.AddDate(0, rapid.IntRange(1, 14).Draw(t, "months"), 0)}
		var want []domain.TimeRange
		for _, s := range r.starts(first, within.To) {
			if one := (domain.TimeRange{From: s, To: s.Add(time.Minute)}); one.Overlaps(within) {
				want = append(want, one)
			}
		}
		w, errs := calendar.New(local(r.String(), calendar.FormatWall(first), "PT1M", "UTC"))
		if errs != nil {
			if far := r.starts(first, first.AddDate(9, 0, 0)); len(far) > 0 {
				t.Fatalf("%s from %s is refused (%s), and opens at %s", r, first, errs, far[0])
			}
			return
		}
		if got := w.Occurrences(within); !slices.Equal(got, want) {
			t.Fatalf("%s from %s within %v:\n got %v\nwant %v", r, first, within, got, want)
		}
	})
}

func local(rule, starts, duration, zone string) calendar.Spec {
	s := calendar.Spec{StartsAt: &starts, Duration: &duration, TimeZone: &zone}
	if rule != "" {
		s.Recurrence = &rule
	}
	return s
}
