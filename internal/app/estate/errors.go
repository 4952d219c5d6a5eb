package estate

import (
	"errors"
	"fmt"

	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
)

// detailUnwritable marks an UNAVAILABLE error that does not pass by itself.
const detailUnwritable = "unwritable"

// MayPass reports whether an error is one that waiting may cure.
func MayPass(err error) bool {
	var e *domain.Error
	return errors.As(err, &e) && e.Code == domain.Unavailable && e.Details[detailUnwritable] != true
}

// StoreError turns an error of the store into one that its reader can act on,
// where there is something to be done about it. What remains is internal.
func StoreError(err error) error {
	var much *asof.TooMuchError
	if errors.As(err, &much) {
		return &domain.Error{
			Code: domain.Limit, Rule: "C4", Message: "more has changed since that moment than fits into memory: ask for a later one", Cause: err,
			Details: map[string]any{"revision": int64(much.Revision), "reached": int64(much.Reached)},
		}
	}
	var unwritable *store.UnwritableError
	if errors.As(err, &unwritable) {
		return &domain.Error{
			Code: domain.Unavailable, Message: "the store cannot be written: " + unwritable.Why, Cause: err,
			Details: map[string]any{detailUnwritable: true},
		}
	}
	if errors.Is(err, store.ErrLimit) {
		return &domain.Error{Code: domain.Limit, Message: "the question is more than the store can answer at once: ask with fewer conditions", Cause: err}
	}
	if errors.Is(err, store.ErrUnavailable) {
		return &domain.Error{Code: domain.Unavailable, Message: "the store cannot be reached", Cause: err}
	}
	return err
}

// Compacted says that the log does not reach back far enough (C4).
func Compacted(err error, field string) error {
	if errors.Is(err, store.ErrCompacted) {
		return &domain.Error{
			Code: domain.Invalid, Rule: "C4", Field: field, Cause: err,
			Message: "the log no longer reaches back that far",
		}
	}
	return StoreError(err)
}

// Wrong returns an INVALID error about one field.
func Wrong(field, format string, args ...any) *domain.Error {
	return &domain.Error{Code: domain.Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// missing says that nothing goes by the reference.
func missing(kind string, ref domain.Ref, field string) *domain.Error {
	by, value := "key", ref.Key
	if value == nil {
		by, value = "id", ref.ID
	}
	return &domain.Error{Code: domain.NotFound, Field: field, Message: fmt.Sprintf("there is no %s with the %s %q", kind, by, *value)}
}

// taken says who holds a unique value (C1).
func taken(e *store.TakenError, path string, hidden bool) *domain.Error {
	clash := &domain.Error{
		Code: domain.Conflict, Rule: "C1", Field: path + "." + e.Property,
		Message: fmt.Sprintf("%q is the %s of another %s", e.Value, e.Property, e.Kind),
	}
	if !hidden {
		clash.Details = map[string]any{"holder": map[string]any{"id": string(e.Holder), e.Property: e.Value}}
	}
	return clash
}

// CheckVersion refuses an edit that was made against a stale version (C5).
func CheckVersion(r entity.Record, ifVersion *int) error {
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

// Whole says of an error that it is about this field.
func Whole(err error, field string) error {
	var e *domain.Error
	if errors.As(err, &e) {
		e.Field = field
	}
	return err
}

// ExplainTaken names the holder of a unique value (C1). Of one that is hidden
// from the caller it says no more than that there is one.
func (a *Estate) ExplainTaken(path string) func(context.Context, error) error {
	return func(ctx context.Context, err error) error {
		var e *store.TakenError
		if !errors.As(err, &e) || e.Property == "" {
			return nil
		}
		hidden, hiddenErr := a.Today(ctx).Hidden(ctx, e.Holder)
		if hiddenErr != nil {
			return hiddenErr
		}
		return taken(e, path, hidden[e.Holder])
	}
}

// NoRecord says that an end of a link is not there.
func NoRecord(end interchange.End, field string) *domain.Error {
	return &domain.Error{Code: domain.NotFound, Field: field, Message: fmt.Sprintf("there is no %s with the key %q", end.Kind, end.Key)}
}

// FieldAt returns the path of a field.
func FieldAt(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}
