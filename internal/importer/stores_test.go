package importer_test

import (
	"context"
	"testing"

	"releasegraph/internal/app"
	"releasegraph/internal/entity"
	"releasegraph/internal/importer"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
)

func TestMain(m *testing.M) { neo4jtest.Main(m) }

// place is a store with the use cases over it, and a way to import into it.
type place struct {
	*app.App
	store store.Store
	to    importer.Opener
}

// everywhere runs a test against both stores, and through a server.
func everywhere(t *testing.T, test func(t *testing.T, p place)) {
	t.Helper()
	onStores(t, test)
	t.Run("server", func(t *testing.T) {
		a, s := newApp(t)
		test(t, place{a, s, importer.Remote(serve(t, a), nil, nil)})
	})
}

// onStores runs a test against both stores.
func onStores(t *testing.T, test func(t *testing.T, p place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		a, s := newApp(t)
		test(t, place{a, s, importer.Local(a)})
	})
	t.Run("neo4j", func(t *testing.T) {
		uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
		s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close(context.Background()) })
		a := appOver(s)
		test(t, place{a, s, importer.Local(a)})
	})
}

// run imports text and fails the test when that fails.
func (p place) run(t *testing.T, text string, o importer.Options) importer.Summary {
	t.Helper()
	o.Files = []string{file(t, "a.ndjson", text)}
	s, err := importer.Run(t.Context(), p.to, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// refused imports text and gives why that failed.
func (p place) refused(t *testing.T, text string, o importer.Options) string {
	t.Helper()
	o.Files = []string{file(t, "a.ndjson", text)}
	if _, err := importer.Run(t.Context(), p.to, o); err != nil {
		return err.Error()
	}
	t.Fatal("nothing was refused")
	return ""
}
