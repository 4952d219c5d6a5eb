package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
)

func small(properties ...store.Property) store.Schema {
	return store.Schema{Kinds: []store.KindSchema{{Name: "Thing", Properties: properties}}}
}

var name = store.Property{Name: "name", Type: store.String, Indexed: true}

func thing(id store.ID, props store.Props) store.Changeset {
	return bulk([]store.Op{store.CreateNode{ID: id, Kind: "Thing", Props: props}})
}

func TestAFileIsFoundAgainAndGrowsWithItsSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd name ?#%41.db")
	s := open(t, path, small(name))
	if _, err := s.Commit(t.Context(), thing("a", store.Props{"name": "n"})); err != nil {
		t.Fatal(err)
	}
	_ = s.Close(t.Context())
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, small(name, store.Property{Name: "rank", Type: store.Int, Indexed: true}))
	if _, err := s.Commit(t.Context(), thing("b", store.Props{"rank": int64(1)})); err != nil {
		t.Fatal(err)
	}
	page, err := s.Find(t.Context(), store.Query{Kind: "Thing", Order: []store.Order{{Property: "rank"}}})
	if err != nil || len(page.Nodes) != 2 || page.Nodes[0].ID != "b" || page.Nodes[1].Props["name"] != "n" {
		t.Fatal(page, err)
	}
}

func TestAPropertyThatChangedItsTypeIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	_ = open(t, path, small(name)).Close(t.Context())
	_, err := sqlite.Open(t.Context(), path, small(store.Property{Name: "name", Type: store.Int}), sqlite.Options{})
	if !errors.Is(err, store.ErrInvalid) || !strings.Contains(err.Error(), "Thing.name is a int, but the file holds a string") {
		t.Fatal(err)
	}
}

func TestFilesThatCannotBeUsedAreRefusedWithAReason(t *testing.T) {
	dir := t.TempDir()
	write := func(file, statement string) string {
		path := filepath.Join(dir, file)
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, reason := range map[string]string{
		write("newer", "PRAGMA user_version=99"):  "use the newer program",
		write("other", "CREATE TABLE theirs (a)"): "another program",
		text: "no SQLite database",
		filepath.Join(dir, "missing", "graph.db"): "cannot open the file",
	} {
		_, err := sqlite.Open(t.Context(), path, small(name), sqlite.Options{})
		if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// What keeps SQLite from opening a file for a moment is waited for; what lasts is told, with
// SQLite's own words.
func TestAFileThatCannotBeOpenedForAMomentIsOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	s, err := sqlite.Open(t.Context(), path, small(name), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path+"-wal", 0o700); err != nil { // where its log is to be
		t.Fatal(err)
	}
	_, err = sqlite.Open(t.Context(), path, small(name), sqlite.Options{})
	if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "cannot open the file (unable to open database file") {
		t.Fatal(err)
	}
	removed := make(chan error, 1)
	go func() {
		time.Sleep(50 * time.Millisecond)
		removed <- os.Remove(path + "-wal")
	}()
	s, err = sqlite.Open(t.Context(), path, small(name), sqlite.Options{})
	if err := errors.Join(err, <-removed); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAFullDiskFailsTheCommitAndNothingElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	s := open(t, path, small(name))
	if _, err := s.Commit(t.Context(), thing("a", nil)); err != nil {
		t.Fatal(err)
	}
	s.LimitPages(t)
	var err error
	for i := 0; err == nil; i++ {
		_, err = s.Commit(t.Context(), thing(id(i), store.Props{"name": strings.Repeat("x", 4000)}))
	}
	if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "the disk is full") || !errors.As(err, new(*store.UnwritableError)) {
		t.Fatal(err)
	}
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	count, err := s.Count(t.Context(), "Thing", nil)
	if err != nil || count != int64(head) {
		t.Fatal(count, head, err)
	}
}

func TestACommitOfAnotherProcessIsSeen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	here, there := open(t, path, small(name)), open(t, path, small(name))
	woken := make(chan error, 1)
	go func() {
		head, err := here.Await(context.Background(), 0)
		if err == nil && head != 1 {
			err = errors.New("woken too early")
		}
		woken <- err
	}()
	if _, err := there.Commit(t.Context(), thing("a", nil)); err != nil {
		t.Fatal(err)
	}
	if err := <-woken; err != nil {
		t.Fatal(err)
	}
	if c, err := here.Commit(t.Context(), thing("b", nil)); err != nil || c.Revision != 2 {
		t.Fatal(c, err)
	}
}

func TestAClosedStoreSaysSo(t *testing.T) {
	s := open(t, sqlite.Memory, small(name))
	_ = s.Close(t.Context())
	_, read := s.Head(t.Context())
	_, write := s.Commit(t.Context(), thing("a", nil))
	for _, err := range []error{read, write, s.Close(t.Context())} {
		if err != nil && !errors.Is(err, store.ErrUnavailable) {
			t.Fatal(err)
		}
	}
	if read == nil || write == nil {
		t.Fatal("a closed store answers")
	}
}
