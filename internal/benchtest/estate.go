// Package benchtest helps benchmarks: made estates in SQLite files, and figures
// that stand beside their baseline and their goal in the table that
// internal/benchtable prints.
package benchtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"releasegraph/internal/entity"
	"releasegraph/internal/graphgen"
	"releasegraph/internal/store/sqlite"
)

// At is the time at which the estates of benchmarks are written.
var At = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Items is how many items a benchmark's estate has: RELEASEGRAPH_BENCH_ITEMS,
// or few enough for a quick look.
func Items(b *testing.B) int {
	b.Helper()
	text := os.Getenv("RELEASEGRAPH_BENCH_ITEMS")
	if text == "" {
		return 10_000
	}
	items, err := strconv.Atoi(text)
	if err != nil || items < 10 {
		b.Fatalf("RELEASEGRAPH_BENCH_ITEMS is %q, want a number from 10", text)
	}
	return items
}

// Estate makes an estate whose source so many items depend on.
func Estate(b *testing.B, items, reach int) *graphgen.Estate {
	b.Helper()
	e, err := graphgen.Generate(graphgen.Spec{Seed: 1, Items: items, Reach: reach})
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// Open opens an SQLite file that holds the estate. With RELEASEGRAPH_BENCH_DIR
// set, the file is kept there for the next run; filling it is what takes long.
func Open(b *testing.B, e *graphgen.Estate) *sqlite.Store {
	b.Helper()
	dir := os.Getenv("RELEASEGRAPH_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	path := filepath.Join(dir, fmt.Sprintf("estate-%d-%d.db", e.Spec().Items, e.Spec().Reach))
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		fill(b, e, path)
	}
	return open(b, path)
}

// fill writes to another name first: what was cut off is not taken for whole.
func fill(b *testing.B, e *graphgen.Estate, path string) {
	b.Helper()
	part := path + ".part"
	for _, old := range []string{part, part + "-wal", part + "-shm"} {
		_ = os.Remove(old)
	}
	st := open(b, part)
	if err := e.Fill(b.Context(), st, graphgen.FillOptions{At: At}); err != nil {
		b.Fatal(err)
	}
	if err := st.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
	if err := os.Rename(part, path); err != nil {
		b.Fatal(err)
	}
}

func open(b *testing.B, path string) *sqlite.Store {
	b.Helper()
	st, err := sqlite.Open(b.Context(), path, entity.Schema(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = st.Close(context.Background()) })
	return st
}
