package checker

import (
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
)

var weekdays = []string{"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"}

// service lists the service hours of a site around a range, such as those of
// "Mo-Fr 08:00-12:00,13:00-18:00; Sa 09:00-12:00", in its own time.
func (e *estate) service(site int, r domain.TimeRange) (list []domain.TimeRange) {
	s := e.in.Sites[site]
	if s.ServiceHours == "" {
		return nil
	}
	z := zone(s.Zone)
	for _, part := range strings.Split(s.ServiceHours, ";") {
		days, hours, _ := strings.Cut(strings.TrimSpace(part), " ")
		first := r.From.Add(-48 * time.Hour).In(z)
		day := time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, time.UTC)
		for ; day.Before(r.To.Add(48 * time.Hour)); day = day.AddDate(0, 0, 1) {
			if !onDay(days, day.Weekday()) {
				continue
			}
			for _, span := range strings.Split(hours, ",") {
				begins, ends, _ := strings.Cut(span, "-")
				from, to := clock(day, begins), clock(day, ends)
				if !to.After(from) { // over midnight
					to = to.AddDate(0, 0, 1)
				}
				list = append(list, domain.TimeRange{From: calendar.Instant(from, z), To: calendar.Instant(to, z)})
			}
		}
	}
	return list
}

// serving reports whether a range touches service hours of a site.
func (e *estate) serving(site int, r domain.TimeRange) bool {
	return slices.ContainsFunc(e.service(site, r), r.Overlaps)
}

func onDay(days string, day time.Weekday) bool {
	for _, part := range strings.Split(days, ",") {
		first, last, ranged := strings.Cut(part, "-")
		if !ranged {
			last = first
		}
		for d := slices.Index(weekdays, first); ; d = (d + 1) % 7 {
			if d == int(day) {
				return true
			}
			if d == slices.Index(weekdays, last) {
				break
			}
		}
	}
	return false
}

func clock(day time.Time, text string) time.Time {
	t, err := time.Parse("15:04", strings.TrimSpace(text))
	if err != nil { // 24:00
		return day.AddDate(0, 0, 1)
	}
	return day.Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute)
}
