package server

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// ExplainHeader has an answer tell how its lists were found, in extensions.reads.
const ExplainHeader = "Releasegraph-Explain"

// explainReads has the reads of an operation explained to an ADMIN who asks for it: how many
// records there are tells something of those that others may not see.
func explainReads(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	if op.Headers.Get(ExplainHeader) == "" || !seesAll(acting.Actor(ctx)) {
		return next(ctx)
	}
	answer := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		explanation := &store.Explanation{}
		response := answer(store.WithExplanation(ctx, explanation))
		if response == nil {
			return nil
		}
		if response.Extensions == nil {
			response.Extensions = map[string]any{}
		}
		response.Extensions["reads"] = explanation.Reads()
		return response
	}
}

// seesAll reports whether an actor is an ADMIN who is kept to nothing.
func seesAll(a domain.Actor) bool {
	return slices.Contains(a.Roles, domain.Admin) && !a.Bound && a.Kinds == nil
}
