package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/rs/zerolog"
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
	s.ops.Add(1)
	go s.run(ctx, o, m.ID, params)
	return nil
}

// beyond refuses an operation that is one too many; one that it does not refuse is counted.
func (s *socket) beyond(many bool) *gqlerror.Error {
	if many {
		return &gqlerror.Error{
			Message:    fmt.Sprintf("a socket may have %d operations at once", s.streams.limits.PerSocket),
			Extensions: map[string]any{"code": codeLimit},
		}
	}
	if s.rates.limit.PerSecond > 0 {
		if l := s.rates.take(caller(s.client())); !l.pass {
			return &gqlerror.Error{Message: s.rates.beyond(), Extensions: map[string]any{
				"code": codeLimit, "details": map[string]any{"retryAfter": max(1, seconds(l.wait))},
			}}
		}
	}
	if !s.streams.begin() {
		return &gqlerror.Error{
			Message:    fmt.Sprintf("the server has %d operations on sockets, and can have no more: try again later", s.streams.limits.Operations),
			Extensions: map[string]any{"code": codeLimit, "details": map[string]any{"retryAfter": 1}},
		}
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
	ctx, l := s.logged(ctx)
	defer s.ran(o, l)
	op := s.created(ctx, o, id, params)
	if op == nil {
		return
	}
	s.tellEnd(o, id, s.follow(ctx, s.exec, op, s.teller(o, id)))
}

// teller tells the answers of an operation.
func (s *socket) teller(o *running, id string) func(*graphql.Response, bool) error {
	return func(answer *graphql.Response, more bool) error {
		s.sendOf(o, message{ID: id, Type: "next", answer: answer, more: more}, false)
		return nil
	}
}

// ran notes that an operation is over.
func (s *socket) ran(o *running, l *logging) {
	l.write()
	o.cancel()
	s.streams.end()
	s.ops.Done()
}

// created checks an operation; nil: it cannot be run, and the client was told why.
func (s *socket) created(ctx context.Context, o *running, id string, params *graphql.RawParams) *graphql.OperationContext {
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := s.exec.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		s.fail(o, id, s.exec.DispatchError(graphql.WithOperationContext(ctx, op), errs).Errors)
		return nil
	}
	return op
}

// tellEnd tells that an operation is over, with errors or without.
func (s *socket) tellEnd(o *running, id string, end *graphql.Response) {
	if end != nil {
		s.fail(o, id, end.Errors)
		return
	}
	s.sendOf(o, message{ID: id, Type: "complete"}, true)
}

// logging is the log line of an operation, before it is written.
type logging struct {
	log   *zerolog.Logger
	start time.Time
	id    string
	note  *request
}

// logged gives an operation the id of a request, and begins its log line.
func (s *socket) logged(ctx context.Context) (context.Context, *logging) {
	l := &logging{log: &s.config.Log, start: time.Now(), id: uuid.Must(uuid.NewV7()).String()}
	ctx, l.note = withRequest(ctx, l.id)
	return ctx, l
}

func (l *logging) write() {
	l.note.line(l.log.Info().Str("requestId", l.id)).Str("transport", "websocket").Dur("ms", time.Since(l.start)).Msg("operation")
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
