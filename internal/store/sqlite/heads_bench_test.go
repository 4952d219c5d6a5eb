package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"releasegraph/internal/benchtest"
	"releasegraph/internal/store"
)

// BenchmarkHeads reads who, when and why of fifty imports, beside those of
// fifty change sets with one effect each.
func BenchmarkHeads(b *testing.B) {
	long, short := imported(b, 5000), imported(b, 1)
	figure, base := benchtest.Turns(b, heads(b, long), heads(b, short))
	benchtest.RatioAtMost(b, "best-s", figure, base, 3)
}

const imports = 50

func imported(b *testing.B, each int) store.Store {
	b.Helper()
	s := openBench(b, filepath.Join(b.TempDir(), "graph.db"))
	for n := range imports {
		ops := make([]store.Op, each)
		for i := range ops {
			id := store.ID(fmt.Sprintf("i%d-%d", n, i))
			ops[i] = store.CreateNode{ID: id, Kind: "Item", Props: store.Props{"key": string(id), "name": "an item"}}
		}
		if _, err := s.Commit(b.Context(), store.Changeset{Ops: ops, Actor: "bench", Source: "bench", At: benchtest.At}); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

func heads(b *testing.B, s store.Store) func() {
	return func() {
		for range 100 {
			if list, err := s.Heads(b.Context(), 0, imports); err != nil || len(list) != imports {
				b.Fatal(len(list), err)
			}
		}
	}
}
