package domain

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// isoDuration is ISO 8601 without years and months, whose length is not fixed.
var isoDuration = regexp.MustCompile(`^P(?:(\d{1,6})W|(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})(?:\.(\d{1,6}))?S)?)?)$`)

// ParseDuration reads an ISO 8601 duration such as PT4H, P1DT12H or P2W. A day
// counts 24 hours.
func ParseDuration(s string) (time.Duration, error) {
	m := isoDuration.FindStringSubmatch(s)
	if m == nil || s == "P" || s[len(s)-1] == 'T' {
		return 0, fmt.Errorf("%q is no duration in weeks, or days, hours, minutes and seconds, such as PT4H or P1DT12H", s)
	}
	var d time.Duration
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi("0" + m[i+1]) // digits, or none
		d += time.Duration(n) * unit
	}
	micros, _ := strconv.Atoi((m[6] + "000000")[:6])
	return d + time.Duration(micros)*time.Microsecond, nil
}

// FormatDuration writes a duration as ISO 8601, in days, hours, minutes and
// seconds to the microsecond. It is not negative.
func FormatDuration(d time.Duration) string {
	days, d := d/(24*time.Hour), d%(24*time.Hour)
	s := "P"
	if days > 0 {
		s += fmt.Sprintf("%dD", days)
	}
	if d == 0 && days > 0 {
		return s
	}
	s += "T"
	if h := d / time.Hour; h > 0 {
		s += fmt.Sprintf("%dH", h)
	}
	if m := d % time.Hour / time.Minute; m > 0 {
		s += fmt.Sprintf("%dM", m)
	}
	if sec := d % time.Minute; sec > 0 || s == "PT" {
		text := fmt.Sprintf("%d.%06d", sec/time.Second, sec%time.Second/time.Microsecond)
		s += strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + "S"
	}
	return s
}
