package store

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"
	"unicode/utf8"
)

// MaxIndexed is the longest string, in bytes, that a property declared
// Indexed or Unique may hold. Neo4j's range index refuses the whole write
// beyond about 8 KiB, so the port refuses it earlier and says so.
const MaxIndexed = 4096

// Props are the properties of a node or an edge. A value is one of a closed
// set of Go types, so that both adapters store and compare it alike:
//
//	bool, int64, float64 (never NaN), string (valid UTF-8),
//	time.Time (UTC, whole microseconds), []string
//
// A nil value is never stored: in an UpdateNode it removes the property.
type Props map[string]any

// Clone returns a copy that shares nothing mutable with p.
func (p Props) Clone() Props {
	if p == nil {
		return nil
	}
	c := make(Props, len(p))
	for k, v := range p {
		if list, ok := v.([]string); ok {
			v = slices.Clone(list)
		}
		c[k] = v
	}
	return c
}

// Equal reports whether both hold the same properties with equal values.
func (p Props) Equal(q Props) bool {
	if len(p) != len(q) {
		return false
	}
	for k, v := range p {
		w, ok := q[k]
		if !ok || !EqualValues(v, w) {
			return false
		}
	}
	return true
}

// EqualValues reports whether two property values are the same value of the
// same type. Times compare as instants.
func EqualValues(a, b any) bool {
	if t, ok := a.(time.Time); ok {
		u, ok := b.(time.Time)
		return ok && t.Equal(u)
	}
	if l, ok := a.([]string); ok {
		m, ok := b.([]string)
		return ok && slices.Equal(l, m)
	}
	return a == b
}

// CheckValue says why v cannot be a property value, or nil. Errors match
// ErrInvalid.
func CheckValue(v any) error {
	switch v := v.(type) {
	case bool, int64:
		return nil
	case float64:
		if math.IsNaN(v) {
			return fmt.Errorf("%w: not a number", ErrInvalid)
		}
		return nil
	case string:
		return checkText(v)
	case []string:
		for _, s := range v {
			if err := checkText(s); err != nil {
				return err
			}
		}
		return nil
	case time.Time:
		if v.Location() != time.UTC || v.Nanosecond()%1000 != 0 {
			return fmt.Errorf("%w: a time must be UTC in whole microseconds", ErrInvalid)
		}
		if v.Year() < 1 || v.Year() > 9999 {
			return fmt.Errorf("%w: a time must be within the years 1 to 9999", ErrInvalid)
		}
		return nil
	}
	return fmt.Errorf("%w: %s is no property type", ErrInvalid, reflect.TypeOf(v))
}

func checkText(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%w: text is not valid UTF-8", ErrInvalid)
	}
	return nil
}

// Text returns a property that is a text, empty where it is none.
func (p Props) Text(name string) string {
	text, _ := p[name].(string)
	return text
}
