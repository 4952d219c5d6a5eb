package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"releasegraph/graph/response"
)

// subscribe begins an operation of any type.
func (s *socket) subscribe(m message) error {
	params, err := decodeParams(strings.NewReader(string(m.Payload)))
	switch {
	case s.now() != acknowledged:
		return &protocolError{closeUnauthorized, "Unauthorized"}
	case m.ID == "":
		return &protocolError{closeInvalid, "Invalid message: subscribe without an id"}
	case err != nil:
		return &protocolError{closeInvalid, "Invalid message: " + err.Error()}
	}
	if err := s.config.recheck(s.client()); err != nil {
		return &protocolError{closeForbidden, "Forbidden: " + err.Error()}
	}
	params.Headers = s.header
	ctx, cancel := context.WithCancel(s.client())
	o := &running{cancel: cancel}
	s.mu.Lock()
	_, taken := s.active[m.ID]
	many := len(s.active) >= s.streams.limits.PerSocket
	if !taken {
		s.active[m.ID] = o
	}
	s.mu.Unlock()
	if taken {
		cancel()
		return &protocolError{closeDuplicate, "Subscriber for " + m.ID + " already exists"}
	}
	if refused := s.beyond(many); refused != nil {
		cancel()
		s.fail(o, m.ID, gqlerror.List{refused})
		return nil
	}
	s.ops.Go(func() {
		defer cancel()
		s.run(ctx, o, m.ID, params)
	})
	return nil
}

// beyond refuses an operation that is one too many.
func (s *socket) beyond(many bool) *gqlerror.Error {
	if many {
		return &gqlerror.Error{
			Message:    fmt.Sprintf("a socket may have %d operations at once", s.streams.limits.PerSocket),
			Extensions: map[string]any{"code": codeLimit},
		}
	}
	if s.rates.limit.PerSecond <= 0 {
		return nil
	}
	if l := s.rates.take(caller(s.client())); !l.pass {
		return &gqlerror.Error{Message: s.rates.beyond(), Extensions: map[string]any{
			"code": codeLimit, "details": map[string]any{"retryAfter": max(1, seconds(l.wait))},
		}}
	}
	return nil
}

// stop ends an operation that the client has had enough of.
func (s *socket) stop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.active[id]; o != nil {
		o.over = true
		delete(s.active, id)
		o.cancel()
	}
}

// run runs an operation, and tells its answers and its end. Each has a request
// id and a log line of its own.
func (s *socket) run(ctx context.Context, o *running, id string, params *graphql.RawParams) {
	start, requestID := time.Now(), uuid.Must(uuid.NewV7()).String()
	ctx, note := withRequest(ctx, requestID)
	defer func() {
		note.line(s.config.Log.Info().Str("requestId", requestID)).Str("transport", "websocket").Dur("ms", time.Since(start)).Msg("operation")
	}()
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := s.exec.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		s.fail(o, id, s.exec.DispatchError(graphql.WithOperationContext(ctx, op), errs).Errors)
		return
	}
	end := s.follow(ctx, s.exec, op, func(answer *graphql.Response) error {
		s.sendOf(o, message{ID: id, Type: "next", Payload: encoded(answer)}, false)
		return nil
	})
	if end != nil {
		s.fail(o, id, end.Errors)
		return
	}
	s.sendOf(o, message{ID: id, Type: "complete"}, true)
}

// fail ends an operation with errors; nothing may follow them.
func (s *socket) fail(o *running, id string, errs gqlerror.List) {
	payload, err := json.Marshal(errs)
	if err != nil {
		payload = []byte(`[{"message":"the errors cannot be encoded"}]`)
	}
	s.sendOf(o, message{ID: id, Type: "error", Payload: payload}, true)
}

// withRequest gives an operation the id and the notes of a request.
func withRequest(ctx context.Context, id string) (context.Context, *request) {
	note := &request{actor: nobody}
	if of, ok := ctx.Value(requestKey{}).(*request); ok {
		note.actor = of.actor
	}
	return response.WithRequestID(context.WithValue(ctx, requestKey{}, note), id), note
}
