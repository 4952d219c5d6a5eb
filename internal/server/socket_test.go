package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"releasegraph/internal/server"
)

// wire is a client that says what it is told to, right or wrong.
type wire struct {
	t    *testing.T
	conn *websocket.Conn
}

func (r *running) wire(protocols ...string) *wire {
	r.t.Helper()
	if protocols == nil {
		protocols = []string{"graphql-transport-ws"}
	}
	return r.wireWith(&websocket.DialOptions{Subprotocols: protocols})
}

func (r *running) wireWith(o *websocket.DialOptions) *wire {
	r.t.Helper()
	conn, answer, err := websocket.Dial(r.t.Context(), r.url+"/graphql", o)
	if err != nil {
		r.t.Fatal(err, answer)
	}
	conn.SetReadLimit(1 << 20)
	r.t.Cleanup(func() { conn.CloseNow() })
	return &wire{r.t, conn}
}

func (w *wire) says(text string) {
	w.t.Helper()
	if err := w.conn.Write(w.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		w.t.Fatal(err)
	}
}

// hears wants the next message, compared as JSON.
func (w *wire) hears(want string) {
	w.t.Helper()
	got := w.next()
	var g, x any
	if err := json.Unmarshal([]byte(want), &x); err != nil {
		w.t.Fatal(err)
	}
	_ = json.Unmarshal([]byte(got), &g)
	if fmt.Sprint(g) != fmt.Sprint(x) {
		w.t.Fatalf("heard %s, not %s", got, want)
	}
}

