package refusal

import (
	"errors"
	"fmt"
	"strconv"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// Wrong returns an INVALID error about one field.
func Wrong(field, format string, args ...any) *domain.Error {
	return &domain.Error{Code: domain.Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Missing says that no record goes by the reference.
func Missing(kind string, ref domain.Ref, field string) *domain.Error {
	by, value := "key", ref.Key
	if value == nil {
		by, value = "id", ref.ID
	}
	return &domain.Error{Code: domain.NotFound, Field: field, Message: fmt.Sprintf("there is no %s with the %s %q", kind, by, *value)}
}

// NoRecord says that an end of a link is not there.
func NoRecord(end interchange.End, field string) *domain.Error {
	return &domain.Error{Code: domain.NotFound, Field: field, Message: fmt.Sprintf("there is no %s with the key %q", end.Kind, end.Key)}
}

// Taken says which record has a unique value already (C1). Of one that is hidden from the
// caller it says no more than that there is one.
func Taken(e *store.TakenError, path string, hidden bool) *domain.Error {
	clash := &domain.Error{
		Code: domain.Conflict, Rule: "C1", Field: path + "." + e.Property,
		Message: fmt.Sprintf("%q is the %s of another %s", e.Value, e.Property, e.Kind),
	}
	if !hidden {
		clash.Details = map[string]any{"holder": map[string]any{"id": string(e.Holder), e.Property: e.Value}}
	}
	return clash
}

// Stale refuses an edit that was made against a stale version (C5).
func Stale(r entity.Record, ifVersion *int) error {
	current := r.Meta().Version
	if ifVersion == nil || *ifVersion == current {
		return nil
	}
	return &domain.Error{
		Code: domain.Conflict, Rule: "C5", Field: "input.ifVersion",
		Message: fmt.Sprintf("the record is at version %d, not %d: read it again", current, *ifVersion),
		Details: map[string]any{"currentVersion": current},
	}
}

// Contended says that others were faster, again and again (C5).
func Contended(err error) *domain.Error {
	return &domain.Error{
		Code: domain.Conflict, Rule: "C5", Cause: err,
		Message: "others keep changing the same records; nothing was written, try again",
	}
}

// Both joins the errors of two steps that are told at once.
func Both(list ...error) error {
	var all domain.Errors
	for _, err := range list {
		var one *domain.Error
		var several domain.Errors
		switch {
		case err == nil:
		case errors.As(err, &several):
			all = append(all, several...)
		case errors.As(err, &one):
			all = append(all, one)
		default:
			return err
		}
	}
	return all.Err()
}

// About returns an error as one about this field.
func About(err error, field string) error {
	var e *domain.Error
	if errors.As(err, &e) {
		e.Field = field
	}
	return err
}

// FieldAt returns the path of a field.
func FieldAt(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// Element returns the path of an element of a list.
func Element(field string, i int) string { return field + "." + strconv.Itoa(i) }
