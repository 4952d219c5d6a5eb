package neo4j_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
)

// instances opens several stores on one emptied database, all at once.
func instances(t *testing.T, n int) []*neo4j.Store {
	uri, user, password := neo4jtest.Fresh(t)
	list := make([]*neo4j.Store, n)
	var wg sync.WaitGroup
	for i := range list {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, estate)
			if err != nil {
				t.Error(err)
				return
			}
			list[i] = s
		}()
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	for _, s := range list {
		t.Cleanup(func() { _ = s.Close(context.Background()) })
	}
	return list
}

// winners has all instances commit something at once, and counts those that
// could; the others must have lost it in the right way.
func winners(t *testing.T, stores []*neo4j.Store, what func(i int) store.Changeset, lost func(error) bool) int32 {
	t.Helper()
	var won atomic.Int32
	var wg sync.WaitGroup
	for i, s := range stores {
		wg.Go(func() {
			_, err := s.Commit(t.Context(), what(i))
			if err == nil {
				won.Add(1)
			} else if !lost(err) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return won.Load()
}

func TestOfTwoInstancesThatEditOneVersionOneIsRefused(t *testing.T) {
	stores := instances(t, 4)
	commit(t, stores[0], item("a", nil))
	for round := range 20 {
		won := winners(t, stores, func(i int) store.Changeset {
			return store.Changeset{
				Actor: "ann", At: moment, Guards: []store.Guard{store.NodeAt{ID: "a", Version: int64(round + 1)}},
				Ops: []store.Op{store.UpdateNode{ID: "a", Set: store.Props{"name": fmt.Sprint(round, i)}}},
			}
		}, func(err error) bool { return errors.Is(err, store.ErrConflict) })
		if won != 1 {
			t.Fatalf("%d instances won round %d", won, round)
		}
	}
}

func TestOfInstancesThatTakeOneKeyOneGetsIt(t *testing.T) {
	stores := instances(t, 4)
	for round := range 10 {
		won := winners(t, stores, func(i int) store.Changeset {
			node := item(fmt.Sprintf("n-%d-%d", round, i), store.Props{"key": fmt.Sprint("key ", round)})
			return store.Changeset{Actor: "ann", At: moment, Ops: []store.Op{node}}
		}, func(err error) bool {
			var taken *store.TakenError
			return errors.As(err, &taken) && taken.Holder != ""
		})
		if won != 1 {
			t.Fatalf("%d instances got the key of round %d", won, round)
		}
	}
}

func TestAnInstanceHearsOfWhatAnotherCommits(t *testing.T) {
	stores := instances(t, 2)
	heard := make(chan store.Revision)
	go func() {
		head, err := stores[1].Await(t.Context(), 0)
		if err != nil {
			t.Error(err)
		}
		heard <- head
	}()
	commit(t, stores[0], item("a", nil))
	if head := <-heard; head != 1 {
		t.Errorf("heard of revision %d", head)
	}
}

func TestAScanBesideWritersGivesTheGraphOfItsRevision(t *testing.T) {
	s := open(t)
	fill(t, s, 6_000, 1)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				churn(t, s, w, i)
			}
		}()
	}
	for range 3 {
		nodes, edges := map[store.ID]store.Node{}, map[store.EdgeKey]store.Edge{}
		revision, err := s.Scan(t.Context(), store.Scan{}, func(b store.Batch) error {
			for _, n := range b.Nodes {
				if _, twice := nodes[n.ID]; twice {
					t.Errorf("node %s twice", n.ID)
				}
				nodes[n.ID] = n
			}
			for _, e := range b.Edges {
				if _, twice := edges[e.EdgeKey]; twice {
					t.Errorf("edge %v twice", e.EdgeKey)
				}
				edges[e.EdgeKey] = e
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		compareWithLog(t, s, revision, nodes, edges)
	}
	close(stop)
	wg.Wait()
}

// churn changes, removes and brings back nodes all over the range of ids.
func churn(t *testing.T, s store.Store, w, i int) {
	n := (i*977+w*31)%5_000 + 1_000
	victim := store.ID(fmt.Sprintf("item-%07d-%d", n, w))
	sets := [][]store.Op{
		{store.UpdateNode{ID: store.ID(id(n)), Set: store.Props{"name": fmt.Sprint(w, i), "users": nil}}},
		{item(string(victim), nil), store.PutEdge{EdgeKey: dependsOn(string(victim), id(n))}},
		{store.RemoveNode{ID: victim}},
	}
	for _, ops := range sets {
		if _, err := s.Commit(context.Background(), store.Changeset{Actor: "ann", At: moment, Ops: ops}); err != nil {
			t.Error(err)
			return
		}
	}
}

// compareWithLog replays the log up to the revision.
func compareWithLog(t *testing.T, s store.Store, revision store.Revision, nodes map[store.ID]store.Node, edges map[store.EdgeKey]store.Edge) {
	t.Helper()
	versions, links := map[store.ID]int64{}, map[store.EdgeKey]int64{}
	for at := store.Revision(0); at < revision; {
		changes, err := s.Changes(t.Context(), at, min(1000, int(revision-at)))
		if err != nil || len(changes) == 0 {
			t.Fatal(at, err)
		}
		for _, c := range changes {
			at = c.Revision
			for _, e := range c.Effects {
				switch {
				case e.Node != "" && e.Verb() == store.Removed:
					delete(versions, e.Node)
				case e.Node != "":
					versions[e.Node] = e.Version
				case e.Verb() == store.Removed:
					delete(links, e.Edge)
				default:
					links[e.Edge] = e.Version
				}
			}
		}
	}
	if len(nodes) != len(versions) || len(edges) != len(links) {
		t.Errorf("%d nodes and %d edges at revision %d, the log has %d and %d", len(nodes), len(edges), revision, len(versions), len(links))
	}
	for id, n := range nodes {
		if n.Version != versions[id] || n.CreatedAt != moment || n.UpdatedAt != moment {
			t.Fatalf("%+v is at version %d in the log", n, versions[id])
		}
	}
	for k, e := range edges {
		if e.Version != links[k] {
			t.Fatalf("%+v is at version %d in the log", e, links[k])
		}
	}
}
