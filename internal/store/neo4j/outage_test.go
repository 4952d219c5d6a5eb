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

// A server that dies among writers is unavailable, and comes back by itself; nothing
// is lost, and nothing done twice. It is started and killed once: either takes as
// long as hundreds of commits.
func TestAServerThatDies(t *testing.T) {
	server := neo4jtest.Start(t)
	s := reopen(t, server.Access().URI, neo4j.Options{})
	before := int(commit(t, s, item("start", nil)).Revision)
	const writers, sets = 8, 30
	half := make(chan struct{}, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range sets {
				if i == sets/2 {
					half <- struct{}{}
				}
				persist(t, s, fmt.Sprintf("w%d-%d", w, i))
			}
		})
	}
	<-half
	server.Kill()
	unavailable(t, s, server.Access().URI)
	server.Restart(t)
	wg.Wait()
	holds(t, s, before+writers*sets)
}

func unavailable(t *testing.T, s store.Store, uri string) {
	t.Helper()
	if _, err := s.Commit(t.Context(), store.Changeset{Actor: "ann", At: moment, Ops: []store.Op{item("b", nil)}}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a commit gives %v", err)
	}
	if _, err := s.Nodes(t.Context(), "start"); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a read gives %v", err)
	}
	if _, err := neo4j.Open(t.Context(), uri, neo4j.Options{}, estate); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("opening gives %v", err)
	}
}

// holds wants as many change sets, each of which made one item.
func holds(t *testing.T, s store.Store, sets int) {
	t.Helper()
	head, err := s.Head(t.Context())
	if want := store.Revision(sets); err != nil || head != want {
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
