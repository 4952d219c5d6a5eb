// Package resolvers answers GraphQL by the use cases of internal/app. It holds
// no decisions: arguments in, one call, the answer out. Files that end in
// .resolvers.go take their shape from the schema fragment of the same name;
// those of *_gen fragments are written whole by internal/schemagen.
package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/graph/direct"
	"releasegraph/graph/fields"
	"releasegraph/graph/generated"
	"releasegraph/internal/app"
)

// Resolver is the root of all resolvers.
type Resolver struct {
	App *app.App
	Log zerolog.Logger
}

// New makes the schema that a GraphQL server executes. Its errors are to be
// presented by ErrorPresenter, its panics by RecoverFunc.
func New(a *app.App, log zerolog.Logger) graphql.ExecutableSchema {
	return direct.New(newSchema(a, log, newSharing(log)), fields.Types)
}

// Unshared is New for a server that works out the answers for each subscriber by
// themselves: what sharing is held against.
func Unshared(a *app.App, log zerolog.Logger) graphql.ExecutableSchema {
	return direct.New(newSchema(a, log, nil), fields.Types)
}

func newSchema(a *app.App, log zerolog.Logger, shared *sharing) schema {
	root := &Resolver{App: a, Log: log}
	return schema{generated.NewExecutableSchema(generated.Config{Resolvers: root}), a, shared}
}

// schema starts the cohorts of each operation: records that one store call
// returned load their relationships together.
type schema struct {
	graphql.ExecutableSchema
	app    *app.App
	shared *sharing // nil: every subscriber has their own answers
}

// Exec runs an operation; what it returns is called for each of its responses,
// such as the events of a subscription.
func (s schema) Exec(ctx context.Context) graphql.ResponseHandler {
	if graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
		return s.subscribe(ctx)
	}
	next := s.ExecutableSchema.Exec(ctx)
	return func(ctx context.Context) *graphql.Response {
		return next(direct.WithRuns(s.app.WithLoads(ctx), s.app.WithLoads))
	}
}
