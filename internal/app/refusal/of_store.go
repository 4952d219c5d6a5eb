package refusal

import (
	"errors"

	"releasegraph/internal/domain"
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

// OfStore turns an error of the store into one that its reader can act on,
// where there is something to be done about it. What remains is internal.
func OfStore(err error) error {
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
	return OfStore(err)
}
