package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"releasegraph/graph/response"
)

// slow logs an operation that took long: which it was, and what it cost. Values
// are left out, in the document and beside it: they may be secrets.
func (o *operations) slow(ctx context.Context, op *graphql.OperationContext, price int, took time.Duration) {
	sum := sha256.Sum256([]byte(op.RawQuery))
	actor := nobody
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		actor = r.actor
	}
	o.config.Log.Warn().Str("requestId", response.RequestID(ctx)).Str("operation", operationName(op)).
		Str("sha256", hex.EncodeToString(sum[:])).Int("variables", len(op.Variables)).
		Int("price", price).Str("actor", actor).Dur("ms", took).Msg("a slow operation")
}
