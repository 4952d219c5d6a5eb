package change

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// ChangeRequestKey names a request for change.
type ChangeRequestKey struct{ estate.Keyed }

// ChangeRequest returns the request of that key, nil when there is none that
// the caller may see.
func (k *ChangeRequestKey) ChangeRequest(ctx context.Context) (*domain.ChangeRequest, error) {
	return estate.OfKey[*domain.ChangeRequest](ctx, &k.Keyed)
}

// RequestsOf returns the requests for change that a record names by these keys.
func (a *Area) RequestsOf(ctx context.Context, record entity.Record, keys []string) []*ChangeRequestKey {
	return estate.KeysIn(a.estate.KeyLoader(ctx, record, domain.KindChangeRequest), keys, func(k estate.Keyed) *ChangeRequestKey { return &ChangeRequestKey{k} })
}
