package topology_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"releasegraph/internal/store"
	"releasegraph/internal/store/topology"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestAfterAnyChangesTheGraphIsTheOneLoadedAnew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		beneath := openBeneath(t)
		s := openOver(t, beneath, topology.Options{})
		defer closeStore(t, s)
		if rapid.Bool().Draw(t, "loaded first") {
			graphOf(t, s)
		}
		k := known{map[store.ID]string{}, map[store.EdgeKey]bool{}}
		for range rapid.IntRange(1, 12).Draw(t, "sets") {
			k = change(t, s, k)
			compareWalk(t, s, beneath.Store)
		}
		anew := openOver(t, unclosed{beneath}, topology.Options{})
		defer closeStore(t, anew)
		got, want := graphOf(t, s), graphOf(t, anew)
		if !slices.Equal(dump(got), dump(want)) || got.Len() != want.Len() || got.Arcs() != want.Arcs() {
			t.Fatalf("the graph is\n%v\nwant\n%v", dump(got), dump(want))
		}
	})
}

// unclosed is a store that someone else will close.
type unclosed struct{ store.Store }

func (unclosed) Close(context.Context) error { return nil }

// compareWalk draws a walk and compares the answers of the topology and of the
// store beneath.
func compareWalk(t *rapid.T, s, beneath store.Store) {
	w := store.Walk{
		Rels:      rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"LINKS", "HAS", "SKIPS"}), 1, 2, rapid.ID).Draw(t, "rels"),
		Direction: rapid.SampledFrom([]store.Direction{store.Out, store.In}).Draw(t, "direction"),
		Depth:     rapid.IntRange(0, 3).Draw(t, "depth"), Limit: rapid.IntRange(0, 4).Draw(t, "limit"),
	}
	for _, id := range rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", "m"}), 1, 3).Draw(t, "roots") {
		w.Roots = append(w.Roots, store.ID(id))
	}
	got, err := s.Walk(context.Background(), w)
	if err != nil {
		t.Fatalf("walking: %v", err)
	}
	want, err := beneath.Walk(context.Background(), w)
	if err != nil {
		t.Fatalf("walking beneath: %v", err)
	}
	if g, w := walked(got), walked(want); g != w {
		t.Fatalf("the walk %+v gives\n%s\nwant\n%s", w, g, w)
	}
}

// walked writes down an answer, its edges in order.
func walked(sub store.Subgraph) string {
	edges := make([]string, len(sub.Edges))
	for i, e := range sub.Edges {
		edges[i] = fmt.Sprint(e)
	}
	slices.Sort(edges)
	return fmt.Sprint(sub.Hits, edges, sub.Truncated)
}

func TestAWalkAlongWhatIsKeptIsServedFromMemory(t *testing.T) {
	s, beneath := open(t)
	commit(t, s, item("a"), item("b"), item("c"), edge("LINKS", "a", "b"), edge("LINKS", "b", "c"))
	sub, err := s.Walk(context.Background(), store.Walk{Roots: []store.ID{"c"}, Rels: []string{"LINKS"}, Direction: store.In})
	if err != nil {
		t.Fatal(err)
	}
	if len(sub.Hits) != 3 || len(sub.Edges) != 2 || sub.Hits[2] != (store.Hit{ID: "a", Depth: 2}) || sub.Edges[0].Version != 1 {
		t.Fatalf("the walk gives %+v", sub)
	}
	if beneath.walks != 0 {
		t.Fatal("the store beneath was asked to walk")
	}
}

func TestAWalkIsOfOneRevision(t *testing.T) {
	s, beneath := open(t)
	commit(t, s, item("a"), item("b"), edge("LINKS", "a", "b"))
	beneath.set(func(f *faulty) {
		f.duringEdgesBetween = func() {
			commit(t, s, store.RemoveEdge{EdgeKey: edge("LINKS", "a", "b").EdgeKey})
		}
	})
	sub, err := s.Walk(context.Background(), store.Walk{Roots: []store.ID{"a"}, Rels: []string{"LINKS"}})
	if err != nil || len(sub.Hits) != 1 || len(sub.Edges) != 0 || beneath.walks != 1 {
		t.Fatalf("a walk across a change gives %+v, %v (%d asked beneath), want what the store beneath says", sub, err, beneath.walks)
	}
}

func TestWhoCommitsSeesItInTheGraph(t *testing.T) {
	s, _ := open(t)
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 50 {
				id := fmt.Sprintf("w%d-%d", w, i)
				revision := commit(t, s, item(id))
				g := graphOf(t, s)
				if _, ok := g.Lookup(id); !ok || store.Revision(g.Revision()) < revision {
					t.Errorf("%s, committed as %d, is not in the graph of %d", id, revision, g.Revision())
				}
			}
		})
	}
	writers.Wait()
	status := s.Status()
	if status.Nodes != 200 || status.Revision != 200 || status.Lag() != 0 || status.Err != nil || status.Bytes == 0 {
		t.Fatalf("the status is %+v", status)
	}
}

func TestAChangeByAnotherIsFollowed(t *testing.T) {
	s, beneath := open(t)
	revision := commit(t, beneath.Store, item("a"))
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	g, err := s.Graph(ctx, revision)
	if err != nil || g.Len() != 1 {
		t.Fatalf("the graph at %d: %v", revision, err)
	}
}

