package calendar

import (
	"fmt"
	"time"
)

// WallLayout is how a local time is written: no offset, since its zone gives it.
const WallLayout = "2006-01-02T15:04:05"

// ParseWall reads a local time, such as 2026-12-18T22:00, seconds optional. The
// result carries the clock's face in UTC; Instant says when that is somewhere.
func ParseWall(text string) (time.Time, error) {
	for _, layout := range []string{WallLayout, "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return checkYear(t)
		}
	}
	return time.Time{}, fmt.Errorf("%q is no local time such as 2026-12-18T22:00, without an offset", text)
}

// The years in which windows may start: far enough, and no typing error.
const firstYear, lastYear = 1970, 2199

func checkYear(t time.Time) (time.Time, error) {
	if t.Year() < firstYear || t.Year() > lastYear {
		return time.Time{}, fmt.Errorf("must lie in the years %d to %d, not %d", firstYear, lastYear, t.Year())
	}
	return t, nil
}

// FormatWall writes a local time.
func FormatWall(t time.Time) string { return t.Format(WallLayout) }

// Wall is what the clocks of a zone show at an instant.
func Wall(t time.Time, zone *time.Location) time.Time {
	_, offset := t.In(zone).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// farOffset is more than any zone ever was from UTC.
const farOffset = 26 * time.Hour

// Instant is when the clocks of a zone show a local time: the first time where
// they show it twice, and where they never do, when they would have shown it
// had they not been put forward (RFC 5545, 3.3.5).
func Instant(wall time.Time, zone *time.Location) time.Time {
	at := wall.Add(-farOffset)
	for {
		_, offset := at.In(zone).Zone()
		end := changeAfter(at, zone)
		t := wall.Add(-time.Duration(offset) * time.Second)
		// What an earlier offset shows has been returned already, so t is not
		// before this one came into force.
		if end.IsZero() || t.Before(end) || skipped(wall, end, zone) {
			return t.UTC()
		}
		at = end
	}
}

// changeAfter is when the offset of a zone changes next, or may do so; zero:
// never.
func changeAfter(at time.Time, zone *time.Location) time.Time {
	_, end := at.In(zone).ZoneBounds()
	if !end.IsZero() && !end.After(at) {
		// On the last day of a leap year, ZoneBounds ends the year a day early.
		return at.Add(time.Hour)
	}
	return end
}

// skipped tells whether the clocks, put forward at an instant, go on behind a
// local time that they have not shown before.
func skipped(wall, change time.Time, zone *time.Location) bool {
	return Wall(change, zone).After(wall)
}

// ShownTwice reports whether the clocks of a zone show the local time of an
// instant at another instant, too: in the hour before or after they are put
// back.
func ShownTwice(t time.Time, zone *time.Location) bool {
	wall := Wall(t, zone)
	for at := t.Add(-farOffset); !at.IsZero() && at.Before(t.Add(farOffset)); at = changeAfter(at, zone) {
		_, offset := at.In(zone).Zone()
		other := wall.Add(-time.Duration(offset) * time.Second)
		if !other.Equal(t) && Wall(other, zone).Equal(wall) {
			return true
		}
	}
	return false
}
