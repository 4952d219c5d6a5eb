package direct_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"

	"releasegraph/internal/app"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/entity"
	"releasegraph/internal/store/topology"
)

// BenchmarkEstate executes queries against a whole application over SQLite, and
// beside it the same by plain gqlgen.
func BenchmarkEstate(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	made := benchtest.Estate(b, 2_000, 500)
	top, err := topology.Open(b.Context(), benchtest.Open(b, made), entity.TopologyCodec{}, topology.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = top.Close(context.Background()) })
	a := app.New(app.Config{Store: top, Graphs: top, Now: time.Now, NewID: uuid.NewString})
	plain, fast := both(a)
	for _, c := range []struct{ name, document string }{
		{"items=1000", `{ configurationItems(first: 1000) { nodes { id key name class status environment } } }`},
		{"related=50", `{ configurationItems(first: 50) { totalCount nodes { id key name class status environment dependsOn { nodes { key name } } } } }`},
		{"hits=100", `{ impact(input: {sources: {items: [{key: "` + made.Key(made.Source()) + `"}]}}) { hits(first: 100) { totalCount nodes {
			item { key class } strength depth chain { from { key } to { key } kind } } pageInfo { hasNextPage endCursor } } } }`},
	} {
		b.Run(c.name, func(b *testing.B) {
			figure, baseline := benchtest.Turns(b, runs(b, fast, c.document, 1), runs(b, plain, c.document, 1))
			benchtest.Beside(b, "best-s", figure, baseline)
		})
	}
}
