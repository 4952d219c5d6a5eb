package importer_test

import (
	"bufio"
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"releasegraph/internal/app"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/entity"
	"releasegraph/internal/graphgen"
	"releasegraph/internal/importer"
	"releasegraph/internal/store/sqlite"
)

// BenchmarkImport imports an estate into a new file; beside it, bare inserts put
// the same rows into the tables of another.
func BenchmarkImport(b *testing.B) {
	made := benchtest.Estate(b, benchtest.Items(b), benchtest.Items(b)/10)
	lines := writeLines(b, made)
	records := 0
	own, bare := math.Inf(1), math.Inf(1)
	for b.Loop() {
		dir := b.TempDir()
		start := time.Now()
		records = importInto(b, filepath.Join(dir, "own.db"), lines)
		own = min(own, time.Since(start).Seconds())
		b.StopTimer()
		bare = min(bare, benchtest.Bare(b, filepath.Join(dir, "own.db"), empty(b, filepath.Join(dir, "bare.db"))))
		b.StartTimer()
	}
	benchtest.RatioAtLeast(b, "records/s", float64(records)/own, float64(records)/bare, 1.0/3)
}

func writeLines(b *testing.B, e *graphgen.Estate) (path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "estate.ndjson")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	if err := e.WriteNDJSON(w); err != nil {
		b.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// importInto imports the file of lines into a store and closes that.
func importInto(b *testing.B, path, lines string) (records int) {
	b.Helper()
	s, err := sqlite.Open(b.Context(), path, entity.Schema(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	a := app.New(app.Config{Store: s, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
	summary, err := importer.Run(b.Context(), importer.Local(a), importer.Options{Files: []string{lines}})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
	return summary.Created()
}

// empty makes the file of an empty store.
func empty(b *testing.B, path string) string {
	b.Helper()
	s, err := sqlite.Open(b.Context(), path, entity.Schema(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
	return path
}
