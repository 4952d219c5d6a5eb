package server

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"releasegraph/graph/response"
	"releasegraph/internal/app/acting"
)

type requestKey struct{}

// request is what the log line of a request is made of; the parts fill it in.
type request struct {
	actor     string
	operation string
	errors    int
	price     int
}

// line says what was noted.
func (r *request) line(e *zerolog.Event) *zerolog.Event {
	return e.Str("operation", r.operation).Int("errors", r.errors).Int("price", r.price).Str("actor", r.actor)
}

// nobody is the actor of a request that names none.
const nobody = "local"

// apart is the context of what goes on when the line of its request is written: what is
// noted there is no part of that.
func apart(ctx context.Context) context.Context {
	r, ok := ctx.Value(requestKey{}).(*request)
	if !ok {
		return ctx
	}
	own := *r
	return context.WithValue(ctx, requestKey{}, &own)
}

func noteActor(ctx context.Context, name string) {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		r.actor = name
	}
}

func noteOperation(ctx context.Context, name string) {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		r.operation = name
	}
}

func notePrice(ctx context.Context, n int) {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		r.price = n
	}
}

func noteErrors(ctx context.Context, n int) {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		r.errors = n
	}
}

// requests gives each request an id, in the answer and in the context's
// logger, and writes one line about it.
func requests(log zerolog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := time.Now()
			req := &request{actor: nobody}
			id, given := requestID(r)
			w.Header().Set("X-Request-Id", id)
			own := log.With().Str("requestId", id).Logger()
			ctx := response.WithRequestID(context.WithValue(r.Context(), requestKey{}, req), id)
			if given {
				ctx = acting.WithRequestID(ctx, id)
			}
			answer := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
			serve(answer, r.WithContext(ctx), next, own)
			status := or(answer.Status(), http.StatusOK)
			req.line(line(own, r.URL.Path, status)).Str("method", r.Method).Str("path", r.URL.Path).
				Int("status", status).Int("bytes", answer.BytesWritten()).Dur("ms", time.Since(start)).Msg("request")
		})
	}
}

// serve answers 500 when a handler panics, as far as nothing was sent.
func serve(w middleware.WrapResponseWriter, r *http.Request, next http.Handler, log zerolog.Logger) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p)
		}
		log.Error().Interface("panic", p).Bytes("stack", debug.Stack()).Msg("a handler panicked")
		if w.Status() == 0 {
			refuse(w, r, http.StatusInternalServerError, codeInternal, "an error inside the server; its log has more under this request id")
		}
	}()
	next.ServeHTTP(w, r)
}

// line picks the level: probes come every few seconds and are not worth it.
func line(log zerolog.Logger, path string, status int) *zerolog.Event {
	switch {
	case path == "/healthz" || path == "/readyz":
		return log.Debug()
	case status >= http.StatusInternalServerError:
		return log.Warn()
	}
	return log.Info()
}

// requestID takes the id that the caller, or a proxy, gave, when it is a sane one.
func requestID(r *http.Request) (id string, given bool) {
	if id := r.Header.Get("X-Request-Id"); id != "" && len(id) <= 64 && printable(id) {
		return id, true
	}
	return uuid.Must(uuid.NewV7()).String(), false
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			return false
		}
	}
	return true
}
