package resolvers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"releasegraph/graph/response"
	"releasegraph/internal/app"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

// api is the GraphQL API over an empty store in memory.
type api struct {
	t       testing.TB
	app     *app.App
	handler http.Handler
	reads   *reads
	log     *bytes.Buffer
}

func newAPI(t testing.TB) *api {
	t.Helper()
	ctx := context.Background()
	s, err := sqlite.Open(ctx, ":memory:", entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(ctx) })
	counted := &reads{Store: s}
	a := app.New(app.Config{
		Store: counted, Shelf: s, Now: func() time.Time { return time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC) },
		NewID: func() string { return uuid.Must(uuid.NewV7()).String() },
	})
	log := &bytes.Buffer{}
	logger := zerolog.New(log)
	h := handler.New(resolvers.New(a, logger))
	h.AddTransport(transport.POST{})
	h.SetErrorPresenter(response.ErrorPresenter(logger))
	h.SetRecoverFunc(response.RecoverFunc(logger))
	named := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(response.WithRequestID(r.Context(), "request-1")))
	})
	return &api{t: t, app: a, handler: named, reads: counted, log: log}
}

type vars = map[string]any

// shownError is a GraphQL error as a client sees it.
type shownError struct {
	Message    string
	Path       []any
	Extensions struct {
		Code, Rule, Field, RequestID string
		Details                      map[string]any
	}
}

type answer struct {
	t      testing.TB
	Data   json.RawMessage
	Errors []shownError
}

func (a *api) send(query string, variables vars) *answer {
	a.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		a.t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	a.handler.ServeHTTP(recorder, request)
	got := &answer{t: a.t}
	if err := json.Unmarshal(recorder.Body.Bytes(), got); err != nil {
		a.t.Fatalf("%v in %s", err, recorder.Body)
	}
	return got
}

// ask sends what must work, and returns the answer's data.
func (a *api) ask(query string, variables vars) *answer {
	a.t.Helper()
	got := a.send(query, variables)
	if len(got.Errors) > 0 {
		a.t.Fatalf("%s\nanswered with errors: %+v\nlog: %s", query, got.Errors, a.log)
	}
	return got
}