func (w *wire) next() string {
	w.t.Helper()
	_, text, err := w.conn.Read(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// hearsPart wants a message that holds all of the parts.
func (w *wire) hearsPart(parts ...string) string {
	w.t.Helper()
	got := w.next()
	for _, part := range parts {
		if !strings.Contains(got, part) {
			w.t.Fatalf("heard %s, without %s", got, part)
		}
	}
	return got
}

func (w *wire) isClosed(code int) {
	w.t.Helper()
	for {
		_, text, err := w.conn.Read(w.t.Context())
		if err == nil {
			if !strings.Contains(string(text), `"ping"`) {
				w.t.Fatalf("heard %s, not the end", text)
			}
			continue
		}
		if got := websocket.CloseStatus(err); int(got) != code {
			w.t.Fatalf("closed with %v, not %d", err, code)
		}
		return
	}
}

// greeted has been acknowledged.
func (w *wire) greeted() *wire {
	w.t.Helper()
	w.says(`{"type":"connection_init"}`)
	w.hears(`{"type":"connection_ack"}`)
	return w
}

// greetedAs is greeted by one who says who they are.
func (w *wire) greetedAs(who string) *wire {
	w.t.Helper()
	w.says(`{"type":"connection_init","payload":{"Releasegraph-Act-As":"` + who + `"}}`)
	w.hears(`{"type":"connection_ack"}`)
	return w
}

func (w *wire) subscribes(id, query string) {
	w.t.Helper()
	w.says(fmt.Sprintf(`{"id":%q,"type":"subscribe","payload":{"query":%q}}`, id, query))
}

// stillWorks asks something that must be answered.
func (w *wire) stillWorks() {
	w.t.Helper()
	w.subscribes("last", "{a{x}}")
	w.hears(`{"id":"last","type":"next","payload":{"data":{"a":"done"}}}`)
	w.hears(`{"id":"last","type":"complete"}`)
}

func TestTheWebSocketProtocolIsKept(t *testing.T) {
	r := serving(t, server.Config{})
	impatient := serving(t, server.Config{Streams: server.StreamLimits{InitTimeout: 30 * time.Millisecond}})
	for name, check := range map[string]func(*testing.T){
		"another subprotocol is closed with 4406":        func(*testing.T) { r.wire("graphql-ws").isClosed(4406) },
		"without connection_init it is closed with 4408": func(*testing.T) { impatient.wire().isClosed(4408) },
		"who was acknowledged in time stays": func(*testing.T) {
			w := impatient.wire().greeted()
			w.subscribes("1", "{slow}")
			<-impatient.fake.started
			time.Sleep(60 * time.Millisecond)
			close(impatient.fake.release)
			w.hearsPart(`"slow":"done"`)
		},
		"what is no JSON is closed with 4400":               func(*testing.T) { closedAfter(r, 4400, "{") },
		"an unknown type is closed with 4400":               func(*testing.T) { closedAfter(r, 4400, `{"type":"start"}`) },
		"a type that only servers send is closed with 4400": func(*testing.T) { closedAfter(r, 4400, `{"id":"1","type":"next"}`) },
		"a message without a type is closed with 4400":      func(*testing.T) { closedAfter(r, 4400, `{"id":"1"}`) },
		"bytes are closed with 4400": func(t *testing.T) {
			w := r.wire()
			if err := w.conn.Write(t.Context(), websocket.MessageBinary, []byte(`{"type":"connection_init"}`)); err != nil {
				t.Fatal(err)
			}
			w.isClosed(4400)
		},
		"a payload of connection_init that is no object is closed with 4400": func(*testing.T) { closedAfter(r, 4400, `{"type":"connection_init","payload":"x"}`) },
		"a second connection_init is closed with 4429": func(*testing.T) {
			w := r.wire().greeted()
			w.says(`{"type":"connection_init"}`)
			w.isClosed(4429)
		},
		"subscribing before connection_init is closed with 4401": func(*testing.T) {
			closedAfter(r, 4401, `{"id":"1","type":"subscribe","payload":{"query":"{a{x}}"}}`)
		},
		"subscribing without an id is closed with 4400": func(*testing.T) {
			w := r.wire().greeted()
			w.says(`{"type":"subscribe","payload":{"query":"{a{x}}"}}`)
			w.isClosed(4400)
		},
		"subscribing without a document is closed with 4400": func(*testing.T) {
			w := r.wire().greeted()
			w.says(`{"id":"1","type":"subscribe","payload":{}}`)
			w.isClosed(4400)
		},
		"an id that is in use is closed with 4409": func(*testing.T) {
			w := r.wire().greeted()
			w.subscribes("1", "subscription {endless}")
			<-r.fake.started
			w.subscribes("1", "{a{x}}")
			w.isClosed(4409)
			<-r.fake.ended
		},
		"a ping is answered with its payload, before the greeting too": func(*testing.T) {
			w := r.wire()
			w.says(`{"type":"ping","payload":{"n":1}}`)
			w.hears(`{"type":"pong","payload":{"n":1}}`)
			w.greeted().says(`{"type":"ping"}`)
			w.hears(`{"type":"pong"}`)
		},
		"a pong that nobody asked for is nothing": func(*testing.T) {
			w := r.wire().greeted()
			w.says(`{"type":"pong"}`)
			w.stillWorks()
		},
		"a query is answered once and is complete": func(*testing.T) { r.wire().greeted().stillWorks() },
		"a mutation is answered once and is complete": func(*testing.T) {
			w := r.wire().greeted()
			w.subscribes("m", "mutation {write}")
			w.hears(`{"id":"m","type":"next","payload":{"data":{"write":"done"}}}`)
			w.hears(`{"id":"m","type":"complete"}`)
		},
		"a subscription is answered until it is complete": func(*testing.T) {
			w := r.wire().greeted()
			w.subscribes("s", "subscription {ticks}")
			for i := range 3 {
				w.hears(fmt.Sprintf(`{"id":"s","type":"next","payload":{"data":{"ticks":"%d"}}}`, i+1))
			}
			w.hears(`{"id":"s","type":"complete"}`)
			w.stillWorks()
		},
		"after an error nothing is said, and the id is free": func(*testing.T) {
			w := r.wire().greeted()
			for range 3 {
				w.subscribes("last", "{nope}")
				w.hearsPart(`"type":"error"`, `"id":"last"`, "nope", `"payload":[`)
				w.stillWorks()
			}
		},
		"a limit is an error, too": func(*testing.T) {
			w := r.wire().greeted()
			w.subscribes("last", nested(12))
			w.hearsPart(`"type":"error"`, `"code":"LIMIT"`)
			w.stillWorks()
		},
		"after complete of the client nothing is said, and the id is free": func(*testing.T) {
			w := r.wire().greeted()
			for range 3 {
				w.subscribes("last", "subscription {endless}")
				<-r.fake.started
				w.says(`{"id":"last","type":"complete"}`)
				<-r.fake.ended
				w.stillWorks()
			}
		},
		"complete of what is unknown is nothing": func(*testing.T) {
			w := r.wire().greeted()
			w.says(`{"id":"nobody","type":"complete"}`)
			w.stillWorks()
		},
		"a panic is an error that tells nothing of the inside": func(*testing.T) {
			w := r.wire().greeted()
			w.subscribes("1", "subscription {broken}")
			if got := w.hearsPart(`"type":"error"`, `"INTERNAL"`); strings.Contains(got, "secret") {
				t.Error(got)
			}
			w.stillWorks()
		},
		"operations run beside each other": func(*testing.T) {
			w := r.wire().greeted()
			w.subscribes("long", "subscription {endless}")
			<-r.fake.started
			w.stillWorks()
			w.conn.CloseNow()
			<-r.fake.ended
		},
		"a document of a megabyte is an error": func(*testing.T) {
			w := r.wire().greeted()
			w.subscribes("last", nested(200_000))
			w.hearsPart(`"type":"error"`, "token limit")
			w.subscribes("last", nested(3_000))
			w.hearsPart(`"type":"error"`, "levels deep")
			w.stillWorks()
		},
		"a message beyond the cap is closed with 1009": func(*testing.T) {
			w := r.wire().greeted()
			w.says(`{"type":"` + strings.Repeat("x", 1<<20) + `"}`)
			w.isClosed(1009)
		},
	} {
		t.Run(name, check)
	}
}

func closedAfter(r *running, code int, text string) {
	w := r.wire()
	w.says(text)
	w.isClosed(code)
}

func TestWhoTheClientIsComesWithTheGreeting(t *testing.T) {
	r := serving(t, server.Config{})
	w := r.wire()
	w.says(`{"type":"connection_init","payload":{"releasegraph-act-as":"alice; roles=VIEWER"}}`)
	w.hears(`{"type":"connection_ack"}`)
	w.subscribes("1", "{actor}")
	w.hearsPart(`"actor":"alice"`)
	w = r.wireWith(&websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{server.ActAs: {"bob; roles=VIEWER"}}}).greeted()
	w.subscribes("1", "{actor}")
	w.hearsPart(`"actor":"bob"`)
	w = r.wire()
	w.says(`{"type":"connection_init","payload":{"releasegraph-act-as":"alice; roles=KING"}}`)
	w.isClosed(4403)
}

func TestASocketOfAnotherSitesPageIsRefused(t *testing.T) {
	r := serving(t, server.Config{Origins: []string{"https://portal.example"}})
	dial := func(origin string) error {
		conn, _, err := websocket.Dial(t.Context(), r.url+"/graphql", &websocket.DialOptions{
			Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{"Origin": {origin}}})
		if err == nil {
			conn.CloseNow()
		}
		return err
	}
	if dial("https://evil.example") == nil {
		t.Error("a socket was opened")
	}
	for _, origin := range []string{"https://portal.example", r.url} {
		if err := dial(origin); err != nil {
			t.Errorf("%s: %v", origin, err)
		}
	}
}

func TestSocketsAndTheirOperationsAreLimited(t *testing.T) {
	r := serving(t, server.Config{Streams: server.StreamLimits{PerClient: 2, PerSocket: 3, Total: 3}})
	w := r.wire().greeted()
	for i := range 3 {
		w.subscribes(fmt.Sprint(i), "subscription {endless}")
		<-r.fake.started
	}
	w.subscribes("more", "subscription {endless}")
	w.hearsPart(`"type":"error"`, `"id":"more"`, `"code":"LIMIT"`, "3 operations at once")
	r.wire().greeted()
	more := r.wire()
	more.says(`{"type":"connection_init"}`)
	more.isClosed(int(websocket.StatusTryAgainLater))
	alice := &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{server.ActAs: {"alice; roles=VIEWER"}}}
	last, _, err := websocket.Dial(t.Context(), r.url+"/graphql", alice)
	for err != nil { // the one before has not left its seat yet
		last, _, err = websocket.Dial(t.Context(), r.url+"/graphql", alice)
	}
	_, answer, err := websocket.Dial(t.Context(), r.url+"/graphql", alice)
	if err == nil || answer == nil || answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
		t.Errorf("%v, %+v", err, answer)
	}
	last.CloseNow()
	w.conn.CloseNow()
	for range 3 {
		<-r.fake.ended
	}
}

