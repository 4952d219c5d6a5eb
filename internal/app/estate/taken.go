package estate

import (
	"context"
	"errors"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/store"
)

// ExplainTaken explains the store's error that a unique value is taken (C1). The path is
// that of the record's fields in the input.
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
		return refusal.Taken(e, path, hidden[e.Holder])
	}
}
