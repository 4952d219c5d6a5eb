package domain

import (
	"errors"
	"fmt"
	"strings"
)

// Code classifies an error for those who must act on it.
type Code string

// The codes.
const (
	NotFound        Code = "NOT_FOUND"
	Conflict        Code = "CONFLICT"
	Invalid         Code = "INVALID"
	RuleViolation   Code = "RULE_VIOLATION"
	Forbidden       Code = "FORBIDDEN"
	Unauthenticated Code = "UNAUTHENTICATED"
	Limit           Code = "LIMIT"
	Unavailable     Code = "UNAVAILABLE"
	// TooSlow ends a subscription whose client does not keep up.
	TooSlow Code = "TOO_SLOW"
	// ReportIDReused refuses a report under the id of another one (D5).
	ReportIDReused Code = "REPORT_ID_REUSED"
)

// Error is an error that its reader can act on. Field is the path of the input
// field it is about ("input.patch.key"), Rule the number of the rule that was
// broken, Details what a program may need (holder, current version, …). The
// Message does not repeat the Field.
type Error struct {
	Code    Code
	Rule    string
	Field   string
	Message string
	Details map[string]any
	// Cause is for the log, and shown to nobody else.
	Cause error
}

// Breaks says that what is asked for breaks a rule, known by its number.
func Breaks(rule, field, format string, args ...any) *Error {
	return &Error{Code: RuleViolation, Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)}
}

func (e *Error) Error() string {
	if e.Field == "" {
		return e.Message
	}
	return e.Field + ": " + e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errors are all that is wrong with one input.
type Errors []*Error

func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "; ")
}

// Unwrap lets errors.As find each.
func (es Errors) Unwrap() []error {
	list := make([]error, len(es))
	for i, e := range es {
		list[i] = e
	}
	return list
}

// Err gives the errors as one error: nil when there are none, the only one as
// it is.
func (es Errors) Err() error {
	switch len(es) {
	case 0:
		return nil
	case 1:
		return es[0]
	}
	return es
}

// Under places errors about the fields of an input at the path of that input.
func (es Errors) Under(path string) Errors {
	placed := make(Errors, len(es))
	for i, e := range es {
		one := *e
		if one.Field = path; e.Field != "" {
			one.Field += "." + e.Field
		}
		placed[i] = &one
	}
	return placed
}

// ErrorsOf takes an error apart into those that it is made of.
func ErrorsOf(err error) Errors {
	var list Errors
	var one *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &list):
		return list
	case errors.As(err, &one):
		return Errors{one}
	}
	return Errors{{Code: Invalid, Message: err.Error()}}
}
