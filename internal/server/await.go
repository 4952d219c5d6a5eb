package server

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	// AfterHeader names a revision that an operation is to see.
	AfterHeader = "Releasegraph-After"
	// afterExtension is its like in the extensions of a request.
	afterExtension = "after"
	// awaiting is how long a revision is waited for.
	awaiting = 10 * time.Second
)

// awaits has an operation wait until its server has come to the revision that it names:
// one that another server over the same store committed.
type awaits struct {
	// await waits for a revision and returns the head, also where that has not come.
	await func(ctx context.Context, revision int64) (head int64, err error)
}

// around waits before an operation.
func (a awaits) around(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	revision, refused := after(op.Extensions, op.Headers)
	if refused == nil && revision > 0 {
		refused = a.reach(ctx, revision)
	}
	if refused != nil {
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{refused}})
	}
	return next(ctx)
}

// after reads the revision that a request names; 0: none.
func after(extensions map[string]any, header http.Header) (int64, *gqlerror.Error) {
	text, of := header.Get(AfterHeader), "the header "+AfterHeader
	if given, ok := extensions[afterExtension]; ok {
		text, of = fmt.Sprint(given), "extensions.after"
	}
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, &gqlerror.Error{Message: of + " is no revision", Extensions: map[string]any{"code": codeInvalid}}
	}
	return n, nil
}

// reach waits for a revision, and says why that has not come.
func (a awaits) reach(ctx context.Context, revision int64) *gqlerror.Error {
	within, cancel := context.WithTimeout(ctx, awaiting)
	defer cancel()
	head, err := a.await(within, revision)
	if err == nil && head >= revision {
		return nil
	}
	return &gqlerror.Error{
		Message: fmt.Sprintf("revision %d has not come here within %s: ask again, or without it", revision, awaiting),
		Extensions: map[string]any{
			"code": codeUnavailable, "details": map[string]any{"head": strconv.FormatInt(head, 10)},
		},
	}
}
