package calendar

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// ParseHours reads hours of the week as people write them, "Mo-Fr 08:00-18:00; Sa
// 09:00-12:00,13:00-16:00" or "24/7", in the local time of a zone. Hours that end
// no later than they begin run into the next day. A night in which the clocks
// change lasts as many hours as any other.
func ParseHours(text, zone string) ([]*Window, error) {
	if strings.TrimSpace(text) == "24/7" {
		text = "Mo-Su 00:00-24:00"
	}
	var windows []*Window
	for _, part := range strings.Split(text, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		m := hoursForm.FindStringSubmatch(part)
		if m == nil {
			return nil, fmt.Errorf("%q is no hours of the week such as Mo-Fr 08:00-18:00; Sa 09:00-12:00", text)
		}
		days := daysOfHours(m[1])
		for _, span := range strings.Split(m[2], ",") {
			w, err := weekly(days, span, zone)
			if err != nil {
				return nil, err
			}
			windows = append(windows, w)
		}
	}
	if windows == nil {
		return nil, fmt.Errorf("%q names no hours", text)
	}
	return windows, nil
}

const (
	dayForm  = `(?:mo|tu|we|th|fr|sa|su)[a-z]*`
	spanForm = `\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}`
)

var hoursForm = regexp.MustCompile(`(?i)^\s*(?:(` + dayForm + `(?:\s*[-,]\s*` + dayForm + `)*)\s+)?(` + spanForm + `(?:\s*,\s*` + spanForm + `)*)\s*$`)

// dayNames are the days of RFC 5545, Monday first.
var dayNames = []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}

// daysOfHours reads "Mo-We, Fr"; without any name all days are meant.
func daysOfHours(text string) string {
	if text == "" {
		return strings.Join(dayNames, ",")
	}
	var days []string
	for _, part := range strings.Split(text, ",") {
		first, last, ranged := strings.Cut(part, "-")
		at := dayNumber(first)
		end := at
		if ranged {
			end = dayNumber(last)
		}
		for days = append(days, dayNames[at]); at != end; days = append(days, dayNames[at]) {
			at = (at + 1) % 7
		}
	}
	return strings.Join(days, ",")
}

func dayNumber(name string) int {
	name = strings.ToUpper(strings.TrimSpace(name))
	for i, d := range dayNames {
		if strings.HasPrefix(name, d) {
			return i
		}
	}
	return 0 // the form knows no other names
}

// weekly makes a window that opens on some days of each week.
func weekly(days, span, zone string) (*Window, error) {
	first, last, _ := strings.Cut(span, "-")
	from, fromErr := minutes(first)
	to, toErr := minutes(last)
	switch {
	case fromErr != nil:
		return nil, fromErr
	case toErr != nil:
		return nil, toErr
	case from == 24*60:
		return nil, fmt.Errorf("%q begins at the end of a day", strings.TrimSpace(span))
	case to <= from:
		to += 24 * 60
	}
	// 3 January 2000 was a Monday.
	start := fmt.Sprintf("2000-01-03T%02d:%02d", from/60, from%60)
	rule, lasts := "FREQ=WEEKLY;BYDAY="+days, fmt.Sprintf("PT%dM", to-from)
	w, errs := New(Spec{StartsAt: &start, Duration: &lasts, TimeZone: &zone, Recurrence: &rule})
	return w, errs.Err()
}

// minutes reads a time of the day.
func minutes(text string) (int, error) {
	hour, minute, _ := strings.Cut(strings.TrimSpace(text), ":")
	h, _ := strconv.Atoi(hour) // the form wants digits
	m, _ := strconv.Atoi(minute)
	if h > 24 || m > 59 || h == 24 && m > 0 {
		return 0, fmt.Errorf("%q is no time of the day", strings.TrimSpace(text))
	}
	return h*60 + m, nil
}
