package neo4j_test

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

func openEmptied(t *testing.T, schema store.Schema) store.Store {
	uri, user, password := neo4jtest.Emptied(t)
	s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, schema)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

func openFile(t *testing.T, schema store.Schema) store.Store {
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "graph.db"), schema, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

func restoreEmptied(t *testing.T, from store.Restoration) (store.Store, error) {
	uri, user, password := neo4jtest.Emptied(t)
	o := neo4j.Options{User: user, Password: password}
	if err := neo4j.Restore(t.Context(), uri, o, storetest.Schema(), from); err != nil {
		if _, opening := neo4j.Open(t.Context(), uri, o, storetest.Schema()); !errors.Is(opening, store.ErrUnfinished) {
			t.Errorf("opened after a restore that failed: %v", opening)
		}
		return nil, err
	}
	s, err := neo4j.Open(t.Context(), uri, o, storetest.Schema())
	if err == nil {
		t.Cleanup(func() { _ = s.Close(context.Background()) })
	}
	return s, err
}

func TestADatabaseIsRestoredFromADump(t *testing.T) {
	storetest.RunRestore(t, openEmptied, restoreEmptied)
}

func TestADatabaseIsRestoredFromADumpOfAFile(t *testing.T) {
	storetest.RunRestore(t, openFile, restoreEmptied)
}

func TestAFileIsRestoredFromADumpOfADatabase(t *testing.T) {
	storetest.RunRestore(t, openEmptied, func(t *testing.T, from store.Restoration) (store.Store, error) {
		path := filepath.Join(t.TempDir(), "restored.db")
		if _, err := sqlite.Restore(t.Context(), path, storetest.Schema(), from, false); err != nil {
			return nil, err
		}
		s, err := sqlite.Open(t.Context(), path, storetest.Schema(), sqlite.Options{})
		if err == nil {
			t.Cleanup(func() { _ = s.Close(context.Background()) })
		}
		return s, err
	})
}

func TestADatabaseThatHoldsSomethingIsNotRestoredInto(t *testing.T) {
	s := openEmptied(t, storetest.Schema())
	storetest.Busy(t, s, 0)
	want := storetest.Picture(t, s)
	uri, user, password := neo4jtest.Address(t)
	err := neo4j.Restore(t.Context(), uri, neo4j.Options{User: user, Password: password}, storetest.Schema(), store.Restoration{})
	var notEmpty *store.NotEmptyError
	if !errors.As(err, &notEmpty) || notEmpty.Nodes == 0 || notEmpty.Revision == 0 {
		t.Fatal(err)
	}
	if got := storetest.Picture(t, s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// some hands over a node, and then fails or ends.
type some struct {
	id  store.ID
	err error
}

// Next hands over the node once.
func (s *some) Next() (store.Part, error) {
	if s.id == "" {
		return store.Part{}, s.err
	}
	p := store.Part{Nodes: []store.Node{{ID: s.id, Kind: "Place", Version: 1, Props: store.Props{}}}}
	s.id = ""
	return p, nil
}

// restoredAnew wants a database with half a restore in it to say so, and to hold
// what another one brings.
func restoredAnew(t *testing.T, uri string, o neo4j.Options) {
	t.Helper()
	if _, err := neo4j.Open(t.Context(), uri, o, storetest.Schema()); !errors.Is(err, store.ErrUnfinished) {
		t.Fatal(err)
	}
	if err := neo4j.Restore(t.Context(), uri, o, storetest.Schema(), store.Restoration{Source: &some{"p2", io.EOF}}); err != nil {
		t.Fatal(err)
	}
	s, err := neo4j.Open(t.Context(), uri, o, storetest.Schema())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(context.Background())
	found, err := s.Nodes(t.Context(), "p1", "p2")
	if err != nil || len(found) != 1 || found["p2"].Kind != "Place" {
		t.Fatal(found, err)
	}
}

func TestARestoreThatWasCutOffIsRepeated(t *testing.T) {
	uri, user, password := neo4jtest.Fresh(t)
	o := neo4j.Options{User: user, Password: password}
	torn := errors.New("torn")
	if err := neo4j.Restore(t.Context(), uri, o, storetest.Schema(), store.Restoration{Source: &some{"p1", torn}}); !errors.Is(err, torn) {
		t.Fatal(err)
	}
	restoredAnew(t, uri, o)
}

// dyingURI names the database into which a process restores that ends itself
// by force in the middle.
const dyingURI = "RELEASEGRAPH_TEST_DYING_URI"

// last hands over a node, and ends the process before the next.
type last struct{ some }

// Next hands over the node once.
func (l *last) Next() (store.Part, error) {
	if l.id == "" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
	return l.some.Next()
}

func TestProcessThatDies(t *testing.T) {
	uri := os.Getenv(dyingURI)
	if uri == "" {
		return // it is only run by the test of what is left behind
	}
	o := neo4j.Options{User: os.Getenv("RELEASEGRAPH_TEST_NEO4J_USER"), Password: os.Getenv("RELEASEGRAPH_TEST_NEO4J_PASSWORD")}
	t.Fatal(neo4j.Restore(t.Context(), uri, o, storetest.Schema(), store.Restoration{Source: &last{some{"p1", nil}}}))
}

func TestARestoreThatIsKilledSaysSoAndIsRepeated(t *testing.T) {
	uri, user, password := neo4jtest.Fresh(t)
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcessThatDies$")
	c.Env = append(os.Environ(), dyingURI+"="+uri, "RELEASEGRAPH_TEST_NEO4J_USER="+user, "RELEASEGRAPH_TEST_NEO4J_PASSWORD="+password)
	out, err := c.CombinedOutput()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.Exited() {
		t.Fatalf("it was not killed: %v\n%s", err, out)
	}
	o := neo4j.Options{User: user, Password: password}
	restoredAnew(t, uri, o)
}
