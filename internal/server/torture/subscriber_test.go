package torture

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"

	"releasegraph/internal/server"
)

// subscriber follows the events of a choice, by whatever way and wherever, and goes on where
// it left off.
type subscriber struct {
	world  *world
	name   string
	choice int
	rand   *rand.Rand

	mu     sync.Mutex // what follows, for who looks how far it came
	after  int64      // where to go on
	got    account    // of change sets that were told whole
	part   []heard    // of the one behind them, which comes again where it is not told whole
	breaks map[string]int
}

// heard is an event as it was told.
type heard struct {
	revision int64
	what     string
}

const document = `subscription($after: Revision, $filter: EventFilter) { events(after: $after, filter: $filter) { revision resumeAfter type } }`

// errEnough says that a subscriber leaves by its own will.
var errEnough = errors.New("enough for now")

// follow follows until the last revision was told.
func (s *subscriber) follow(ctx context.Context) {
	for ctx.Err() == nil && !s.through() {
		stay := s.rand.IntN(s.world.stay) + 1
		by := s.overSocket
		if s.rand.IntN(2) == 0 {
			by = s.overEvents
		}
		err := by(ctx, s.world.address(s.rand), func(text []byte) error {
			if err := s.hear(text); err != nil {
				return err
			}
			if stay--; stay == 0 {
				return errEnough
			}
			if s.rand.IntN(s.world.stalls) == 0 {
				s.breaks["stalled"]++
				time.Sleep(time.Duration(s.rand.IntN(s.world.stalls)) * time.Millisecond)
			}
			return nil
		})
		s.breaks[reason(err)]++
		s.forget()
		if !errors.Is(err, errEnough) {
			time.Sleep(time.Duration(s.rand.IntN(20)+1) * time.Millisecond)
		}
	}
}

// through reports whether all was told.
func (s *subscriber) through() bool {
	last := s.world.last.Load()
	return last != nil && s.after >= (*last)[s.choice]
}

// forget drops what comes again: what was told of a change set that was not told whole.
func (s *subscriber) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.part = s.part[:0]
}

func reason(err error) string {
	var dropped *droppedError
	switch {
	case errors.Is(err, errEnough):
		return "left"
	case errors.As(err, &dropped):
		return dropped.code
	}
	return "cut off"
}

// droppedError is an error by which the server ended a subscription.
type droppedError struct{ code, message string }

func (e *droppedError) Error() string { return e.code + ": " + e.message }

// hear takes an answer.
func (s *subscriber) hear(text []byte) error {
	h, after, ok := quickly(text)
	if !ok {
		var err error
		if h, after, err = s.slowly(text); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.after, s.part = after, append(s.part, h)
	if after == h.revision { // the change set was told whole
		for _, h := range s.part {
			s.got.add(h)
		}
		s.part = s.part[:0]
	}
	s.mu.Unlock()
	if s.through() {
		return errEnough
	}
	return nil
}

// quickly reads an answer that is an event, written as the server writes it.
func quickly(text []byte) (h heard, after int64, ok bool) {
	revision, text, ok1 := between(text, `{"data":{"events":{"revision":"`)
	resume, text, ok2 := between(text, `,"resumeAfter":"`)
	what, text, ok3 := between(text, `,"type":"`)
	if !ok1 || !ok2 || !ok3 || string(text) != "}}}" {
		return h, 0, false
	}
	n, err1 := strconv.ParseInt(string(revision), 10, 64)
	after, err2 := strconv.ParseInt(string(resume), 10, 64)
	return heard{n, string(what)}, after, err1 == nil && err2 == nil
}

// between returns what stands behind a text up to the next quote, and what follows that.
func between(text []byte, begin string) (inner, rest []byte, ok bool) {
	text, ok = bytes.CutPrefix(text, []byte(begin))
	if !ok {
		return nil, nil, false
	}
	return bytes.Cut(text, []byte{'"'})
}

// slowly reads any answer.
func (s *subscriber) slowly(text []byte) (h heard, after int64, err error) {
	var answer struct {
		Data *struct {
			Events struct{ Revision, ResumeAfter, Type string }
		}
		Errors []struct {
			Message    string
			Extensions struct {
				Code    string
				Details struct{ ResumeAfter string }
			}
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return h, 0, err
	}
	if len(answer.Errors) > 0 {
		e := answer.Errors[0]
		if n, err := strconv.ParseInt(e.Extensions.Details.ResumeAfter, 10, 64); err == nil && n < s.after {
			return h, 0, fmt.Errorf("told to go on after %d, and was told up to %d", n, s.after)
		}
		return h, 0, &droppedError{e.Extensions.Code, e.Message}
	}
	if answer.Data == nil {
		return h, 0, fmt.Errorf("neither an event nor an error: %s", text)
	}
	e := answer.Data.Events
	revision, err1 := strconv.ParseInt(e.Revision, 10, 64)
	after, err2 := strconv.ParseInt(e.ResumeAfter, 10, 64)
	return heard{revision, e.Type}, after, errors.Join(err1, err2)
}

func (s *subscriber) request() []byte {
	text, _ := json.Marshal(map[string]any{ // of texts alone
		"query": document, "variables": map[string]any{"after": strconv.FormatInt(s.after, 10), "filter": choices[s.choice]},
	})
	return text
}

// as is who the subscriber is.
func (s *subscriber) as() string { return s.name + "; roles=ADMIN" }

// overEvents follows over server-sent events.
func (s *subscriber) overEvents(ctx context.Context, url string, each func([]byte) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", bytes.NewReader(s.request()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(server.ActAs, s.as())
	request.Header.Set("Accept", "text/event-stream")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: ")); ok && len(data) > 0 {
			if err := each(data); err != nil {
				return err
			}
		}
	}
	return errors.Join(io.ErrUnexpectedEOF, lines.Err())
}

// overSocket follows over a WebSocket.
func (s *subscriber) overSocket(ctx context.Context, url string, each func([]byte) error) error {
	conn, _, err := websocket.Dial(ctx, url+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{server.ActAs: {s.as()}},
	})
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(1 << 20)
	say := func(text string) error { return conn.Write(ctx, websocket.MessageText, []byte(text)) }
	if err := errors.Join(say(`{"type":"connection_init"}`), say(`{"id":"1","type":"subscribe","payload":`+string(s.request())+`}`)); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.CloseNow() })
	defer stop()
	said := &bytes.Buffer{}
	for {
		// A context that can end costs a timer for each message.
		_, r, err := conn.Reader(context.WithoutCancel(ctx))
		if err != nil {
			return err
		}
		said.Reset()
		if _, err := said.ReadFrom(r); err != nil {
			return err
		}
		if err := s.said(said.Bytes(), say, each); err != nil {
			return err
		}
	}
}

// said takes a message of the server's.
func (s *subscriber) said(text []byte, say func(string) error, each func([]byte) error) error {
	if payload, ok := bytes.CutPrefix(text, []byte(`{"type":"next","id":"1","payload":`)); ok {
		return each(payload[:len(payload)-1])
	}
	var m struct {
		Type    string
		Payload json.RawMessage
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	switch m.Type {
	case "next":
		return each(m.Payload)
	case "error":
		return fmt.Errorf("refused: %s", m.Payload)
	case "complete":
		return io.ErrUnexpectedEOF
	case "ping":
		return say(`{"type":"pong"}`)
	}
	return nil
}
