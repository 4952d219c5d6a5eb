package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"releasegraph/internal/app/acting"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"releasegraph/internal/app"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/server"
	"releasegraph/internal/store/topology"
	"releasegraph/resolvers"
)

const impactDocument = `query($key: String!) { impact(input: {sources: {items: [{key: $key}]}}) {
	summary { total full degraded services sites users byClass { class full degraded } byCriticality { criticality full degraded } }
	hits(first: 100) { totalCount nodes { item { key class } strength depth chain { from { key } to { key } kind } } pageInfo { hasNextPage endCursor } }
} }`

// BenchmarkImpact asks a server on a port of its own what is hurt when an item
// fails that 100,000 depend on, and beside it the same use case in process.
func BenchmarkImpact(b *testing.B) {
	items, reach := benchtest.Items(b), 100_000
	if items < reach { // a quick look, without a goal
		reach = items / 2
	} else {
		items = max(items, 2*reach)
	}
	made := benchtest.Estate(b, items, reach)
	top, err := topology.Open(b.Context(), benchtest.Open(b, made), entity.TopologyCodec{}, topology.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = top.Close(context.Background()) })
	if _, err := top.Graph(b.Context(), 0); err != nil {
		b.Fatal(err)
	}
	a := app.New(app.Config{Store: top, Graphs: top, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
	url, key := listen(b, resolvers.New(a, zerolog.Nop()), server.Config{Log: zerolog.Nop()}), made.Key(made.Source())
	asked := func() {
		if got := askImpact(b, url, key); got != reach {
			b.Fatalf("%d hits through HTTP, want %d", got, reach)
		}
	}
	called := func() {
		if got := callImpact(b, a, key); got != reach {
			b.Fatalf("%d hits in process, want %d", got, reach)
		}
	}
	b.Run(fmt.Sprintf("http/reach=%d", reach), func(b *testing.B) {
		figure, baseline := benchtest.Turns(b, asked, called)
		if reach < 100_000 {
			benchtest.Beside(b, "best-s", figure, baseline)
			return
		}
		benchtest.RatioAtMost(b, "best-s", figure, baseline, 1.5)
	})
}

// listen serves the schema on a free port.
func listen(b *testing.B, schema graphql.ExecutableSchema, c server.Config) (url string) {
	b.Helper()
	s, err := server.New(c, fakeSDL)
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
		done <- s.Serve(ctx, l, func(context.Context) (*server.Core, error) {
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
			return url
		}
		time.Sleep(time.Millisecond)
	}
}

func askImpact(b *testing.B, url, key string) (total int) {
	b.Helper()
	body, err := json.Marshal(map[string]any{"query": impactDocument, "variables": map[string]string{"key": key}})
	if err != nil {
		b.Fatal(err)
	}
	answer, err := http.Post(url+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.Fatal(err)
	}
	var got struct {
		Data struct {
			Impact struct{ Summary struct{ Total int } }
		}
	}
	if err := json.Unmarshal(text, &got); err != nil || got.Data.Impact.Summary.Total == 0 {
		b.Fatalf("%v: %.500s", err, text)
	}
	return got.Data.Impact.Summary.Total
}

// callImpact reads of the use case what the document asks for.
func callImpact(b *testing.B, a *app.App, key string) (total int) {
	b.Helper()
	ctx := acting.WithActor(b.Context(), domain.Actor{Name: "bench", Roles: []domain.Role{domain.Admin}})
	r, err := a.Impact.Impact(ctx, domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: []*domain.Ref{{Key: &key}}}}, nil)
	if err != nil {
		b.Fatal(err)
	}
	first := 100
	page, err := r.Hits(ctx, &first, nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, h := range page.Nodes {
		chain, err := h.Chain(ctx)
		if err != nil {
			b.Fatal(err)
		}
		for _, l := range chain {
			if _, err := l.From(ctx); err != nil {
				b.Fatal(err)
			}
			if _, err := l.To(ctx); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := h.Item(ctx); err != nil {
			b.Fatal(err)
		}
	}
	summary, err := r.Summary(ctx)
	if err != nil {
		b.Fatal(err)
	}
	return summary.Total
}
