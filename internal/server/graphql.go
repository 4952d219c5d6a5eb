package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"releasegraph/graph/direct"
	"releasegraph/graph/response"
)

// maxErrors caps the errors of one answer.
const maxErrors = 20

// newGraphQL answers operations over the core.
func (s *Server) newGraphQL(core *Core) http.Handler {
	c, operations := s.config, s.operations
	runs := runs{&c, s.budget, core.Revoked}
	h := handler.New(core.Schema)
	known := newDocuments()
	for _, t := range []graphql.Transport{
		overSocket{runs, s.streams, s.rates, newWatch(runs, s.streams)}, overHTTP{runs: runs, events: overEvents{runs, s.streams}, parts: overParts{runs}},
	} {
		if !c.HideSuggestions {
			t = namingInputs{t, core.Schema.Schema(), c.Limits.Tokens}
		}
		h.AddTransport(t)
	}
	h.SetParserTokenLimit(c.Limits.Tokens)
	h.SetQueryCache(known)
	if c.Persisted != nil {
		h.Use(allowList{c.Persisted})
	} else {
		h.Use(extension.AutomaticPersistedQuery{Cache: newTexts()})
	}
	h.Use(guard{limits: c.Limits, known: known})
	prices := priceLimit{c.Limits.Price, core.Schema.Schema()}
	h.Use(prices)
	h.Use(undefer{})
	hide(h, c)
	h.SetErrorPresenter(presenter(core, c))
	h.SetRecoverFunc(response.RecoverFunc(c.Log))
	h.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		noteOperation(ctx, operationName(graphql.GetOperationContext(ctx)))
		return operations.around(direct.WithLimits(ctx, direct.Limits{Bytes: c.MaxAnswer, Values: int64(c.Limits.Price)}), next)
	})
	h.AroundOperations(explainReads)
	if core.Await != nil {
		h.AroundOperations(awaits{core.Await}.around)
	}
	h.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		prices.tell(ctx)
		operations.noteRefused(ctx)
		return finished(ctx, next(ctx), &c)
	})
	return h
}

// finished is an answer as it goes out.
func finished(ctx context.Context, answer *graphql.Response, c *Config) *graphql.Response {
	if answer = shortEnough(ctx, answer, *c); answer != nil {
		noteErrors(ctx, len(answer.Errors))
		answer.Errors = capped(answer.Errors)
	}
	return answer
}

// presenter presents errors; where suggestions are welcome, those about inputs
// name their field, and those about enums list the legal values.
func presenter(core *Core, c Config) graphql.ErrorPresenterFunc {
	present := response.ErrorPresenter(c.Log)
	if c.HideSuggestions {
		return present
	}
	schema := core.Schema.Schema()
	return response.ListingEnumValues(schema, response.NamingInputs(schema, present))
}

// maxMessage caps the messages of errors, which may quote what was sent.
const maxMessage = 1_000

// capped keeps the first errors, and says how many there are.
func capped(errs gqlerror.List) gqlerror.List {
	for _, e := range errs {
		if len(e.Message) > maxMessage {
			e.Message = strings.ToValidUTF8(e.Message[:maxMessage], "") + "…"
		}
	}
	if len(errs) <= maxErrors {
		return errs
	}
	more := gqlerror.Errorf("and %d more errors", len(errs)-maxErrors+1)
	more.Extensions = map[string]any{"code": codeLimit}
	return append(errs[:maxErrors-1:maxErrors-1], more)
}

func operationName(op *graphql.OperationContext) string {
	if op == nil || op.Operation == nil {
		return ""
	}
	if op.Operation.Name != "" {
		return string(op.Operation.Operation) + " " + shortened(op.Operation.Name)
	}
	for _, s := range op.Operation.SelectionSet {
		if f, ok := s.(*ast.Field); ok {
			return string(op.Operation.Operation) + " {" + shortened(f.Name) + "}"
		}
	}
	return string(op.Operation.Operation)
}

func shortened(s string) string { return s[:min(len(s), 80)] }

// withTimeout bounds an operation; all that it does hears of the end.
func withTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d, fmt.Errorf("the operation took longer than %s", d))
}
