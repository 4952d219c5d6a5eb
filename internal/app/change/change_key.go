package change

import (
	"context"

	"releasegraph/internal/app/keyed"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// ChangeRequestKey names a request for change.
type ChangeRequestKey struct{ keyed.Record }

// ChangeRequest returns the request of that key, nil when there is none that
// the caller may see.
func (k *ChangeRequestKey) ChangeRequest(ctx context.Context) (*domain.ChangeRequest, error) {
	return keyed.Of[*domain.ChangeRequest](ctx, &k.Record)
}

// RequestsOf returns the requests for change that a record names by these keys.
func (a *Area) RequestsOf(ctx context.Context, record entity.Record, keys []string) []*ChangeRequestKey {
	return keyed.In(ctx, a.estate, record, domain.KindChangeRequest, keys, func(k keyed.Record) *ChangeRequestKey { return &ChangeRequestKey{k} })
}
