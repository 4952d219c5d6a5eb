package server_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"releasegraph/internal/app/acting"

	"github.com/99designs/gqlgen/graphql"
	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/server"
)

// fake is a schema whose fields do what a test of the edge needs.
type fake struct {
	started chan struct{} // a slow operation has begun
	release chan struct{} // lets slow operations end
	ended   chan error    // why a stuck operation ended
	schema  *ast.Schema
}

const fakeSDL = `
type Query { a: A, actor: String, slow: String, stuck: String, panics: String, echo(v: String): String, long: String, huge: String, x: String }
type Mutation { write: String }
type Subscription { ticks: String, endless: String, broken: String, flood: String }
type A { a: A, b: A, list: [A], x: String, y: String }
`

func newFake() *fake {
	return &fake{
		started: make(chan struct{}, 10), release: make(chan struct{}), ended: make(chan error, 10),
		schema: gqlparser.MustLoadSchema(&ast.Source{Input: fakeSDL}),
	}
}

func (f *fake) Schema() *ast.Schema { return f.schema }

func (f *fake) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (f *fake) Exec(ctx context.Context) graphql.ResponseHandler {
	field := graphql.GetOperationContext(ctx).Operation.SelectionSet[0].(*ast.Field)
	data := `{"` + field.Name + `":"done"}`
	switch field.Name {
	case "ticks":
		return ticks(3)
	case "flood":
		return flood
	case "broken":
		panic("secret of the house")
	case "endless":
		return func(ctx context.Context) *graphql.Response {
			f.started <- struct{}{}
			<-ctx.Done()
			f.ended <- ctx.Err()
			return nil
		}
	case "actor":
		a := acting.Actor(ctx)
		data = `{"actor":"` + a.Name + `"}`
	case "slow":
		f.started <- struct{}{}
		<-f.release
	case "stuck":
		<-ctx.Done()
		f.ended <- ctx.Err()
	case "long":
		data = `{"long":"` + strings.Repeat("x", 100) + `"}`
	case "huge":
		data = `{"huge":"` + strings.Repeat("x", 12<<20) + `"}`
	case "panics":
		panic("secret of the house")
	}
	return graphql.OneShot(&graphql.Response{Data: []byte(data)})
}

// ticks answers a few times.
func ticks(n int) graphql.ResponseHandler {
	said := 0
	return func(context.Context) *graphql.Response {
		if said == n {
			return nil
		}
		said++
		return &graphql.Response{Data: fmt.Appendf(nil, `{"ticks":"%d"}`, said)}
	}
}

// flood answers without end, a lot each time.
func flood(ctx context.Context) *graphql.Response {
	if ctx.Err() != nil {
		return nil
	}
	return &graphql.Response{Data: []byte(`{"flood":"` + strings.Repeat("x", 64<<10) + `"}`)}
}

// running is a server on a real loopback socket.
type running struct {
	t    *testing.T
	url  string
	fake *fake
	stop context.CancelFunc
	done chan error
	log  *log

	client *http.Client // nil: the default one
}

// with sends by another client.
func (r *running) with(c *http.Client) *running {
	other := *r
	other.client = c
	return &other
}

// log keeps lines that may be written at any time.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func start(t *testing.T, c server.Config, open func(*fake) server.Open) *running {
	t.Helper()
	r := &running{t: t, fake: newFake(), done: make(chan error, 1), log: &log{}}
	c.Log = zerolog.New(r.log)
	s, err := server.New(c, fakeSDL)
	if err != nil {
		t.Fatal(err)
	}
	l, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.url = "http://" + l.Addr().String()
	if open == nil {
		open = func(f *fake) server.Open {
			return func(context.Context) (*server.Core, error) { return &server.Core{Schema: f}, nil }
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() { r.done <- s.Serve(ctx, l, open(r.fake)) }()
	t.Cleanup(stop)
	return r
}

// serving is a server that is ready.
func serving(t *testing.T, c server.Config) *running {
	t.Helper()
	r := start(t, c, nil)
	r.awaitReady()
	return r
}

func (r *running) awaitReady() {
	r.t.Helper()
	for r.get("/readyz").status != http.StatusOK {
		time.Sleep(time.Millisecond)
	}
}

type reply struct {
	status int
	body   string
	header http.Header
}

type header map[string]string

func (r *running) get(path string) reply { return r.do(http.MethodGet, path, "", nil) }

// query sends a document, which must need no escaping.
func (r *running) query(document string) reply { return r.queryAs(document, nil) }

func (r *running) queryAs(document string, h header) reply {
	return r.post(`{"query":"`+document+`"}`, h)
}

func (r *running) post(body string, h header) reply {
	all := header{"Content-Type": "application/json"}
	for name, value := range h {
		all[name] = value
	}
	return r.do(http.MethodPost, "/graphql", body, all)
}

func (r *running) do(method, path, body string, h header) reply {
	r.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for name, value := range h {
		request.Header.Set(name, value)
		if name == "Host" {
			request.Host = value
		}
	}
	client := r.client
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return reply{answer.StatusCode, string(text), answer.Header}
}

func (r *running) dial() net.Conn {
	r.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { c.Close() })
	return c
}

func (a reply) wants(t *testing.T, status int, parts ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d: %.300s", a.status, status, a.body)
	}
	for _, part := range parts {
		if !strings.Contains(a.body, part) {
			t.Errorf("the answer lacks %q: %.600s", part, a.body)
		}
	}
}

func (a reply) lacks(t *testing.T, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(a.body, part) {
			t.Errorf("the answer has %q: %.600s", part, a.body)
		}
	}
}
