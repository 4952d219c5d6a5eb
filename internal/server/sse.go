package server

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"releasegraph/graph/response"
)

// mediaEvents is the type of server-sent events.
const mediaEvents = "text/event-stream"

// overEvents answers as server-sent events, in the distinct connections mode of
// graphql-sse: an event "next" for each answer, and an event "complete".
// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
type overEvents struct {
	runs
	streams *streams
}

// heldEvents is how many bytes of events are held at most, while more follow at once.
const heldEvents = 4 << 10

// events is one stream of them.
type events struct {
	w       http.ResponseWriter
	control *http.ResponseController
	write   time.Duration
}

// do answers an operation, or tells the errors for which it is not executed.
func (t overEvents) do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, op *graphql.OperationContext, errs gqlerror.List) {
	seat, err := t.streams.join(caller(r.Context()))
	if err != nil {
		refuseStream(w, r, err)
		return
	}
	defer seat.leave()
	e := &events{w: w, control: http.NewResponseController(w), write: t.streams.limits.Write}
	// The time to read a request is over at some time; this one goes on.
	if err := e.control.SetReadDeadline(time.Time{}); err != nil {
		refuse(w, r, http.StatusHTTPVersionNotSupported, codeInvalid, "this connection cannot carry event streams")
		return
	}
	h := w.Header()
	h.Set("Content-Type", mediaEvents+"; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // proxies pass events on as they come
	if e.say(":\n\n") != nil {
		return
	}
	if len(errs) > 0 {
		_ = e.next(exec.DispatchError(graphql.WithOperationContext(r.Context(), op), errs))
		_ = e.complete()
		return
	}
	after, refused := lastEvent(r.Header)
	if refused != nil && op.Operation.Operation == ast.Subscription {
		_ = e.next(exec.DispatchError(graphql.WithOperationContext(r.Context(), op), gqlerror.List{refused}))
		_ = e.complete()
		return
	}
	t.stream(r.Context(), e, exec, op, after)
}

// stream hands over answers; what the watching and the operation say never
// mixes, since one goroutine says all of it. A subscription goes on after a revision, where
// one is given.
func (t overEvents) stream(ctx context.Context, e *events, exec graphql.GraphExecutor, op *graphql.OperationContext, after *int64) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ctx, position := response.WithPosition(ctx, after)
	answers, end := make(chan string), make(chan *graphql.Response, 1)
	go func() {
		var held []byte
		end <- t.follow(ctx, exec, op, func(answer *graphql.Response, more bool) error {
			held = append(append(held, id(position.Told())...), next(answer)...)
			if more && len(held) < heldEvents {
				return nil
			}
			select {
			case answers <- string(held):
				held = nil
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	over := t.say(ctx, e, position, answers, end)
	cancel(nil)
	if !over {
		<-end // the operation has heard of it
	}
}

// say tells answers until the operation is over (true), or the client or the
// server has had enough. Between them it tells the client behind what to go on: also one
// that was told nothing yet, or nothing for long, misses nothing when it comes back.
func (t overEvents) say(ctx context.Context, e *events, position *response.Position, answers <-chan string, end <-chan *graphql.Response) (over bool) {
	ping, recheck := time.NewTicker(t.streams.limits.Ping), time.NewTicker(t.streams.limits.Recheck)
	defer ping.Stop()
	defer recheck.Stop()
	leaving, revocation := t.streams.leaving, t.revocation()
	begun := position.Begun()
	sign := func() string {
		if begun != nil {
			return ":\n\n"
		}
		at := position.At()
		return id(&at) + "\n"
	}
	forbid := func(refused error) {
		_ = e.next(forbidden(refused))
		_ = e.complete()
	}
	for {
		var err error
		select {
		case answer := <-answers:
			err = e.say(answer)
		case last := <-end:
			if last != nil {
				_ = e.next(last)
			}
			_ = e.complete()
			return true
		case <-begun:
			begun = nil
			err = e.say(sign())
		case <-ping.C:
			err = e.say(sign())
		case <-revocation:
			revocation = t.revocation()
			if refused := t.config.recheck(ctx); refused != nil {
				forbid(refused)
				return false
			}
		case <-recheck.C:
			if refused := t.config.recheck(ctx); refused != nil {
				forbid(refused)
				return false
			}
		case <-leaving:
			leaving = nil
			// Clients connect again after this many milliseconds.
			err = e.say(": the server is stopping: connect again\nretry: 100\n\n")
		case <-t.streams.over: // without "complete": there is more, elsewhere
			return false
		case <-ctx.Done():
			return false
		}
		if err != nil {
			return false
		}
	}
}

func (e *events) next(answer *graphql.Response) error { return e.say(next(answer)) }

// next is an answer as an event, which ends with its line: line breaks in JSON
// mean nothing.
func next(answer *graphql.Response) string {
	return "event: next\ndata: " + strings.ReplaceAll(string(encoded(answer)), "\n", " ") + "\n\n"
}

func (e *events) complete() error { return e.say("event: complete\ndata:\n\n") }

// say writes to a client, which must take it in time.
func (e *events) say(text string) error {
	if err := e.control.SetWriteDeadline(time.Now().Add(e.write)); err != nil {
		return err
	}
	if _, err := io.WriteString(e.w, text); err != nil {
		return err
	}
	return e.control.Flush()
}
