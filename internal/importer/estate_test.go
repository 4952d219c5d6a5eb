package importer_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/app"
	"releasegraph/internal/entity"
	"releasegraph/internal/importer"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
)

// estate is a small estate in the interchange format, relationships first.
const estate = `{"edge":"DEPENDS_ON","from":"ConfigurationItem:shop","to":"ConfigurationItem:db-1","kind":"USES","impact":"FULL","redundancyGroup":"db","minimum":1}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:shop","to":"ConfigurationItem:db-2","kind":"USES","impact":"FULL","redundancyGroup":"db","minimum":1}
{"node":"Site","key":"par-1","name":"Paris 1","timeZone":"Europe/Paris","region":"emea","ring":"GENERAL","users":420}
{"node":"Site","key":"emea","name":"EMEA"}
{"edge":"PART_OF","from":"Site:par-1","to":"Site:emea"}
{"node":"ConfigurationItem","key":"shop","name":"Web shop","class":"SERVICE","status":"LIVE","environment":"LIVE","attributes":{"tier":"1"}}
{"node":"ConfigurationItem","key":"db-1","name":"Orders \"1\"\n🚀","class":"DATABASE"}
{"node":"ConfigurationItem","key":"db-2","name":"Orders 2","class":"DATABASE","criticality":4}

{"edge":"INSTALLED_AT","from":"ConfigurationItem:db-1","to":"Site:par-1","version":"14.2.0","activeVersion":"14.2.0","since":"2026-03-01T09:00:00+01:00"}
{"node":"ReleaseUnit","key":"dbs","name":"Databases"}
{"edge":"GROUPS","from":"ReleaseUnit:dbs","to":"ConfigurationItem:db-1"}
`

// newApp gives use cases over an empty store in memory, with a clock and ids
// that a test can foresee.
func newApp(t testing.TB) (*app.App, store.Store) {
	t.Helper()
	s, err := sqlite.Open(context.Background(), ":memory:", entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return appOver(s), s
}

func appOver(s store.Store) *app.App {
	ids, at := 0, time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	return app.New(app.Config{
		Store: s,
		Now:   func() time.Time { at = at.Add(time.Second); return at },
		NewID: func() string { ids++; return fmt.Sprintf("id-%d-%09d", at.Unix(), ids) },
	})
}

// file writes a file and returns its name.
func file(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run imports files and fails the test when that fails.
func run(t testing.TB, a *app.App, o importer.Options) importer.Summary {
	t.Helper()
	s, err := importer.Run(context.Background(), importer.Local(a), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// export is the whole graph as text.
func export(t testing.TB, a *app.App) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := importer.Export(context.Background(), a, &out, importer.ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// problems are the lines that an import refuses, file names shortened.
func problems(t testing.TB, a *app.App, o importer.Options) string {
	t.Helper()
	_, err := importer.Run(context.Background(), importer.Local(a), o)
	if err == nil {
		t.Fatal("nothing was refused")
	}
	text := err.Error()
	for _, f := range o.Files {
		text = strings.ReplaceAll(text, f, filepath.Base(f))
	}
	return text
}