func TestAGraphThatDoesNotComeInTimeIsUnavailable(t *testing.T) {
	s, _ := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := s.Graph(ctx, 17)
	if !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Fatalf("a graph of the future: %v", err)
	}
}

func TestSwitchedOffOrTooLargeEverythingStillWorksBeneath(t *testing.T) {
	for name, opts := range map[string]topology.Options{"off": {Off: true}, "two nodes at most": {MaxNodes: 2}, "few bytes": {MaxBytes: 10}} {
		t.Run(name, func(t *testing.T) {
			beneath := openBeneath(t)
			commit(t, beneath, item("a"), item("b"), item("c"), edge("LINKS", "a", "b"))
			s := openOver(t, beneath, opts)
			defer closeStore(t, s)
			if _, err := s.Graph(context.Background(), 0); !errors.Is(err, store.ErrUnavailable) {
				t.Fatalf("the graph: %v, want it unavailable", err)
			}
			if st := s.Status(); st.Loaded || !errors.Is(st.Err, store.ErrUnavailable) {
				t.Fatalf("the status is %+v", st)
			}
			sub, err := s.Walk(context.Background(), store.Walk{Roots: []store.ID{"a"}, Rels: []string{"LINKS"}})
			if err != nil || len(sub.Hits) != 2 {
				t.Fatalf("the walk gives %+v, %v", sub, err)
			}
		})
	}
}

func TestAGraphThatGrowsTooLargeIsLetGo(t *testing.T) {
	beneath := openBeneath(t)
	s := openOver(t, beneath, topology.Options{MaxNodes: 2})
	defer closeStore(t, s)
	commit(t, s, item("a"), item("b"))
	if g := graphOf(t, s); g.Len() != 2 {
		t.Fatalf("the graph has %d nodes", g.Len())
	}
	commit(t, s, item("c"))
	if _, err := s.Graph(context.Background(), 0); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("the graph: %v, want it unavailable", err)
	}
}

func TestAStoreThatComesBackIsLoaded(t *testing.T) {
	beneath := openBeneath(t)
	commit(t, beneath, item("a"))
	beneath.scanErr = fmt.Errorf("%w: connection refused", store.ErrUnavailable)
	s := openOver(t, beneath, topology.Options{})
	defer closeStore(t, s)
	eventually(t, s, "failing", func(st topology.Status) bool { return errors.Is(st.Err, store.ErrUnavailable) && !st.Loaded })
	beneath.set(func(f *faulty) { f.scanErr = nil })
	if g := graphOf(t, s); g.Len() != 1 {
		t.Fatalf("the graph has %d nodes", g.Len())
	}
	if st := s.Status(); st.Err != nil {
		t.Fatalf("the status keeps %v", st.Err)
	}
}

func TestAStoreThatGoesAwayIsFollowedOnItsReturn(t *testing.T) {
	s, beneath := open(t)
	beneath.set(func(f *faulty) { f.followErr = fmt.Errorf("%w: gone", store.ErrUnavailable) })
	commit(t, beneath.Store, item("a"))
	eventually(t, s, "failing", func(st topology.Status) bool { return errors.Is(st.Err, store.ErrUnavailable) && st.Loaded })
	beneath.set(func(f *faulty) { f.followErr = nil })
	eventually(t, s, "caught up", func(st topology.Status) bool { return st.Err == nil && st.Nodes == 1 && st.Revision == 1 })
	if beneath.scans != 1 {
		t.Fatalf("the store was loaded %d times, want once", beneath.scans)
	}
}

func TestAQuietStoreThatComesBackIsToldAtOnce(t *testing.T) {
	s, beneath := open(t)
	beneath.set(func(f *faulty) { f.followErr = fmt.Errorf("%w: gone", store.ErrUnavailable) })
	commit(t, beneath.Store, item("a")) // wakes the one who waits in Await
	eventually(t, s, "failing", func(st topology.Status) bool { return st.Err != nil })
	beneath.set(func(f *faulty) { f.followErr = nil })
	eventually(t, s, "well", func(st topology.Status) bool { return st.Err == nil })
}

func TestACompactedLogIsNoLoss(t *testing.T) {
	s, beneath := open(t)
	beneath.set(func(f *faulty) { f.compactedOnce = true })
	commit(t, s, item("a"), item("b"), edge("LINKS", "a", "b"))
	if g := graphOf(t, s); g.Len() != 2 || g.Arcs() != 1 {
		t.Fatalf("the graph has %d nodes and %d arcs", g.Len(), g.Arcs())
	}
	if beneath.scans != 2 {
		t.Fatalf("the store was loaded %d times, want twice", beneath.scans)
	}
}

func TestCloseFreesThoseWhoWaitAndLeavesNothingRunning(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := openOver(t, openBeneath(t), topology.Options{})
	graphOf(t, s)
	waiting := make(chan error)
	go func() {
		_, err := s.Graph(context.Background(), 17)
		waiting <- err
	}()
	closeStore(t, s)
	if err := <-waiting; !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("who waited got %v", err)
	}
}

func TestACodecMustNameWhatItKeeps(t *testing.T) {
	_, err := topology.Open(context.Background(), nil, codec{}, topology.Options{})
	if !errors.Is(err, store.ErrInvalid) {
		t.Fatalf("a codec that names nothing gives %v", err)
	}
}
