package server

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"releasegraph/resolvers"
)

// follow runs an operation and hands over each of its answers, until there is
// none any more or the context ends. An answer is good only while it is handed
// over: gqlgen writes the next one in its place. It returns the errors with which the
// operation ended after what it had answered, nil when it is simply over.
func follow(ctx context.Context, c Config, exec graphql.GraphExecutor, op *graphql.OperationContext, each func(*graphql.Response) error) (end *graphql.Response) {
	ctx = graphql.WithOperationContext(ctx, op)
	defer func() {
		if p := recover(); p != nil {
			end = exec.DispatchError(ctx, gqlerror.List{asGraphQL(resolvers.RecoverFunc(c.Log)(ctx, p))})
		}
	}()
	lasting := op.Operation.Operation == ast.Subscription
	whole := ctx
	if !lasting {
		var cancel context.CancelFunc
		ctx, cancel = withTimeout(ctx, c.OperationTimeout)
		defer cancel()
	}
	ctx, ending := resolvers.WithEnding(ctx)
	responses, ctx := exec.DispatchOperation(ctx, op)
	answered := false
	for answer := responses(ctx); answer != nil; answer = responses(ctx) {
		if err := each(answer); err != nil {
			return nil
		}
		answered = true
	}
	switch err := ending.Err(); {
	case err != nil:
		return exec.DispatchError(ctx, gqlerror.List{{Err: err, Message: err.Error()}})
	case !lasting && !answered && whole.Err() == nil: // the time is over
		return exec.DispatchError(ctx, gqlerror.List{ended(ctx)})
	}
	return nil
}

func asGraphQL(err error) *gqlerror.Error {
	if e, ok := err.(*gqlerror.Error); ok { //nolint:errorlint // RecoverFunc gives nothing else
		return e
	}
	return &gqlerror.Error{Message: "internal error", Extensions: map[string]any{"code": codeInternal}}
}
