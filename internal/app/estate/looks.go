package estate

import (
	"context"

	"releasegraph/internal/app/acting"
)

// looks notes each call to the store as a look at the estate (ADR 12).
type looks struct{}

// Begin implements observed.Observer.
func (looks) Begin(ctx context.Context, _ string) (context.Context, func(error)) {
	acting.NoteLook(ctx)
	return ctx, func(error) {}
}
