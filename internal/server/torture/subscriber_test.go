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
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"releasegraph/internal/server"
)

// subscriber follows the events of some kinds, by whatever way and wherever, and goes on
// where it left off.
type subscriber struct {
	world *world
	name  string
	kinds []string // as the API writes them; nil: all
	rand  *rand.Rand

	mu     sync.Mutex // what follows, for who looks how far it came
	after  int64      // where to go on
	got    []heard
	breaks map[string]int
}

// heard is an event as it was told.
type heard struct {
	revision int64
	what     string
}

const document = `subscription($after: Revision, $kinds: [GraphKind!]) { events(after: $after, filter: {kinds: $kinds}) { revision resumeAfter type } }`

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
			if s.rand.IntN(300) == 0 { // it stalls
				s.breaks["stalled"]++
				time.Sleep(time.Duration(s.rand.IntN(300)) * time.Millisecond)
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
	return last > 0 && s.after >= last
}

// forget drops what comes again: what was told of a change set that was not told whole.
func (s *subscriber) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.got) > 0 && s.got[len(s.got)-1].revision > s.after {
		s.got = s.got[:len(s.got)-1]
	}
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
		return err
	}
	if len(answer.Errors) > 0 {
		e := answer.Errors[0]
		if n, err := strconv.ParseInt(e.Extensions.Details.ResumeAfter, 10, 64); err == nil && n < s.after {
			return fmt.Errorf("told to go on after %d, and was told up to %d", n, s.after)
		}
		return &droppedError{e.Extensions.Code, e.Message}
	}
	if answer.Data == nil {
		return fmt.Errorf("neither an event nor an error: %s", text)
	}
	e := answer.Data.Events
	revision, err := strconv.ParseInt(e.Revision, 10, 64)
	if err != nil {
		return err
	}
	after, err := strconv.ParseInt(e.ResumeAfter, 10, 64)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.got, s.after = append(s.got, heard{revision, e.Type}), after
	s.mu.Unlock()
	if s.through() {
		return errEnough
	}
	return nil
}

func (s *subscriber) request() []byte {
	text, _ := json.Marshal(map[string]any{ // of texts alone
		"query": document, "variables": map[string]any{"after": strconv.FormatInt(s.after, 10), "kinds": s.kinds},
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
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && data != "" {
			if err := each([]byte(data)); err != nil {
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
	for {
		_, text, err := conn.Read(ctx)
		if err != nil {
			return err
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
			err = each(m.Payload)
		case "error":
			err = fmt.Errorf("refused: %s", m.Payload)
		case "complete":
			err = io.ErrUnexpectedEOF
		case "ping":
			err = say(`{"type":"pong"}`)
		}
		if err != nil {
			return err
		}
	}
}
