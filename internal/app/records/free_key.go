package records

import (
	"context"
	"fmt"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
)

// keysAtOnce is how many keys FreeKey tries in one question.
const keysAtOnce = 10

// FreeKey returns a key for what belongs to a record, from its ordinal on:
// RFC-1/vote-3, or a later one where another record once had its key.
func (a *Area) FreeKey(ctx context.Context, kind, of, what string, ordinal int) (string, error) {
	keys := make([]string, keysAtOnce)
	for i := range keys {
		keys[i] = fmt.Sprintf("%s/%s-%d", of, what, ordinal+i)
	}
	held, err := a.estate.Entire.Lookup(ctx, kind, "key", keys...)
	if err != nil {
		return "", refusal.OfStore(err)
	}
	for _, key := range keys {
		if _, taken := held[key]; !taken && domain.CheckKey(key) == nil {
			return key, nil
		}
	}
	return what + "-" + a.estate.NewID(), nil
}
