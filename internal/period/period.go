// Package period counts in the calendar: months and years, which differ in
// length, beside days and exact time. Policies say so how often and how long.
package period

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Period is so many months and days of the calendar, and then so much exact
// time. None of them is negative.
type Period struct {
	Months, Days int
	Exact        time.Duration
}

var form = regexp.MustCompile(`^P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$`)

// Parse reads an ISO 8601 duration such as P1M, P3Y, P14D or P1DT12H.
func Parse(text string) (Period, error) {
	m := form.FindStringSubmatch(text)
	if m == nil || text == "P" || strings.HasSuffix(text, "T") {
		return Period{}, fmt.Errorf("%q is no ISO 8601 duration such as P1M, P3Y, P14D or P1DT12H", text)
	}
	n := make([]int, len(m))
	for i, digits := range m {
		n[i], _ = strconv.Atoi(digits) // six digits at most, or absent: 0
	}
	return Period{
		Months: 12*n[1] + n[2], Days: 7*n[3] + n[4],
		Exact: time.Duration(n[5])*time.Hour + time.Duration(n[6])*time.Minute + time.Duration(n[7])*time.Second,
	}, nil
}

// Zero reports whether the period is none at all.
func (p Period) Zero() bool { return p == Period{} }

// String writes the period as ISO 8601.
func (p Period) String() string {
	var b strings.Builder
	b.WriteByte('P')
	write := func(n int64, unit byte) {
		if n > 0 {
			fmt.Fprintf(&b, "%d%c", n, unit)
		}
	}
	write(int64(p.Months/12), 'Y')
	write(int64(p.Months%12), 'M')
	write(int64(p.Days), 'D')
	if p.Exact > 0 {
		b.WriteByte('T')
		write(int64(p.Exact/time.Hour), 'H')
		write(int64(p.Exact%time.Hour/time.Minute), 'M')
		write(int64(p.Exact%time.Minute/time.Second), 'S')
	}
	if b.Len() == 1 {
		return "P0D"
	}
	return b.String()
}

// After is when the period is over that begins at an instant. A day that the
// month at the end does not have is clipped to its last: one month after 31
// January is 28 or 29 February. The calendar is that of the instant's zone.
func (p Period) After(t time.Time) time.Time {
	year, month, day := t.Date()
	first := time.Date(year, month+time.Month(p.Months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	hour, minute, second := t.Clock()
	return time.Date(first.Year(), first.Month(), min(day, last)+p.Days, hour, minute, second, t.Nanosecond(), t.Location()).Add(p.Exact)
}

// AtLeast reports whether the period is never over before another that begins
// with it, whenever that is.
func (p Period) AtLeast(q Period) bool {
	for _, year := range []int{2000, 2098} { // around a leap year, and around 2100, which is none
		for t := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); t.Year() < year+4; t = t.AddDate(0, 0, 1) {
			if p.After(t).Before(q.After(t)) {
				return false
			}
		}
	}
	return true
}
