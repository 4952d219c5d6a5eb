package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"releasegraph/internal/app"
	"releasegraph/internal/demo"
	"releasegraph/internal/entity"
	"releasegraph/internal/server"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

// overDemo serves the real schema over the demo's estate.
func overDemo(t *testing.T, c server.Config) *running {
	t.Helper()
	ctx := context.Background()
	s, err := sqlite.Open(ctx, ":memory:", entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(ctx) })
	a := app.New(app.Config{Store: s, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
	if _, err := demo.Load(ctx, a); err != nil {
		t.Fatal(err)
	}
	r := start(t, c, func(*fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: resolvers.New(a, zerolog.Nop())}, nil
		}
	})
	r.awaitReady()
	return r
}

// document is a request's body with a document and variables.
func document(t *testing.T, query string, variables map[string]any) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func repeated(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// attack is a request that must be answered within a time, a second of
// processors and a use of memory: that of client and server together, all that
// was allocated on the way.
type attack struct {
	name   string
	body   string
	header header
	status int
	want   []string
	bytes  uint64
}

const (
	mb = 1 << 20
	// soon is generous for a machine that does much else; each of these takes a
	// few milliseconds, and took seconds or minutes before.
	soon = 3 * time.Second * slower
)

func attacks(t *testing.T) []attack {
	spreads := "query {...F0} "
	for i := range 40 {
		spreads += fmt.Sprintf("fragment F%d on Query {...F%d ...F%d} ", i, i+1, i+1)
	}
	connections := func(first string) string {
		const below = "{configurationItems(first:1000){nodes{dependsOn(FIRST){nodes{dependsOn(FIRST){nodes{dependsOn(FIRST){nodes{key}}}}}}}}}"
		return strings.ReplaceAll(below, "FIRST", first)
	}
	ask := func(query string) string { return document(t, query, nil) }
	return []attack{
		{name: "two megabytes of nesting", body: ask(nested(700_000)), status: 413, want: []string{"larger than 1048576 bytes"}, bytes: 24 * mb},
		{name: "just under a megabyte of nesting", body: ask(nested(260_000)), want: []string{"token limit"}, bytes: 32 * mb},
		{name: "nesting within the token limit", body: ask(nested(3_000)), want: []string{"levels deep"}, bytes: 32 * mb},
		{name: "a list value nested as deep as tokens allow", body: ask("{node(id:" + strings.Repeat("[", 7000) + strings.Repeat("]", 7000) + "){id}}"), bytes: 80 * mb},
		{name: "a filter nested 2,000 deep", body: ask(`{configurationItems(filter:` + strings.Repeat("{and:[", 2_000) + strings.Repeat("]}", 2_000) + `){totalCount}}`),
			want: []string{"nested 4000 levels deep", `"code":"LIMIT"`}, bytes: 32 * mb},
		{name: "a filter nested 2,000 deep in variables", body: `{"query":"query($f:ConfigurationItemFilter){configurationItems(filter:$f){totalCount}}","variables":{"f":` +
			strings.Repeat(`{"and":[`, 2_000) + strings.Repeat("]}", 2_000) + `}}`, want: []string{"levels deep", `"code":"LIMIT"`}, bytes: 32 * mb},
		{name: "a default value nested 2,000 deep", body: ask(`query($f:ConfigurationItemFilter=` + strings.Repeat("{and:[", 2_000) + strings.Repeat("]}", 2_000) + `){configurationItems(filter:$f){totalCount}}`),
			want: []string{"levels deep", `"code":"LIMIT"`}, bytes: 32 * mb},
		{name: "an or of 1,100 searches", body: ask(`{configurationItems(filter:{or:[` + repeated(1_100, `{name:{contains:"zz%d"}},`) + `]}){totalCount}}`),
			want: []string{"(its price)", `"code":"LIMIT"`}, bytes: 32 * mb},
		{name: "a value in a directive nested 2,000 deep", body: ask(`{__typename @include(if:` + strings.Repeat("[", 2_000) + strings.Repeat("]", 2_000) + `)}`),
			want: []string{"levels deep", `"code":"LIMIT"`}, bytes: 32 * mb},
		{name: "20,000 times __typename", body: ask("{" + strings.Repeat("__typename ", 20_000) + "}"), want: []string{"token limit"}, bytes: 32 * mb},
		{name: "14,000 times __typename", body: ask("{" + strings.Repeat("__typename ", 14_000) + "}"), want: []string{"more than 100 times"}, bytes: 32 * mb},
		{name: "60 same-named siblings with 60 sub-fields each", body: ask("{" + strings.Repeat("configurationItems{"+repeated(60, "a%d: totalCount ")+"} ", 60) + "}"),
			want: []string{`"code":"LIMIT"`}, bytes: 32 * mb},
		{name: "2,000 aliases", body: ask("{" + repeated(2_000, "a%d: configurationItems{totalCount} ") + "}"), want: []string{"renames 2000 fields"}, bytes: 32 * mb},
		{name: "lists in lists in lists", body: ask(connections("first:1000")), want: []string{"(its price)"}, bytes: 8 * mb},
		{name: "lists in lists, with the length in a variable", body: document(t, "query($n: Int) "+connections("first:$n"), map[string]any{"n": 1000}),
			want: []string{"(its price)"}, bytes: 8 * mb},
		{name: "fragments that double forty times", body: ask(spreads + "fragment F40 on Query {__typename}"), want: []string{`"code":"LIMIT"`}, bytes: 32 * mb},
		{name: "5,000 unknown directives", body: ask("{configurationItems " + strings.Repeat("@nope ", 5_000) + "{totalCount}}"), want: []string{"5000 directives"}, bytes: 32 * mb},
		{name: "5,000 unknown fields", body: ask("{" + repeated(5_000, "nope%d ") + "}"), want: []string{"more errors"}, bytes: 64 * mb},
		{name: "an unknown field with a name of 900 KB", body: ask("{" + strings.Repeat("x", 900_000) + "}"), want: []string{"900000 bytes"}, bytes: 32 * mb},
		{name: "a cross-site mutation in a form", body: `--x` + "\r\n", header: header{"Content-Type": "multipart/form-data; boundary=x", "Sec-Fetch-Site": "cross-site"},
			status: http.StatusForbidden, bytes: 4 * mb},
		{name: "a mutation in a form without a word of its origin", body: `--x` + "\r\n", header: header{"Content-Type": "multipart/form-data; boundary=x"},
			status: http.StatusUnsupportedMediaType, bytes: 4 * mb},
		{name: "variables nested 100,000 deep", body: `{"query":"{__typename}","variables":{"a":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}}`,
			status: http.StatusBadRequest, bytes: 32 * mb},
		{name: "a wrong hash for a document", body: `{"query":"{__typename}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}`,
			want: []string{"does not match"}, bytes: 4 * mb},
	}
}

func TestWhatTheDefaultsLetHappenDoesNot(t *testing.T) {
	r := overDemo(t, server.Config{})
	r.query("{__typename}").wants(t, http.StatusOK)
	client := &http.Client{Timeout: soon}
	for _, a := range attacks(t) {
		t.Run(a.name, func(t *testing.T) {
			var got reply
			weigh(func() { got = r.sendBy(t, client, a) }).within(t, burden{time.Second, a.bytes / mb, 50})
			if a.status == 0 {
				a.status = http.StatusOK
			}
			got.wants(t, a.status, append(a.want, `"errors"`)...)
			got.lacks(t, `"data"`)
			if len(got.body) > 32<<10 {
				t.Errorf("an answer of %d bytes", len(got.body))
			}
		})
	}
	r.query("{configurationItems(first: 1){nodes{key}}}").wants(t, http.StatusOK, `"key"`)
}

// sendBy fails when the client's time is over.
func (r *running) sendBy(t *testing.T, client *http.Client, a attack) reply {
	t.Helper()
	h := header{"Content-Type": "application/json"}
	for name, value := range a.header {
		h[name] = value
	}
	return r.with(client).do(http.MethodPost, "/graphql", a.body, h)
}

// An upload that is far beyond the cap is not read to its end.
func TestAnUploadOf200MegabytesIsNotTaken(t *testing.T) {
	r := serving(t, server.Config{})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	request, err := http.NewRequest(http.MethodPost, r.url+"/graphql", &endless{left: 200 * mb})
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err == nil { // else the connection was closed while sending
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("answered %s", answer.Status)
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16*mb {
		t.Errorf("took %d MB", used/mb)
	}
	r.query("{a{x}}").wants(t, http.StatusOK)
}

// endless is a body of as many bytes.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, fmt.Errorf("all was read")
	}
	n := min(len(p), e.left)
	for i := range p[:n] {
		p[i] = ' '
	}
	e.left -= n
	return n, nil
}
