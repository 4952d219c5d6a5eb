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
	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/app"
	"releasegraph/internal/app/token"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/demo"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/server"
	"releasegraph/internal/store"
	"releasegraph/internal/store/observed"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/telemetry"
	"releasegraph/resolvers"
)

const smallQuery = `{"query":"query Item($key: String!) { configurationItem(key: $key) { id key name class status environment } }","variables":{"key":"db-orders-1"}}`

// BenchmarkEdge asks a small query of the whole server: with a token in each
// request, rates, metrics and observed store calls. Beside it stands a server
// without them. The last ratio is to the same schema and store behind nothing
// but gqlgen's handler.
func BenchmarkEdge(b *testing.B) {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, ":memory:", entity.Schema(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close(ctx) })
	if _, err := demo.Load(ctx, appOver(s)); err != nil {
		b.Fatal(err)
	}
	t, err := telemetry.New(ctx, telemetry.Options{})
	if err != nil {
		b.Fatal(err)
	}
	a := app.New(app.Config{
		Store: observed.New(s, t.NewStoreCalls()), Shelf: s, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() },
	})
	made, err := a.Tokens.CreateToken(ctx, token.NewToken{Name: "pipeline", Roles: []domain.Role{domain.Viewer}})
	if err != nil {
		b.Fatal(err)
	}
	provider := newProvider(b)
	whole := servesSchema(b, resolvers.New(a, zerolog.Nop()), server.Config{
		Log: zerolog.New(io.Discard), Metrics: t.Registry, Gather: t.Registry, Rate: server.RateLimit{PerSecond: 1e6},
		Identities: bearers{provider.Provider, a}, Recheck: a.Tokens.Recheck,
	})
	plain := serves(b, s, server.Config{Log: zerolog.New(io.Discard)})
	bare := httptest.NewServer(bareServer(s))
	b.Cleanup(bare.Close)
	asksPlain := asks(b, plain, "")
	for name, token := range map[string]string{"": provider.token, "-by-api-token": made.Secret} {
		b.Run("small-query"+name, func(b *testing.B) {
			figure, baseline := benchtest.Turns(b, asks(b, whole, token), asksPlain)
			benchtest.RatioAtMost(b, "best-s", figure, baseline, 1.25)
		})
	}
	b.Run("small-query-beside-gqlgen-alone", func(b *testing.B) {
		figure, baseline := benchtest.Turns(b, asks(b, whole, provider.token), asks(b, bare.URL, ""))
		benchtest.Beside(b, "best-s", figure, baseline)
	})
}

func bareServer(s store.Store) http.Handler {
	h := handler.New(resolvers.New(appOver(s), zerolog.Nop()))
	h.AddTransport(transport.POST{})
	h.SetQueryCache(lru.New[*ast.QueryDocument](100))
	return h
}

// serves serves the schema over a store.
func serves(b *testing.B, s store.Store, c server.Config) (url string) {
	b.Helper()
	return servesSchema(b, resolvers.New(appOver(s), zerolog.Nop()), c)
}

func servesSchema(b *testing.B, schema graphql.ExecutableSchema, c server.Config) (url string) {
	b.Helper()
	return listen(b, schema, c) + "/graphql"
}

// asks sends the query a few hundred times, one after the other, with a token
// where there is one.
func asks(b *testing.B, url, token string) func() {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	return func() {
		for range 300 {
			request, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url, strings.NewReader(smallQuery))
			if err != nil {
				b.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/json")
			if token != "" {
				request.Header.Set("Authorization", "Bearer "+token)
			}
			answer, err := client.Do(request)
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
