package calendar

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Duration is how long a window stays open: so many days of the calendar, which
// may have 23 or 25 hours, and then so much exact time (RFC 5545, 3.8.5.3).
type Duration struct {
	Days  int
	Exact time.Duration
}

// longest is the longest that a window may stay open.
const longest = 366

var durationForm = regexp.MustCompile(`^P(?:(\d{1,5})W|(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?)$`)

// ParseDuration reads an ISO 8601 duration of weeks, or of days, hours, minutes
// and seconds.
func ParseDuration(text string) (Duration, error) {
	m := durationForm.FindStringSubmatch(text)
	if m == nil || text == "P" || strings.HasSuffix(text, "T") {
		return Duration{}, fmt.Errorf("%q is no ISO 8601 duration of weeks, or of days, hours, minutes and seconds, such as PT4H or P1DT12H", text)
	}
	n := make([]int, len(m))
	for i, digits := range m {
		n[i], _ = strconv.Atoi(digits) // nine digits at most, or absent: 0
	}
	d := Duration{Days: 7*n[1] + n[2]}
	d.Exact = time.Duration(n[3])*time.Hour + time.Duration(n[4])*time.Minute + time.Duration(n[5])*time.Second
	switch {
	case d.length() <= 0:
		return Duration{}, fmt.Errorf("must be longer than nothing")
	case d.length() > longest*24*time.Hour:
		return Duration{}, fmt.Errorf("must be at most %d days", longest)
	}
	return d, nil
}

// length is the duration where no clock is put forward or back.
func (d Duration) length() time.Duration { return time.Duration(d.Days)*24*time.Hour + d.Exact }

// String writes the duration as ISO 8601.
func (d Duration) String() string {
	var b strings.Builder
	b.WriteByte('P')
	if d.Days > 0 {
		fmt.Fprintf(&b, "%dD", d.Days)
	}
	if d.Exact == 0 {
		return b.String()
	}
	b.WriteByte('T')
	rest := d.Exact
	for _, part := range []struct {
		unit time.Duration
		name byte
	}{{time.Hour, 'H'}, {time.Minute, 'M'}, {time.Second, 'S'}} {
		if n := rest / part.unit; n > 0 {
			fmt.Fprintf(&b, "%d%c", n, part.name)
			rest -= n * part.unit
		}
	}
	return b.String()
}

// End is when something ends that starts at a local time and lasts so long.
func (d Duration) End(start time.Time, zone *time.Location) time.Time {
	if d.Days == 0 {
		return Instant(start, zone).Add(d.Exact)
	}
	return Instant(start.AddDate(0, 0, d.Days), zone).Add(d.Exact)
}
