package sqlite_test

import (
	"path/filepath"
	"testing"

	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

func open(t *testing.T, path string, schema store.Schema) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, schema, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(t.Context()) })
	return s
}

func TestAFileIsAStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T, schema store.Schema) store.Store {
		return open(t, filepath.Join(t.TempDir(), "graph.db"), schema)
	})
}

func TestMemoryIsAStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T, schema store.Schema) store.Store {
		return open(t, sqlite.Memory, schema)
	})
}
