package estate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/source"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// identify takes note of the idempotency key, apart for each actor, and of
// the input.
func (w *Writing) identify(ctx context.Context, key string, input []any) error {
	text, err := json.Marshal(input)
	if err != nil {
		return refusal.Wrong("input", "cannot be read: %s", err)
	}
	w.Key = sha256Text([]byte(acting.Actor(ctx).Name + "\x00" + key))
	w.Digest = source.DigestOf(text)
	return nil
}

func sha256Text(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// findEarlier asks the store what was written under the key, by previewing a
// change set of nothing: where the key is known, the answer is the first
// commit's.
func (w *Writing) findEarlier(ctx context.Context) error {
	change, err := w.app.Store.Preview(ctx, w.changeset(ctx, &Draft{}))
	if err != nil {
		return refusal.OfStore(err)
	}
	if change.Key != w.Key || len(change.Effects) == 0 {
		return nil
	}
	w.Earlier = &change
	return w.sameInput(&change)
}

// sameInput refuses a key that another input was committed under.
func (w *Writing) sameInput(c *store.Change) error {
	if w.Key == "" || len(c.Effects) == 0 || source.Digest(c.Source) == w.Digest {
		return nil
	}
	return &domain.Error{
		Code: domain.Conflict, Field: "options.idempotencyKey",
		Message: fmt.Sprintf("was used before, for another input, at revision %d", c.Revision),
		Details: map[string]any{"revision": int64(c.Revision)},
	}
}