// at reads a value of the answer: "site.parts.nodes.0.key".
func (got *answer) at(path string) any {
	got.t.Helper()
	var v any
	if err := json.Unmarshal(got.Data, &v); err != nil {
		got.t.Fatal(err)
	}
	for step := range strings.SplitSeq(path, ".") {
		switch inner := v.(type) {
		case map[string]any:
			v = inner[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(inner) {
				got.t.Fatalf("no %s in %s", path, got.Data)
			}
			v = inner[i]
		default:
			got.t.Fatalf("no %s in %s", path, got.Data)
		}
	}
	return v
}

func (got *answer) is(path string, want any) {
	got.t.Helper()
	if found := got.at(path); fmt.Sprint(found) != fmt.Sprint(want) {
		got.t.Errorf("%s is %v, not %v, in %s", path, found, want, got.Data)
	}
}

// texts reads one field of each member of a list.
func (got *answer) texts(list, field string) []string {
	got.t.Helper()
	all, ok := got.at(list).([]any)
	if !ok {
		got.t.Fatalf("no list %s in %s", list, got.Data)
	}
	texts := []string{}
	for i := range all {
		texts = append(texts, fmt.Sprint(got.at(fmt.Sprintf("%s.%d.%s", list, i, field))))
	}
	return texts
}

func (got *answer) same(list, field string, want ...string) {
	got.t.Helper()
	if found := got.texts(list, field); strings.Join(found, " ") != strings.Join(want, " ") {
		got.t.Errorf("%s are %v, not %v", list, found, want)
	}
}

// refused wants one error with a code, a rule ("" for none) and a field.
func (got *answer) refused(code, rule, field string) shownError {
	got.t.Helper()
	for _, e := range got.Errors {
		if e.Extensions.Code == code && e.Extensions.Rule == rule && e.Extensions.Field == field {
			if e.Extensions.RequestID != "request-1" {
				got.t.Errorf("the error names the request %q", e.Extensions.RequestID)
			}
			return e
		}
	}
	got.t.Fatalf("no error %s %s %s in %+v, data %s", code, rule, field, got.Errors, got.Data)
	return shownError{}
}

func (a *api) item(key string, more vars) *answer {
	a.t.Helper()
	input := vars{"key": key, "name": "The " + key, "class": "APPLICATION"}
	for name, v := range more {
		input[name] = v
	}
	return a.ask(`mutation($i: CreateConfigurationItemInput!) { createConfigurationItem(input: $i) {
		configurationItem { id version } } }`, vars{"i": input})
}

func (a *api) site(key string, more vars) *answer {
	a.t.Helper()
	input := vars{"key": key, "name": "The " + key}
	for name, v := range more {
		input[name] = v
	}
	return a.ask(`mutation($i: CreateSiteInput!) { createSite(input: $i) { site { id version } } }`, vars{"i": input})
}

// connect joins two records: a.connect("Dependency", "shop", "db", nil).
func (a *api) connect(noun, from, to string, link vars) {
	a.t.Helper()
	input := vars{"from": vars{"key": from}, "to": vars{"key": to}}
	for name, v := range link {
		input[name] = v
	}
	a.ask(fmt.Sprintf(`mutation($i: Connect%sInput!) { connect%s(input: $i) { revision } }`, noun, noun), vars{"i": input})
}

// reads counts the calls by which a request reads the store.
type reads struct {
	store.Store
	n atomic.Int64
}

func (r *reads) Nodes(ctx context.Context, ids ...store.ID) (map[store.ID]store.Node, error) {
	r.n.Add(1)
	return r.Store.Nodes(ctx, ids...)
}

func (r *reads) Lookup(ctx context.Context, kind, property string, values ...string) (map[string]store.Node, error) {
	r.n.Add(1)
	return r.Store.Lookup(ctx, kind, property, values...)
}

func (r *reads) Find(ctx context.Context, q store.Query) (store.Page, error) {
	r.n.Add(1)
	return r.Store.Find(ctx, q)
}

func (r *reads) Count(ctx context.Context, kind string, f store.Filter) (int64, error) {
	r.n.Add(1)
	return r.Store.Count(ctx, kind, f)
}

func (r *reads) Edges(ctx context.Context, q store.EdgeQuery) ([]store.EdgePage, error) {
	r.n.Add(1)
	return r.Store.Edges(ctx, q)
}

func (r *reads) CountEdges(ctx context.Context, q store.EdgeQuery) ([]int64, error) {
	r.n.Add(1)
	return r.Store.CountEdges(ctx, q)
}

func (r *reads) Search(ctx context.Context, q store.Search) (store.SearchPage, error) {
	r.n.Add(1)
	return r.Store.Search(ctx, q)
}

func (r *reads) CountSearch(ctx context.Context, q store.Search) (int64, error) {
	r.n.Add(1)
	return r.Store.CountSearch(ctx, q)
}

func (r *reads) History(ctx context.Context, q store.HistoryQuery) ([]store.HistoryPage, error) {
	r.n.Add(1)
	return r.Store.History(ctx, q)
}

func (r *reads) EdgesBetween(ctx context.Context, keys ...store.EdgeKey) (map[store.EdgeKey]store.Edge, error) {
	r.n.Add(1)
	return r.Store.EdgesBetween(ctx, keys...)
}

func (r *reads) Walk(ctx context.Context, w store.Walk) (store.Subgraph, error) {
	r.n.Add(1)
	return r.Store.Walk(ctx, w)
}

func (r *reads) Aggregate(ctx context.Context, g store.Aggregation) ([]store.Group, error) {
	r.n.Add(1)
	return r.Store.Aggregate(ctx, g)
}

func (r *reads) Effects(ctx context.Context, q ...store.EffectQuery) ([]store.EffectPage, error) {
	r.n.Add(1)
	return r.Store.Effects(ctx, q...)
}

// during counts the calls that f causes.
func (r *reads) during(f func()) int64 {
	before := r.n.Load()
	f()
	return r.n.Load() - before
}
