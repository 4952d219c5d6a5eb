package records_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"releasegraph/internal/app"
	"releasegraph/internal/app/records"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
)

// BenchmarkSearch asks for the first page of what a text finds in an estate; the
// baseline is the same in one of a tenth of the size.
func BenchmarkSearch(b *testing.B) {
	items := benchtest.Items(b)
	large, small := searchable(b, items), searchable(b, items/10)
	for _, c := range []struct{ name, text string }{
		{"rare-word", fmt.Sprint(items / 20)},
		{"key", "app-0000017"},
		{"prefix-of-keys", "db-"},
		{"common-word", "application"},
		{"common-word-far-back", "workstation"},
		{"word-of-most", "item"},
		{"prefix-of-many-words", "1"},
		{"two-words", "server 12"},
		{"no-match", "nowhere"},
	} {
		b.Run(c.name, func(b *testing.B) {
			figure, base := benchtest.Turns(b, firstPage(b, large, c.text), firstPage(b, small, c.text))
			benchtest.Beside(b, "best-ms", 1000*figure, 1000*base)
		})
	}
}

func firstPage(b *testing.B, a *app.App, text string) func() {
	return func() {
		if _, err := a.Records.Search(b.Context(), records.SearchQuery{Text: text}); err != nil {
			b.Fatal(err)
		}
	}
}

// searchable is a file of the nodes of an estate; relationships are not
// searched. With RELEASEGRAPH_BENCH_DIR set it is kept for the next run.
func searchable(b *testing.B, items int) *app.App {
	b.Helper()
	dir := os.Getenv("RELEASEGRAPH_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	st, err := sqlite.Open(b.Context(), filepath.Join(dir, fmt.Sprintf("search-%d.db", items)), entity.Schema(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = st.Close(context.Background()) })
	if head, err := st.Head(b.Context()); err != nil || head > 0 {
		return app.New(app.Config{Store: st})
	}
	made := benchtest.Estate(b, items, items/10)
	var ops []store.Op
	for n := range made.Nodes() {
		props := store.Props{"key": n.Key, "name": n.Name, "description": "One item of an estate"}
		ops = append(ops, store.CreateNode{ID: store.ID(n.ID), Kind: n.Kind, Props: props})
		if len(ops) == 10_000 {
			commitNodes(b, st, ops)
			ops = nil
		}
	}
	commitNodes(b, st, ops)
	return app.New(app.Config{Store: st})
}

func commitNodes(b *testing.B, st store.Store, ops []store.Op) {
	b.Helper()
	if _, err := st.Commit(b.Context(), store.Changeset{Ops: ops, Actor: "bench", Source: "import", At: benchtest.At}); err != nil {
		b.Fatal(err)
	}
}
