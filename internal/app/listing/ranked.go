package listing

import (
	"encoding/base64"
	"strconv"
	"strings"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rank"
)

// PlaceCursor marks a place in a list that is ordered by a number and a key. It
// holds the place itself, so that it stays good when the estate changes between
// two pages.
func PlaceCursor(number int, key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(number) + " " + key))
}

// ParsePlaceCursor reads a cursor. Those of some lists had a line's end for the
// blank.
func ParsePlaceCursor(cursor string) (number int, key string, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if at := strings.IndexAny(string(text), " \n"); err == nil && at > 0 {
		if number, err = strconv.Atoi(string(text[:at])); err == nil && number > 0 {
			return number, string(text[at+1:]), nil
		}
	}
	return 0, "", refusal.Wrong("after", "is no cursor of this list")
}

// cut is which part of a ranked list is asked for: so many, after a place or
// from the start.
type cut struct {
	first int
	after *rank.Place
}

// ParseCut reads which part of a list is asked for.
func ParseCut(first *int, after *string) (c cut, err error) {
	var firstErr error
	c.first, firstErr = LongPage(first)
	if after != nil {
		c.after = &rank.Place{}
		c.after.Count, c.after.Key, err = ParsePlaceCursor(*after)
	}
	return c, refusal.Both(err, firstErr)
}

// CutOf cuts a part out of a ranked list, and tells whether there are others
// before and behind it.
func CutOf[T rank.Placed](all []T, c cut) (list []T, previous, next bool) {
	list = all
	if c.after != nil {
		list = rank.After(all, *c.after)
	}
	previous = len(list) < len(all)
	if c.first < len(list) {
		return list[:c.first], previous, true
	}
	return list, previous, false
}

// LongPage is PageLength for lists that are shown as a whole where they are not
// too long for it.
func LongPage(first *int) (int, error) {
	if first == nil {
		return MaxPage, nil
	}
	return PageLength(first)
}

// RunsLength checks the length of a page that is answered in runs; that of none is that of
// the longest page of others.
func RunsLength(first *int) (int, error) {
	if first == nil {
		return MaxPage, nil
	}
	var errs domain.Errors
	n := lengthUpTo(&errs, "first", first, LongestPage)
	return n, errs.Err()
}

// PageLength checks the length of a page.
func PageLength(first *int) (int, error) {
	if first == nil {
		return DefaultPage, nil
	}
	var errs domain.Errors
	n := Length(&errs, "first", first)
	return n, errs.Err()
}
