package token

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/domain"
)

// Recheck says why the identity of a context is nobody any more, nil while it
// is: an event stream asks again and again.
func (a *Area) Recheck(ctx context.Context) error {
	who := acting.From(ctx)
	if !who.Expires.IsZero() && !a.estate.Now().Before(who.Expires) {
		return unauthenticated("the identity has expired")
	}
	if who.TokenID == "" {
		return nil
	}
	t, err := a.tokenOf(ctx, who.TokenID)
	if err != nil {
		return err
	}
	if why := t.Ended(a.estate.Now()); why != "" {
		return unauthenticated(why)
	}
	return nil
}

func unauthenticated(why string) *domain.Error {
	return &domain.Error{Code: domain.Unauthenticated, Message: why}
}
