package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// sourceAPI is the source of what mutations write. A mutation with an
// idempotency key adds a digest of its input, "api;sha256=…", so that the key
// cannot be used for another input.
const (
	sourceAPI    = "api"
	digestMarker = ";sha256="
)

// identify takes note of the idempotency key, apart for each actor, and of
// the input.
func (w *writing) identify(ctx context.Context, key string, input []any) error {
	text, err := json.Marshal(input)
	if err != nil {
		return wrong("input", "cannot be read: %s", err)
	}
	w.key = sha256Text([]byte(ActorFrom(ctx).Name + "\x00" + key))
	w.digest = digestMarker + sha256Text(text)
	return nil
}

func sha256Text(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// findEarlier asks the store what was written under the key, by previewing a
// change set of nothing: where the key is known, the answer is the first
// commit's.
func (w *writing) findEarlier(ctx context.Context) error {
	change, err := w.app.store.Preview(ctx, w.changeset(ctx, &draft{}))
	if err != nil {
		return storeError(err)
	}
	if change.Key != w.key || len(change.Effects) == 0 {
		return nil
	}
	w.earlier = &change
	return w.sameInput(&change)
}

// sameInput refuses a key that another input was committed under.
func (w *writing) sameInput(c *store.Change) error {
	if w.key == "" || len(c.Effects) == 0 || inputDigest(c.Source) == w.digest {
		return nil
	}
	return &domain.Error{
		Code: domain.Conflict, Field: "options.idempotencyKey",
		Message: fmt.Sprintf("was used before, for another input, at revision %d", c.Revision),
		Details: map[string]any{"revision": int64(c.Revision)},
	}
}

// sourceImport is the source of what an import writes.
const sourceImport = "import"
