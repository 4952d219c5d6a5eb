package server

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"releasegraph/graph/direct"
)

// overHTTP is GraphQL over HTTP: POST with JSON, and GET for queries. Request
// errors carry no data, and statuses follow the media type that was asked for.
type overHTTP struct {
	runs
	events overEvents
	parts  overParts
}

// Supports takes every request: the transport explains what it refuses.
func (overHTTP) Supports(*http.Request) bool { return true }

// Do answers one request.
func (t overHTTP) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	params, refused := readParams(r)
	if refused != nil {
		if refused.allow != "" {
			w.Header().Set("Allow", refused.allow)
		}
		if refused.status == http.StatusNoContent {
			w.WriteHeader(refused.status)
			return
		}
		refuse(w, r, refused.status, refused.code, refused.message)
		return
	}
	ctx, cancel := withTimeout(r.Context(), t.config.OperationTimeout)
	defer cancel()
	if accepts(r, mediaParts) {
		ctx = inParts(ctx)
	}
	op, errs := exec.CreateOperationContext(ctx, params)
	if len(errs) == 0 {
		if refused := unfit(r, op.Operation.Operation); refused != nil {
			w.Header().Set("Allow", refused.allow)
			refuse(w, r, refused.status, refused.code, refused.message)
			return
		}
	}
	switch {
	case asEvents(r, op):
		t.events.do(w, r, exec, op, errs)
	case len(errs) > 0:
		media := mediaType(r.Header.Values("Accept"))
		writeAnswer(w, requestErrorStatus(media), media, exec.DispatchError(graphql.WithOperationContext(ctx, op), errs))
	case accepts(r, mediaParts) && deferring(op):
		t.parts.do(w, r.WithContext(ctx), exec, op)
	default:
		t.answerOnce(ctx, w, r, exec, op)
	}
}

// answerOnce answers an operation that has one answer.
func (t overHTTP) answerOnce(ctx context.Context, w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, op *graphql.OperationContext) {
	ctx = graphql.WithOperationContext(ctx, op)
	media := mediaType(r.Header.Values("Accept"))
	leave, err := t.budget.Enter(ctx, caller(ctx), priceIn(op))
	if err != nil {
		if !refuseBusy(w, r, err) {
			writeAnswer(w, http.StatusOK, media, exec.DispatchError(ctx, gqlerror.List{ended(ctx)}))
		}
		return
	}
	defer leave()
	ctx, lists := direct.WithStream(ctx)
	defer lists.End()
	responses, ctx := exec.DispatchOperation(t.hurried(ctx, op), op)
	answer := responses(ctx)
	if answer == nil { // gqlgen's way to say that the context has ended
		answer = exec.DispatchError(ctx, gqlerror.List{ended(ctx)})
	}
	taken, err := t.hold(r.Context(), answer)
	if err != nil {
		refuseBusy(w, r, err)
		return
	}
	defer taken()
	if lists.Holds(answer) {
		t.stream(w, media, answer, lists)
		return
	}
	leave() // what waits to be taken runs no more
	writeAnswer(w, http.StatusOK, media, answer)
}

// stream writes an answer whose long lists are read while it is sent. Where that fails the
// answer breaks off, so that nobody takes it for whole.
func (t overHTTP) stream(w http.ResponseWriter, media string, a *graphql.Response, lists *direct.Stream) {
	s := beginAnswer(w, http.StatusOK, media)
	_, err := s.Write(beforeData(a))
	if err == nil {
		err = lists.Write(s, a)
	}
	if err == nil {
		_, err = s.Write([]byte{'}'})
	}
	if err == nil {
		return
	}
	if s.err == nil { // somebody is there to take it
		t.config.Log.Error().Err(err).Msg("an answer broke off")
	}
	s.breakOff()
}

// asEvents tells whether to answer as server-sent events: a subscription where
// they are accepted, anything where nothing else is.
func asEvents(r *http.Request, op *graphql.OperationContext) bool {
	if !accepts(r, mediaEvents) {
		return false
	}
	return op.Operation != nil && op.Operation.Operation == ast.Subscription || !accepts(r, mediaJSON) && !accepts(r, mediaResponse)
}

// refusal is an answer to a request that is not executed.
type refusal struct {
	status        int
	code, message string
	allow         string
}

func readParams(r *http.Request) (*graphql.RawParams, *refusal) {
	switch r.Method {
	case http.MethodPost:
		return readBody(r)
	case http.MethodGet, http.MethodHead:
		return readURL(r)
	case http.MethodOptions:
		return nil, &refusal{status: http.StatusNoContent, allow: "GET, POST, OPTIONS"}
	}
	return nil, &refusal{http.StatusMethodNotAllowed, codeInvalid, "send a POST with JSON, or a GET for a query", "GET, POST, OPTIONS"}
}

func readBody(r *http.Request) (*graphql.RawParams, *refusal) {
	media, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := strings.ToLower(parameters["charset"])
	if err != nil || media != "application/json" || (charset != "" && charset != "utf-8") {
		return nil, &refusal{http.StatusUnsupportedMediaType, codeInvalid,
			`send the body as "Content-Type: application/json"; no other type is read`, ""}
	}
	params, err := decodeParams(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &refusal{http.StatusRequestEntityTooLarge, codeLimit,
			fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit), ""}
	case err != nil:
		return nil, &refusal{http.StatusBadRequest, codeInvalid, err.Error(), ""}
	}
	params.Headers = r.Header
	return params, nil
}

func readURL(r *http.Request) (*graphql.RawParams, *refusal) {
	params, err := paramsOfURL(r.URL.RawQuery)
	if err != nil {
		return nil, &refusal{http.StatusBadRequest, codeInvalid, err.Error(), ""}
	}
	params.Headers = r.Header
	return params, nil
}

// unfit refuses operations that do not belong into the request: what a GET
// does must change nothing, and a subscription needs a stream.
func unfit(r *http.Request, op ast.Operation) *refusal {
	switch {
	case op == ast.Subscription && !accepts(r, mediaEvents):
		return &refusal{http.StatusMethodNotAllowed, codeInvalid,
			"a subscription cannot be answered by a plain request: accept text/event-stream, or use a WebSocket", "GET, POST, OPTIONS"}
	case op == ast.Mutation && r.Method != http.MethodPost:
		return &refusal{http.StatusMethodNotAllowed, codeInvalid, "a mutation must be sent by POST", "POST"}
	}
	return nil
}

// ended says why an operation has no answer.
func ended(ctx context.Context) *gqlerror.Error {
	return &gqlerror.Error{
		Message:    context.Cause(ctx).Error(),
		Extensions: map[string]any{"code": codeTimeout},
	}
}
