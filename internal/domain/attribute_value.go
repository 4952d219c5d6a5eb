package domain

import (
	"errors"
	"net/url"
	"regexp"
	"time"
)

// The forms of numbers. A double holds fifteen digits exactly.
const numberDigits = 15

var (
	integerForm = regexp.MustCompile(`^-?[0-9]+$`)
	decimalForm = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
)

// CheckValue says why a text is no value of the type, or nil.
func (t AttributeType) CheckValue(s string) error {
	fits := true
	switch t {
	case AttributeInteger:
		fits = integerForm.MatchString(s) && digits(s) <= numberDigits
	case AttributeDecimal:
		fits = decimalForm.MatchString(s) && digits(s) <= numberDigits
	case AttributeBoolean:
		fits = s == "true" || s == "false"
	case AttributeDate:
		_, err := time.Parse(time.DateOnly, s)
		fits = err == nil
	case AttributeURL:
		u, err := url.Parse(s)
		fits = err == nil && u.IsAbs() && (u.Host != "" || u.Opaque != "")
	}
	if fits {
		return nil
	}
	return errors.New("is not " + t.legal())
}

// legal describes the values of the type.
func (t AttributeType) legal() string {
	switch t {
	case AttributeInteger:
		return "a whole number of at most 15 digits"
	case AttributeDecimal:
		return "a number such as -12.5, of at most 15 digits"
	case AttributeBoolean:
		return "true or false"
	case AttributeDate:
		return "a date such as 2026-03-01"
	case AttributeURL:
		return "an address such as https://example.org/"
	}
	return "a text"
}

func digits(s string) (n int) {
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}
