// Package fuzz_test sends a server what strangers may. It has a schema of its own, so
// that no code generated for the real one is instrumented for it.
package fuzz_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/server"
)

const sdl = `
type Query { a: A, echo(v: String): String, x: String }
type Mutation { write: String }
type Subscription { ticks: String }
type A { a: A, b: A, list: [A], x: String, y: String }
`

// answering is a schema whose operations are answered at once, and subscriptions a
// few times.
type answering struct{ schema *ast.Schema }

func (a answering) Schema() *ast.Schema { return a.schema }

func (a answering) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (a answering) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx).Operation
	left := 1
	if op.Operation == ast.Subscription {
		left = 3
	}
	data := []byte(`{"` + op.SelectionSet[0].(*ast.Field).Name + `":"done"}`)
	return func(context.Context) *graphql.Response {
		if left == 0 {
			return nil
		}
		left--
		return &graphql.Response{Data: data}
	}
}

// fuzzed serves that schema to a fuzzer.
func fuzzed(f *testing.F) (url string) {
	f.Helper()
	s, err := server.New(server.Config{Log: zerolog.New(io.Discard), Streams: server.StreamLimits{PerClient: 1 << 20}}, sdl)
	if err != nil {
		f.Fatal(err)
	}
	l, err := server.Listen(f.Context(), "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	f.Cleanup(stop)
	go func() {
		_ = s.Serve(ctx, l, func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: answering{gqlparser.MustLoadSchema(&ast.Source{Input: sdl})}}, nil
		})
	}()
	url = "http://" + l.Addr().String()
	for {
		if answer, err := http.Get(url + "/readyz"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return url
			}
		}
	}
}

// Whatever is sent as a request is answered as GraphQL over HTTP has it: JSON
// with data or errors, and never an error of the server's.
func FuzzRequest(f *testing.F) {
	f.Add([]byte(`{"query":"{a{x}}"}`), "application/json", "*/*", "")
	f.Add([]byte(`{"query":"query Q($v: String){echo(v:$v)}","variables":{"v":"x"},"operationName":"Q"}`), "application/json", "application/graphql-response+json", "")
	f.Add([]byte(`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}`), "application/json; charset=utf-8", "text/event-stream", "")
	f.Add([]byte(`{"query":"subscription{ticks}"}`), "application/json", "text/event-stream", "")
	f.Add([]byte(`{"query":"{a{...@defer{x}}}","extensions":{"cost":true}}`), "application/json", "multipart/mixed", "")
	f.Add([]byte("\xff{"), "multipart/form-data", "", "query={a{x}}&variables={}")
	url := fuzzed(f)
	f.Fuzz(func(t *testing.T, body []byte, contentType, accept, query string) {
		request, err := http.NewRequest(http.MethodPost, url+"/graphql", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if query != "" {
			request.Method, request.URL.RawQuery = http.MethodGet, query
		}
		request.Header["Content-Type"], request.Header["Accept"] = []string{httpValue(contentType)}, []string{httpValue(accept)}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return // no request that can be sent
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode >= 500 {
			t.Fatalf("%d: %s", answer.StatusCode, text)
		}
		checkAnswer(t, answer, text)
	})
}

func checkAnswer(t *testing.T, answer *http.Response, text []byte) {
	t.Helper()
	if answer.StatusCode < 200 || answer.ContentLength == 0 || answer.StatusCode == http.StatusNoContent || !strings.Contains(answer.Header.Get("Content-Type"), "json") {
		return
	}
	var told map[string]json.RawMessage
	if err := json.Unmarshal(text, &told); err != nil || told["data"] == nil && told["errors"] == nil {
		t.Fatalf("%d, %v: %s", answer.StatusCode, err, text)
	}
}

// httpValue keeps what a header may hold.
func httpValue(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r > 0xff {
			return -1
		}
		return r
	}, s)
}

// Whatever is said on a socket is answered by the protocol, or ends the socket
// with one of its codes.
func FuzzSocket(f *testing.F) {
	for _, said := range []string{
		`{"id":"1","type":"subscribe","payload":{"query":"subscription{ticks}"}}`, `{"type":"ping","payload":{}}`, `{"type":"connection_init"}`,
		`{"id":"","type":"complete"}`, `{"id":"1","type":"subscribe","payload":{"query":"{nope}"}}`, `[]`, `{"type":1}`, `{"id":"1","type":"subscribe","payload":null}`,
	} {
		f.Add(said)
	}
	url := fuzzed(f)
	f.Fuzz(func(t *testing.T, said string) {
		if !utf8.ValidString(said) {
			return
		}
		conn, _, err := websocket.Dial(t.Context(), url+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow()
		for _, text := range []string{`{"type":"connection_init"}`, said, `{"type":"ping","payload":{"last":true}}`} {
			if err := conn.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
				break
			}
		}
		for {
			_, heard, err := conn.Read(t.Context())
			if err != nil {
				if code := websocket.CloseStatus(err); code < 4400 || code > 4429 {
					t.Fatalf("ended with %v", err)
				}
				return
			}
			if bytes.Contains(heard, []byte(`"last":true`)) {
				return
			}
		}
	})
}
