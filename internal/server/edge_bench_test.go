package server_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/app"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/demo"
	"releasegraph/internal/entity"
	"releasegraph/internal/server"
	"releasegraph/internal/store"
	"releasegraph/internal/store/observed"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/telemetry"
	"releasegraph/resolvers"
)

const smallQuery = `{"query":"query Item($key: String!) { configurationItem(key: $key) { id key name class status environment } }","variables":{"key":"db-orders-1"}}`

// BenchmarkEdge asks a small query of the whole server, with rates, metrics and
// observed store calls, and beside it of a server without them. The second
// ratio is to the same schema and store behind nothing but gqlgen's handler.
func BenchmarkEdge(b *testing.B) {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, ":memory:", entity.Schema(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close(ctx) })
	if _, err := demo.Load(ctx, benchApp(s)); err != nil {
		b.Fatal(err)
	}
	bare := httptest.NewServer(bareServer(s))
	b.Cleanup(bare.Close)
	t, err := telemetry.New(ctx, telemetry.Options{})
	if err != nil {
		b.Fatal(err)
	}
	whole := serves(b, observed.New(s, t.NewStoreCalls()), server.Config{
		Log: zerolog.New(io.Discard), Metrics: t.Registry, Gather: t.Registry, Rate: server.RateLimit{PerSecond: 1e6},
	})
	plain := serves(b, s, server.Config{Log: zerolog.New(io.Discard)})
	b.Run("small-query", func(b *testing.B) {
		figure, baseline := benchtest.Turns(b, asks(b, whole), asks(b, plain))
		benchtest.RatioAtMost(b, "best-s", figure, baseline, 1.25)
	})
	b.Run("small-query-beside-gqlgen-alone", func(b *testing.B) {
		figure, baseline := benchtest.Turns(b, asks(b, whole), asks(b, bare.URL))
		benchtest.Beside(b, "best-s", figure, baseline)
	})
}

func benchApp(s store.Store) *app.App { return appOver(s) }

func bareServer(s store.Store) http.Handler {
	h := handler.New(resolvers.New(benchApp(s), zerolog.Nop()))
	h.AddTransport(transport.POST{})
	h.SetQueryCache(lru.New[*ast.QueryDocument](100))
	return h
}

// serves serves the schema over a store.
func serves(b *testing.B, s store.Store, c server.Config) (url string) {
	b.Helper()
	return servesSchema(b, resolvers.New(benchApp(s), zerolog.Nop()), c)
}

func servesSchema(b *testing.B, schema graphql.ExecutableSchema, c server.Config) (url string) {
	b.Helper()
	h, err := server.New(c, fakeSDL)
	if err != nil {
		b.Fatal(err)
	}
	l, err := server.Listen(b.Context(), "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- h.Serve(ctx, l, func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: schema}, nil
		})
	}()
	b.Cleanup(func() { stop(); <-done })
	url = "http://" + l.Addr().String()
	for {
		answer, err := http.Get(url + "/readyz")
		if err != nil {
			b.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return url + "/graphql"
		}
		time.Sleep(time.Millisecond)
	}
}

// asks sends the query a few hundred times, one after the other.
func asks(b *testing.B, url string) func() {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	return func() {
		for range 300 {
			answer, err := client.Post(url, "application/json", strings.NewReader(smallQuery))
			if err != nil {
				b.Fatal(err)
			}
			text, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if err != nil || !strings.Contains(string(text), `"name"`) {
				b.Fatalf("%v: %s", err, text)
			}
		}
	}
}