// Of 10,000 subscriptions on one socket a hundred run; each other one is told why not, and
// the socket goes on.
func TestTenThousandSubscriptionsOnASocketAreRefusedBeyondItsLimit(t *testing.T) {
	r := serving(t, server.Config{})
	w := r.wire().greeted()
	go func() {
		for range 100 {
			<-r.fake.started
		}
	}()
	for i := range 10_000 {
		w.subscribes(fmt.Sprint(i), "subscription {endless}")
		if i >= 100 {
			w.hearsPart(`"type":"error"`, fmt.Sprintf(`"id":"%d"`, i), `"code":"LIMIT"`, "100 operations at once")
		}
	}
	w.says(`{"id":"0","type":"complete"}`)
	<-r.fake.ended
	w.stillWorks()
	w.conn.CloseNow()
	for range 99 {
		<-r.fake.ended
	}
}

// However many sockets there are, their operations together are bounded; what ends makes
// room.
func TestTheOperationsOfAllSocketsTogetherAreLimited(t *testing.T) {
	r := serving(t, server.Config{Streams: server.StreamLimits{Operations: 3}})
	first, second := r.wire().greeted(), r.wire().greeted()
	for i := range 2 {
		first.subscribes(fmt.Sprint(i), "subscription {endless}")
		<-r.fake.started
	}
	second.subscribes("1", "subscription {endless}")
	<-r.fake.started
	second.subscribes("more", "subscription {endless}")
	second.hearsPart(`"type":"error"`, `"id":"more"`, `"code":"LIMIT"`, "3 operations on sockets", `"retryAfter":1`)
	first.conn.CloseNow()
	for range 2 {
		<-r.fake.ended
	}
	for second.subscribes("again", "{a{x}}"); strings.Contains(second.next(), "LIMIT"); { // it ends in a moment
		second.subscribes("again", "{a{x}}")
	}
	second.hearsPart(`"complete"`, `"again"`)
	second.conn.CloseNow()
	<-r.fake.ended
}

