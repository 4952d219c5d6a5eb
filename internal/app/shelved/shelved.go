// Package shelved changes values on the shelf, whoever else changes them at the same time.
package shelved

import (
	"context"
	"encoding/json"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/store"
)

// Change changes a value in JSON that lies on a shelf. It may call change several times;
// where there is no value it returns missing.
func Change[T any](ctx context.Context, on store.Shelf, shelf, id string, missing error, change func(*T) error) (*T, error) {
	for {
		held, err := on.Shelved(ctx, shelf, id)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		old, ok := held[id]
		if !ok {
			return nil, missing
		}
		v := new(T)
		if err := json.Unmarshal(old, v); err != nil {
			return nil, err
		}
		if err := change(v); err != nil {
			return nil, err
		}
		value, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		done, err := on.Swap(ctx, shelf, id, old, value)
		if err != nil || done {
			return v, refusal.OfStore(err)
		}
	}
}
