// Package scalar reads and writes the API's scalars.
package scalar

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"
	_ "time/tzdata" // time zones are known on machines without a database of their own

	"github.com/99designs/gqlgen/graphql"

	"releasegraph/internal/domain"
)

// MarshalInt writes a whole number.
func MarshalInt(n int) graphql.Marshaler { return graphql.MarshalInt(n) }

// UnmarshalInt reads a whole number. A text that looks like one is refused: all
// that asks for the number before, such as the price, takes it for none.
func UnmarshalInt(v any) (int, error) {
	if s, ok := v.(string); ok {
		return 0, invalid("an Int is a whole number without quotes, not the text %q", s)
	}
	n, err := graphql.UnmarshalInt(v)
	if err != nil {
		return 0, invalid("an Int is a whole number of up to 64 bits, not %v", v)
	}
	return n, nil
}

// MarshalDateTime writes an instant in UTC.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.MarshalString(t.UTC().Format(time.RFC3339Nano))
}

// UnmarshalDateTime reads RFC 3339 with any offset.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, invalid("a DateTime is a string such as 2026-03-01T08:00:00Z, not %v", v)
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, invalid("a DateTime is RFC 3339, such as 2026-03-01T08:00:00Z, not %q", s)
	}
	return t.UTC(), nil
}

// MarshalRevision writes a revision as a string: JSON readers keep whole
// numbers to 53 bits only.
func MarshalRevision(r int64) graphql.Marshaler {
	return graphql.MarshalString(strconv.FormatInt(r, 10))
}

// UnmarshalRevision reads a revision, given as a string or as a number.
func UnmarshalRevision(v any) (int64, error) {
	var text string
	switch v := v.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	case int64:
		text = strconv.FormatInt(v, 10)
	case int:
		text = strconv.Itoa(v)
	}
	r, err := strconv.ParseInt(text, 10, 64)
	if err != nil || r < 0 {
		return 0, invalid("a Revision is a whole number in a string, not %v", v)
	}
	return r, nil
}

// MarshalTimeZone writes the name of a time zone.
func MarshalTimeZone(name string) graphql.Marshaler { return graphql.MarshalString(name) }

// UnmarshalTimeZone reads the name of a time zone that exists.
func UnmarshalTimeZone(v any) (string, error) {
	s, ok := v.(string)
	if !ok || s == "" || s == "Local" {
		return "", invalid("a TimeZone is an IANA name such as Europe/Paris, not %v", v)
	}
	if _, err := time.LoadLocation(s); err != nil {
		return "", invalid("no time zone %q in the IANA database", s)
	}
	return s, nil
}

// MarshalDuration writes an ISO 8601 duration.
func MarshalDuration(d string) graphql.Marshaler { return graphql.MarshalString(d) }

// UnmarshalDuration reads an ISO 8601 duration.
func UnmarshalDuration(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", invalid("a Duration is a string such as PT4H, not %v", v)
	}
	if _, err := domain.ParseDuration(s); err != nil {
		return "", invalid("%s", err)
	}
	return s, nil
}

// MarshalRecurrenceRule writes a recurrence rule of RFC 5545.
func MarshalRecurrenceRule(r string) graphql.Marshaler { return graphql.MarshalString(r) }

// UnmarshalRecurrenceRule reads a recurrence rule. What is wrong with it is told
// with all else that is wrong with the window that it belongs to.
func UnmarshalRecurrenceRule(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", invalid("a RecurrenceRule is a string such as FREQ=WEEKLY;BYDAY=SU, not %v", v)
	}
	return s, nil
}

// MarshalLocalDateTime writes what clocks show, without an offset.
func MarshalLocalDateTime(t string) graphql.Marshaler { return graphql.MarshalString(t) }

// UnmarshalLocalDateTime reads what clocks show. What is wrong with it is told
// with all else that is wrong with the window that it belongs to.
func UnmarshalLocalDateTime(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", invalid("a LocalDateTime is a string such as 2026-12-18T22:00, not %v", v)
	}
	return s, nil
}

// MarshalAttributes writes attributes by name, in a fixed order.
func MarshalAttributes(a map[string]string) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		if a == nil {
			a = map[string]string{}
		}
		// A map of strings always has a JSON form, and encoding/json sorts the
		// names. A writer that fails ends the response elsewhere.
		text, _ := json.Marshal(a)
		_, _ = w.Write(text)
	})
}

// UnmarshalAttributes reads an object whose values are strings.
func UnmarshalAttributes(v any) (map[string]string, error) {
	raw, ok := v.(map[string]any)
	if !ok {
		return nil, invalid("attributes are an object of strings, not %v", v)
	}
	a := make(map[string]string, len(raw))
	for name, value := range raw {
		s, ok := value.(string)
		if !ok {
			return nil, invalid("attribute %q is a string, not %v", name, value)
		}
		a[name] = s
	}
	return a, nil
}

// invalid is an error that its reader can act on.
func invalid(format string, args ...any) error {
	return &domain.Error{Code: domain.Invalid, Message: fmt.Sprintf(format, args...)}
}
