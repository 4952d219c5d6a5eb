package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"releasegraph/internal/store"
	"releasegraph/internal/store/dump"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

func inFile(t *testing.T, schema store.Schema) store.Store {
	return open(t, filepath.Join(t.TempDir(), "graph.db"), schema)
}

func TestAFileIsRestoredFromADump(t *testing.T) {
	storetest.RunRestore(t, inFile, func(t *testing.T, from store.Restoration) (store.Store, error) {
		path := filepath.Join(t.TempDir(), "restored.db")
		if _, err := sqlite.Restore(t.Context(), path, storetest.Schema(), from, false); err != nil {
			if left, _ := filepath.Glob(path + "*"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			return nil, err
		}
		return open(t, path, storetest.Schema()), nil
	})
}

func TestACopyTakenUnderWritesIsTheStoreAtItsRevision(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "graph.db"), storetest.Schema())
	fillSome(t, s, 200)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ctx.Err() == nil; i++ {
			_, _ = s.Commit(context.Background(), bulk([]store.Op{store.UpdateNode{ID: id(i % 200), Set: store.Props{"rank": int64(i)}}}))
		}
	}()
	copied := filepath.Join(dir, "copy.db")
	revision, err := s.CopyTo(t.Context(), copied, nil)
	if err != nil {
		t.Fatal(err)
	}
	for head := revision; head < revision+20; head, _ = s.Head(ctx) { // they write on
	}
	stop()
	<-done
	if err := sqlite.CheckCopy(t.Context(), copied, storetest.Schema()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "restored.db")
	if _, err := sqlite.RestoreCopy(t.Context(), path, storetest.Schema(), copied, false); err != nil {
		t.Fatal(err)
	}
	restored := open(t, path, storetest.Schema())
	if head, _ := restored.Head(t.Context()); head != revision {
		t.Fatalf("head %d, want %d", head, revision)
	}
	want, err := s.Changes(t.Context(), 0, int(revision))
	if err != nil {
		t.Fatal(err)
	}
	replayed := open(t, sqlite.Memory, storetest.Schema())
	replay(t, replayed, want)
	if storetest.Picture(t, restored) != storetest.Picture(t, replayed) {
		t.Fatal("the copy is not what its log tells")
	}
}

// replay commits what a log says, whose nodes were only created and changed.
func replay(t *testing.T, s store.Store, log []store.Change) {
	t.Helper()
	for _, c := range log {
		cs := store.Changeset{Actor: c.Actor, Reason: c.Reason, Source: c.Source, At: c.At, Key: c.Key}
		for _, e := range c.Effects {
			switch {
			case e.Node == "":
				cs.Ops = append(cs.Ops, store.PutEdge{EdgeKey: e.Edge, Props: e.After})
			case e.Verb() == store.Created:
				cs.Ops = append(cs.Ops, store.CreateNode{ID: e.Node, Kind: e.Kind, Props: e.After})
			default:
				cs.Ops = append(cs.Ops, store.UpdateNode{ID: e.Node, Set: e.After})
			}
		}
		if _, err := s.Commit(t.Context(), cs); err != nil {
			t.Fatal(err)
		}
	}
}

func fillSome(t testing.TB, s store.Store, size int) {
	t.Helper()
	ops := graph(size)
	for len(ops) > 0 {
		n := min(len(ops), perSet)
		if _, err := s.Commit(t.Context(), bulk(ops[:n])); err != nil {
			t.Fatal(err)
		}
		ops = ops[n:]
	}
}

func restoreBytes(t *testing.T, path string, text []byte, replace bool) (string, error) {
	t.Helper()
	in, err := dump.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	return sqlite.Restore(t.Context(), path, storetest.Schema(), in.Restoration(dump.End{}, nil), replace)
}

func TestAStoreThatHoldsSomethingIsNotRestoredInto(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "graph.db")
	s := open(t, path, storetest.Schema())
	fillSome(t, s, 3)
	text := storetest.Dump(t, s)
	if _, err := restoreBytes(t, path, text, true); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "is a server using it") {
		t.Fatalf("while it is open: %v", err)
	}
	want := storetest.Picture(t, s)
	_ = s.Close(t.Context())
	var notEmpty *store.NotEmptyError
	if _, err := restoreBytes(t, path, text, false); !errors.As(err, &notEmpty) || notEmpty.Nodes != 3 || notEmpty.Revision != 1 {
		t.Fatal(err)
	}
	kept, err := restoreBytes(t, path, text, true)
	if err != nil || kept == "" {
		t.Fatal(kept, err)
	}
	for _, file := range []string{path, kept} {
		if got := storetest.Picture(t, open(t, file, storetest.Schema())); got != want {
			t.Errorf("%s: %s", file, got)
		}
	}
}

func TestAFileWithAnUnfinishedRestoreSaysSo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	s := open(t, path, storetest.Schema())
	text := storetest.Dump(t, s)
	_ = s.Close(t.Context())
	if err := os.WriteFile(path+".restoring", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(t.Context(), path, storetest.Schema(), sqlite.Options{})
	if !errors.Is(err, store.ErrUnfinished) || !strings.Contains(err.Error(), "run it again") {
		t.Fatal(err)
	}
	if _, err := restoreBytes(t, path, text, false); err != nil {
		t.Fatal(err)
	}
	_ = open(t, path, storetest.Schema())
}

func TestWhatIsNoCopyOfAStoreIsRefusedAndNothingTouched(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "graph.db"), storetest.Schema())
	fillSome(t, s, 200)
	copied := filepath.Join(dir, "copy.db")
	if _, err := s.CopyTo(t.Context(), copied, nil); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "new.db")
	for _, size := range []int{0, 1, 99, 100, 4095, 4096, len(whole) / 3, len(whole) / 2, len(whole) - 4096, len(whole) - 1} {
		cut := filepath.Join(dir, "cut.db")
		if err := os.WriteFile(cut, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := sqlite.RestoreCopy(t.Context(), path, storetest.Schema(), cut, false); err == nil {
			t.Errorf("%d of %d bytes were restored", size, len(whole))
		}
		if left, _ := filepath.Glob(path + "*"); len(left) > 0 {
			t.Fatalf("left behind: %v", left)
		}
	}
}

func TestAFileOfAnotherProgramIsNotRestoredInto(t *testing.T) {
	dir := t.TempDir()
	text := storetest.Dump(t, open(t, sqlite.Memory, storetest.Schema()))
	other := filepath.Join(dir, "other.db")
	onFile(t, other, func(db *sql.DB) { run(t, db, "CREATE TABLE theirs (x)") })
	notes := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(notes, []byte(strings.Repeat("not a database\n", 99)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{other, notes} {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := restoreBytes(t, path, text, false); err == nil {
			t.Errorf("%s was replaced", path)
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s was touched (%v)", path, err)
		}
	}
}
