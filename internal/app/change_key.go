package app

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// ChangeRequestKey names a request for change.
type ChangeRequestKey struct{ keyed }

// ChangeRequest is the request of that key, nil when there is none that the
// caller may see.
func (k *ChangeRequestKey) ChangeRequest(ctx context.Context) (*domain.ChangeRequest, error) {
	return ofKey[*domain.ChangeRequest](ctx, &k.keyed)
}

// RequestsOf are the requests for change that a record names by these keys.
func (a *App) RequestsOf(ctx context.Context, record entity.Record, keys []string) []*ChangeRequestKey {
	return keysIn(a.keyLoader(ctx, record, domain.KindChangeRequest), keys, func(k keyed) *ChangeRequestKey { return &ChangeRequestKey{k} })
}