func TestTheRateOfACallerCountsOnASocketToo(t *testing.T) {
	r := serving(t, server.Config{Rate: server.RateLimit{PerSecond: 0.001, Burst: 2}})
	w := r.wire().greeted()
	w.stillWorks()
	w.subscribes("more", "{a{x}}")
	w.hearsPart(`"type":"error"`, `"code":"LIMIT"`, `"retryAfter":`)
}

func TestAClientThatTakesNothingIsCutOff(t *testing.T) {
	r := serving(t, server.Config{Streams: server.StreamLimits{Write: 50 * time.Millisecond}})
	w := r.wire().greeted()
	w.subscribes("1", "subscription {flood}")
	for !strings.Contains(r.log.String(), `"operation":"subscription {flood}"`) { // its end is in the log
		time.Sleep(time.Millisecond)
	}
}

func TestWhoIsNobodyAnyMoreLosesTheSocket(t *testing.T) {
	var expired atomic.Bool
	r := serving(t, server.Config{
		Streams: server.StreamLimits{Recheck: 10 * time.Millisecond},
		Recheck: func(context.Context) error {
			if expired.Load() {
				return errors.New("the token has expired")
			}
			return nil
		},
	})
	w := r.wire().greeted()
	w.subscribes("1", "subscription {endless}")
	<-r.fake.started
	expired.Store(true)
	w.isClosed(4403)
	if err := <-r.fake.ended; err == nil {
		t.Error("the subscription lives on")
	}
	a := r.queryAs("subscription {endless}", header{"Accept": "text/event-stream"})
	a.wants(t, http.StatusOK, "the token has expired", `"code":"FORBIDDEN"`, "event: complete")
}

func TestWhenTheServerStopsSubscribersAreToldAndThenSentAway(t *testing.T) {
	r := serving(t, server.Config{Streams: server.StreamLimits{Grace: 50 * time.Millisecond}})
	idle, busy := r.wire().greeted(), r.wire().greeted()
	busy.subscribes("1", "subscription {endless}")
	<-r.fake.started
	r.stop()
	idle.isClosed(1001)
	busy.hearsPart(`"type":"ping"`, `"reconnect":true`)
	busy.isClosed(1001)
	if err := <-r.done; err != nil {
		t.Errorf("ended with %v", err)
	}
	<-r.fake.ended
}

// What the server tells is framed by itself: each form of a length is right.
func TestMessagesOfAnyLengthComeWhole(t *testing.T) {
	w := serving(t, server.Config{}).wire()
	for _, n := range []int{0, 60, 98, 99, 100, 101, 102, 103, 65_507, 65_508, 65_509, 65_510, 65_511, 200_000} {
		text := fmt.Sprintf(`{"type":"pong","payload":%q}`, strings.Repeat("x", n))
		w.says(strings.Replace(text, "pong", "ping", 1))
		if got := w.next(); got != text {
			t.Fatalf("of %d bytes came %d", len(text), len(got))
		}
	}
	w.greeted().stillWorks()
}
