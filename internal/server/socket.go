package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

// subprotocol is the protocol of operations over a WebSocket:
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
const subprotocol = "graphql-transport-ws"

// The close codes of the protocol.
const (
	closeInvalid      websocket.StatusCode = 4400
	closeUnauthorized websocket.StatusCode = 4401
	closeForbidden    websocket.StatusCode = 4403
	closeSubprotocol  websocket.StatusCode = 4406
	closeInitTimeout  websocket.StatusCode = 4408
	closeDuplicate    websocket.StatusCode = 4409
	closeTooMany      websocket.StatusCode = 4429
)

// overSocket is GraphQL over a WebSocket.
type overSocket struct {
	runs
	streams *streams
	rates   *rates
	watch   *watch
}

// Supports takes requests for a WebSocket.
func (overSocket) Supports(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Do opens one socket. It is served by a goroutine of its own: that of the request, with
// all handlers of requests on its stack, would take more memory than the rest of a socket
// that waits.
func (t overSocket) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	ctx, cancel := context.WithCancel(apart(context.WithoutCancel(r.Context()))) // which ends with the request
	seat, err := t.streams.welcome(caller(ctx), cancel)
	if err != nil {
		cancel()
		refuseStream(w, r, err)
		return
	}
	// It answers a request that it refuses itself, such as one of another
	// site's page.
	opening := &opening{ResponseWriter: w, wire: &wire{patience: t.streams.limits.Write}}
	conn, err := websocket.Accept(opening, r, &websocket.AcceptOptions{Subprotocols: []string{subprotocol}, OriginPatterns: t.config.originPatterns()})
	if err != nil {
		cancel()
		seat.leave()
		return
	}
	conn.SetReadLimit(t.config.MaxBody)
	s := &socket{overSocket: t, conn: conn, wire: opening.wire, seat: seat, exec: exec, header: r.Header, ctx: ctx, who: ctx, cancel: cancel, active: map[string]*running{}, chatter: rate.NewLimiter(chatter, 10*chatter)}
	go s.live()
}

// live serves the socket until either side has had enough.
func (s *socket) live() {
	defer s.seat.leave()
	defer func() { _ = s.conn.CloseNow() }() // it may be closed already
	defer s.end()
	defer func() {
		if p := recover(); p != nil {
			s.config.Log.Error().Interface("panic", p).Bytes("stack", debug.Stack()).Msg("a socket panicked")
		}
	}()
	if s.conn.Subprotocol() != subprotocol {
		s.close(closeSubprotocol, "Subprotocol not acceptable: speak "+subprotocol)
		return
	}
	s.serve()
}

func refuseStream(w http.ResponseWriter, r *http.Request, err error) {
	w.Header().Set("Retry-After", "1")
	switch {
	case errors.Is(err, errStopping):
		refuse(w, r, http.StatusServiceUnavailable, codeUnavailable, err.Error())
	case errors.Is(err, errManyStreams):
		refuse(w, r, http.StatusTooManyRequests, codeLimit, err.Error())
	default:
		refuse(w, r, http.StatusServiceUnavailable, codeLimit, err.Error())
	}
}

// socket is one client's.
type socket struct {
	overSocket
	conn   *websocket.Conn
	wire   *wire
	seat   *seat
	exec   graphql.GraphExecutor
	header http.Header
	ctx    context.Context
	cancel context.CancelFunc

	// chatter bounds messages that begin no operation.
	chatter *rate.Limiter

	mu     sync.Mutex
	who    context.Context // s.ctx, with who the client is
	state  state
	active map[string]*running
	ops    sync.WaitGroup
	// writing orders messages: what is sent of an operation is sent before the
	// operation is over.
	writing sync.Mutex
}

// state is how far a connection has come.
type state uint8

const (
	opened       state = iota // nothing was said yet
	initialising              // the client said who it is
	acknowledged
)

// running is an operation in progress.
type running struct {
	cancel context.CancelFunc
	over   bool // nothing more may be said of it
}

// protocolError ends a socket with a code.
type protocolError struct {
	code   websocket.StatusCode
	reason string
}

func (e *protocolError) Error() string { return fmt.Sprintf("%d: %s", e.code, e.reason) }

func (s *socket) serve() {
	timer := time.AfterFunc(s.streams.limits.InitTimeout, func() {
		if s.now() == opened {
			s.close(closeInitTimeout, "Connection initialisation timeout")
		}
	})
	defer timer.Stop()
	s.watch.join(s)
	defer s.watch.leave(s)
	time.AfterFunc(s.streams.limits.Ping, s.pings)
	stop := context.AfterFunc(s.ctx, func() { _ = s.conn.CloseNow() })
	defer stop()
	for s.wire.await() == nil && s.hear() {
		continue
	}
}

// hear acts on what the client says next, and reports whether there may be more.
func (s *socket) hear() bool {
	kind, text, err := s.conn.Read(s.ctx)
	if err != nil {
		return false // the client has gone, or was told why it has to
	}
	if kind != websocket.MessageText {
		s.close(closeInvalid, "Invalid message: text is expected")
		return false
	}
	var wrong *protocolError
	if err := s.receive(text); errors.As(err, &wrong) {
		s.close(wrong.code, wrong.reason)
		return false
	} else if err != nil {
		return false
	}
	return true
}

func (s *socket) now() state {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// stopAll ends what the client began; the socket stays. Nothing more is said of
// it, or the client would take what was cut off for complete.
func (s *socket) stopAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, o := range s.active {
		o.over = true
		delete(s.active, id)
		o.cancel()
	}
}

// pings looks whether the client is still there, again and again. One that is slow to
// answer keeps nothing else waiting.
func (s *socket) pings() {
	switch {
	case s.ctx.Err() != nil:
	case s.ping() != nil:
		_ = s.conn.CloseNow()
	default:
		time.AfterFunc(s.streams.limits.Ping, s.pings)
	}
}

func (s *socket) ping() error {
	ctx, cancel := context.WithTimeout(s.ctx, s.streams.limits.Write)
	defer cancel()
	return s.conn.Ping(ctx)
}

func (s *socket) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.active) == 0
}

// client is the context of who the client is.
func (s *socket) client() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.who
}

// close ends the socket with a code; a reason may have 123 bytes.
func (s *socket) close(code websocket.StatusCode, reason string) {
	s.wire.shutting()
	_ = s.conn.Close(code, strings.ToValidUTF8(reason[:min(len(reason), 123)], ""))
}

// end waits for the operations that the end of the socket ends.
func (s *socket) end() {
	s.cancel()
	s.ops.Wait()
}
