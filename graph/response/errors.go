package response

import (
	"context"
	"errors"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"releasegraph/internal/domain"
)

// The codes of errors that are no domain errors.
const (
	codeInternal  = "INTERNAL"
	codeCancelled = "CANCELLED"
	codeTimeout   = "TIMEOUT"
)

// ErrorPresenter turns errors into GraphQL errors; nothing else does. What the
// domain says is passed on with extensions {code, rule, field, details,
// requestId}, each of several errors as one of its own. What GraphQL itself
// says of a request keeps its message. Anything else is logged under the
// request's id, and shown as an internal error.
func ErrorPresenter(log zerolog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		if shown := presentDomain(ctx, log, err); shown != nil {
			return shown
		}
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return present(ctx, err, codeTimeout, "the operation took longer than it may")
		case errors.Is(err, context.Canceled):
			return present(ctx, err, codeCancelled, "the operation was cancelled")
		}
		if own, ok := fromGraphQL(err); ok {
			extend(own, "requestId", RequestID(ctx))
			return own
		}
		log.Error().Err(err).Str("requestId", RequestID(ctx)).Str("path", pathOf(ctx, err).String()).Msg("internal error")
		return present(ctx, err, codeInternal, "internal error")
	}
}

// RecoverFunc logs a panic, and lets the request end with an internal error.
func RecoverFunc(log zerolog.Logger) graphql.RecoverFunc {
	return func(ctx context.Context, panicked any) error {
		log.Error().Str("requestId", RequestID(ctx)).Bytes("stack", debug.Stack()).Msgf("panic: %v", panicked)
		return present(ctx, nil, codeInternal, "internal error")
	}
}

// presentDomain presents an error of the domain, nil when it is another one.
// Of several it adds all but the last to the response itself.
func presentDomain(ctx context.Context, log zerolog.Logger, err error) *gqlerror.Error {
	var several domain.Errors
	if errors.As(err, &several) && len(several) > 0 {
		last := len(several) - 1
		if graphql.GetFieldContext(ctx) != nil {
			for _, e := range several[:last] {
				graphql.AddError(ctx, e)
			}
		}
		return presentOne(ctx, log, err, several[last])
	}
	var one *domain.Error
	if errors.As(err, &one) {
		return presentOne(ctx, log, err, one)
	}
	return nil
}

// presentOne shows a domain error; its cause goes to the log only.
func presentOne(ctx context.Context, log zerolog.Logger, err error, e *domain.Error) *gqlerror.Error {
	if e.Cause != nil {
		log.Warn().Err(e.Cause).Str("requestId", RequestID(ctx)).Str("code", string(e.Code)).Msg(e.Error())
	}
	shown := present(ctx, err, string(e.Code), e.Error())
	extend(shown, "rule", e.Rule)
	extend(shown, "field", e.Field)
	if len(e.Details) > 0 {
		shown.Extensions["details"] = e.Details
	}
	return shown
}

func present(ctx context.Context, err error, code, message string) *gqlerror.Error {
	shown := &gqlerror.Error{Err: err, Message: message, Path: pathOf(ctx, err), Extensions: map[string]any{"code": code}}
	extend(shown, "requestId", RequestID(ctx))
	return shown
}

// extend adds an extension that has something to say.
func extend(e *gqlerror.Error, name, value string) {
	if value == "" {
		return
	}
	if e.Extensions == nil {
		e.Extensions = map[string]any{}
	}
	e.Extensions[name] = value
}

func pathOf(ctx context.Context, err error) ast.Path {
	var located *gqlerror.Error
	if errors.As(err, &located) && len(located.Path) > 0 {
		return located.Path
	}
	return graphql.GetPath(ctx)
}

// fromGraphQL recognises what gqlgen and gqlparser say of a request. They
// leave Err empty, or give a scalar's own complaint in it; an error that a
// resolver returned is wrapped too, and has none of the codes.
func fromGraphQL(err error) (*gqlerror.Error, bool) {
	var e *gqlerror.Error
	if !errors.As(err, &e) {
		return nil, false
	}
	if e.Err == nil || e.Rule != "" {
		return e, true
	}
	return nil, false
}
