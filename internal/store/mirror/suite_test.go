package mirror_test

import (
	"context"
	"path/filepath"
	"testing"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/mirror"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

func TestMain(m *testing.M) { neo4jtest.Main(m) }

func TestOverSQLiteTheMirrorPassesTheSuite(t *testing.T) {
	for name, options := range map[string]mirror.Options{
		"by looking":               {},
		"by indexes":               {Few: -1},
		"with most of it left out": {MaxBytes: 1},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T, schema store.Schema) store.Store { return overSQLite(t, schema, options) })
		})
	}
}

func TestOverNeo4jTheMirrorPassesTheSuite(t *testing.T) {
	t.Cleanup(neo4jtest.FewerDraws(4))
	storetest.Run(t, func(t *testing.T, schema store.Schema) store.Store {
		return over(t, openNeo4j(t, schema), mirror.Options{})
	})
}

func TestWhatIsLoadedFromNeo4jAnswersAsTheReferenceModelDoes(t *testing.T) {
	t.Cleanup(neo4jtest.FewerDraws(8))
	beneath := openNeo4j(t, storetest.Schema())
	t.Cleanup(func() { _ = beneath.Close(context.Background()) })
	storetest.RunLoaded(t, beneath, func(beneath store.Store) (store.Store, error) {
		s := mirror.Open(context.Background(), beneath, mirror.Options{})
		return s, s.Loaded(t.Context())
	})
}

// openNeo4j opens an emptied database.
func openNeo4j(t *testing.T, schema store.Schema) store.Store {
	t.Helper()
	uri, user, password := neo4jtest.Emptied(t)
	s, err := neo4j.Open(context.Background(), uri, neo4j.Options{User: user, Password: password}, schema)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func overSQLite(t *testing.T, schema store.Schema, options mirror.Options) *mirror.Store {
	t.Helper()
	beneath, err := sqlite.Open(context.Background(), sqlite.Memory, schema, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return over(t, beneath, options)
}

// over puts a loaded mirror over a store that was just opened.
func over(t *testing.T, beneath store.Store, options mirror.Options) *mirror.Store {
	t.Helper()
	s := mirror.Open(context.Background(), beneath, options)
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if err := s.Loaded(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatIsLoadedAnswersAsTheStoreBeneath(t *testing.T) {
	for name, options := range map[string]mirror.Options{"by looking": {}, "by indexes": {Few: -1}} {
		for where, path := range map[string]string{"a file": filepath.Join(t.TempDir(), "store.db"), "memory": sqlite.Memory} {
			t.Run(name+" from "+where, func(t *testing.T) {
				beneath, err := sqlite.Open(context.Background(), path, storetest.Schema(), sqlite.Options{})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = beneath.Close(context.Background()) })
				storetest.RunLoaded(t, beneath, func(beneath store.Store) (store.Store, error) {
					s := mirror.Open(context.Background(), beneath, options)
					return s, s.Loaded(t.Context())
				})
			})
		}
	}
}
