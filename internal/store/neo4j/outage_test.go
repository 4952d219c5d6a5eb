package neo4j_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
)

// A server is started once, and dies in each of these.
func TestAServerThatDies(t *testing.T) {
	server := neo4jtest.Start(t)
	t.Run("is unavailable, and comes back by itself", func(t *testing.T) { comesBack(t, server) })
	t.Run("among writers loses nothing, and does nothing twice", func(t *testing.T) { losesNothing(t, server) })
}

func comesBack(t *testing.T, server *neo4jtest.Server) {
	s := reopen(t, server.Access().URI, neo4j.Options{})
	commit(t, s, item("a", nil))
	server.Kill()
	if _, err := s.Commit(t.Context(), store.Changeset{Actor: "ann", At: moment, Ops: []store.Op{item("b", nil)}}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a commit gives %v", err)
	}
	if _, err := s.Nodes(t.Context(), "a"); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a read gives %v", err)
	}
	if _, err := neo4j.Open(t.Context(), server.Access().URI, neo4j.Options{}, estate); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("opening gives %v", err)
	}
	server.Restart(t)
	commit(t, s, item("c", nil))
	found, err := s.Nodes(t.Context(), "a", "b", "c")
	if err != nil || len(found) != 2 {
		t.Errorf("found %v, %v", found, err)
	}
}

func losesNothing(t *testing.T, server *neo4jtest.Server) {
	s := reopen(t, server.Access().URI, neo4j.Options{})
	before := int(commit(t, s, item("start", nil)).Revision)
	const writers, sets = 8, 60
	half := make(chan struct{}, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range sets {
				if i == sets/2 {
					half <- struct{}{}
				}
				persist(t, s, fmt.Sprintf("w%d-%d", w, i))
			}
		}()
	}
	<-half
	server.Kill()
	server.Restart(t)
	wg.Wait()
	head, err := s.Head(t.Context())
	if want := store.Revision(before + writers*sets); err != nil || head != want {
		t.Fatalf("the head is %d, want %d; %v", head, want, err)
	}
	changes, err := s.Changes(t.Context(), 0, int(head)+1)
	if err != nil || len(changes) != int(head) {
		t.Fatalf("%d changes up to %d; %v", len(changes), head, err)
	}
	if n, err := s.Count(t.Context(), "ConfigurationItem", nil); err != nil || n != int64(head) {
		t.Errorf("%d items, want %d; %v", n, head, err)
	}
}

// persist commits one item without a key of its own, again while the server is
// away: a refusal says that nothing was written.
func persist(t *testing.T, s store.Store, id string) {
	for {
		_, err := s.Commit(context.Background(), store.Changeset{Actor: "ann", At: moment, Ops: []store.Op{item(id, nil)}})
		if err == nil {
			return
		}
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v", id, err)
			return
		}
	}
}
