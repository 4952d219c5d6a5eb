package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"releasegraph/internal/app/acting"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
)

// message is one of graphql-transport-ws.
type message struct {
	ID      string            `json:"id,omitempty"`
	Type    string            `json:"type"`
	Payload json.RawMessage   `json:"payload,omitempty"`
	answer  *graphql.Response // in the place of a payload
	more    bool              // more of the operation follows at once, or its end does
}

// appendTo appends the message as JSON. Its payload is JSON already, and is not encoded
// once more.
func (m message) appendTo(text []byte) []byte {
	text = append(append(append(text, `{"type":"`...), m.Type...), '"')
	if m.ID != "" {
		id, _ := json.Marshal(m.ID) // a text always can be
		text = append(append(text, `,"id":`...), id...)
	}
	switch {
	case m.answer != nil:
		text = append(append(text, `,"payload":`...), beforeData(m.answer)...)
		text = append(append(text, m.answer.Data...), '}')
	case len(m.Payload) > 0:
		text = append(append(text, `,"payload":`...), m.Payload...)
	}
	return append(text, '}')
}

// receive acts on a message of the client. A protocolError ends the socket.
func (s *socket) receive(text []byte) error {
	var m message
	if err := decodeJSON(strings.NewReader(string(text)), &m); err != nil {
		return &protocolError{closeInvalid, "Invalid message: " + explain("it", err).Error()}
	}
	if m.Type != "subscribe" && !s.mayChat() {
		return &protocolError{websocket.StatusPolicyViolation, "too many messages that ask for nothing"}
	}
	switch m.Type {
	case "connection_init":
		return s.initialise(m.Payload)
	case "subscribe":
		return s.subscribe(m)
	case "complete":
		if m.ID == "" {
			return &protocolError{closeInvalid, "Invalid message: complete without an id"}
		}
		s.stop(m.ID)
		return nil
	case "ping":
		return s.send(message{Type: "pong", Payload: m.Payload})
	case "pong":
		return nil
	}
	return &protocolError{closeInvalid, "Invalid message: the types are connection_init, subscribe, complete, ping and pong"}
}

// chatter is how many messages a second may begin no operation.
const chatter = 50

// mayChat counts a message that begins no operation, by the socket and by its
// caller.
func (s *socket) mayChat() bool {
	if !s.chatter.Allow() {
		return false
	}
	return s.rates.limit.PerSecond <= 0 || s.now() != acknowledged || s.rates.take(caller(s.client())).pass
}

// initialise takes who the client is from the payload: what a request would say
// in its headers, which pages cannot set for a socket.
func (s *socket) initialise(payload json.RawMessage) error {
	s.mu.Lock()
	again := s.state != opened
	s.state = initialising
	s.mu.Unlock()
	if again {
		return &protocolError{closeTooMany, "Too many initialisation requests"}
	}
	header, err := initHeader(payload)
	if err != nil {
		return &protocolError{closeInvalid, "Invalid message: " + err.Error()}
	}
	ctx, err := identify(s.ctx, s.config.Identities, header)
	if errors.Is(err, errNobody) && acting.Actor(s.ctx).Name != unsaid.Name {
		ctx, err = s.ctx, nil // the request that opened the socket said it
	}
	if err != nil {
		return &protocolError{closeForbidden, "Forbidden: " + err.Error()}
	}
	if err := s.seat.take(caller(ctx)); err != nil {
		return &protocolError{websocket.StatusTryAgainLater, err.Error()}
	}
	s.mu.Lock()
	s.who, s.state = ctx, acknowledged
	s.mu.Unlock()
	return s.send(message{Type: "connection_ack"})
}

// initHeader reads a payload's texts as headers.
func initHeader(payload json.RawMessage) (http.Header, error) {
	header := http.Header{}
	if len(payload) == 0 || string(payload) == "null" {
		return header, nil
	}
	var values map[string]any
	if err := json.Unmarshal(payload, &values); err != nil {
		return nil, errors.New("the payload of connection_init must be an object")
	}
	for name, v := range values {
		if text, ok := v.(string); ok {
			header.Set(name, text)
		}
	}
	return header, nil
}

// send writes a message; a client that does not take it in time is cut off.
func (s *socket) send(m message) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.wire.tell(m)
}

// sendOf writes a message about an operation, unless that is over; the last one
// makes it so.
func (s *socket) sendOf(o *running, m message, last bool) {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	over := o.over
	if last && !over {
		o.over = true
		delete(s.active, m.ID)
	}
	s.mu.Unlock()
	if !over && s.wire.tell(m) != nil {
		s.cancel() // nobody is there any more
	}
}
