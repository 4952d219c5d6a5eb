package topology_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"releasegraph/internal/store"
	"releasegraph/internal/store/topology"

	"pgregory.net/rapid"
)

func TestTheGraphAsOfARevisionIsTheOneOfThen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := openOver(t, openBeneath(t), topology.Options{})
		defer closeStore(t, s)
		then := map[store.Revision][]string{0: dump(graphOf(t, s))}
		k := known{map[store.ID]string{}, map[store.EdgeKey]bool{}}
		for range rapid.IntRange(1, 12).Draw(t, "sets") {
			k = change(t, s, k)
			g := graphOf(t, s)
			then[store.Revision(g.Revision())] = dump(g)
		}
		revisions := slices.Sorted(maps.Keys(then))
		for _, r := range rapid.SliceOfN(rapid.SampledFrom(revisions), 1, 14).Draw(t, "as of") {
			g, err := s.GraphAt(context.Background(), r)
			if err != nil || g.Revision() != int64(r) || !slices.Equal(dump(g), then[r]) {
				t.Fatalf("as of %d (%v) the graph is\n%v\nwant\n%v", r, err, dump(g), then[r])
			}
		}
		if now := graphOf(t, s); !slices.Equal(dump(now), then[store.Revision(now.Revision())]) {
			t.Fatalf("today's graph has become\n%v", dump(now))
		}
	})
}

func TestAskedAgainTheGraphAsOfARevisionIsAtHand(t *testing.T) {
	s, _ := open(t)
	for i := range 5 {
		commit(t, s, item(fmt.Sprint("a", i)))
	}
	first, err := s.GraphAt(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	commit(t, s, item("later"))
	again, err := s.GraphAt(t.Context(), 2)
	if err != nil || first != again || again.Len() != 2 {
		t.Fatal(again.Len(), err)
	}
}

func TestAnImportIsUndoneAsAWhole(t *testing.T) {
	s, _ := open(t)
	before := commit(t, s, item("hub"))
	for part := range 3 {
		var ops []store.Op
		for i := range 500 {
			id := fmt.Sprintf("p%d-%d", part, i)
			ops = append(ops, item(id), edge("LINKS", id, "hub"))
		}
		commit(t, s, ops...)
	}
	g, err := s.GraphAt(t.Context(), before)
	if err != nil || g.Len() != 1 || g.Arcs() != 0 {
		t.Fatal(g.Len(), g.Arcs(), err)
	}
	half, err := s.GraphAt(t.Context(), before+2)
	if err != nil || half.Len() != 1001 || half.Arcs() != 1000 {
		t.Fatal(half.Len(), half.Arcs(), err)
	}
}

func TestAGraphOfTheFutureOrOfAForgottenPastIsRefused(t *testing.T) {
	s, _ := open(t)
	for i := range 3 {
		commit(t, s, item(fmt.Sprint("a", i)))
	}
	for _, r := range []store.Revision{-1, 4} {
		if _, err := s.GraphAt(t.Context(), r); !errors.Is(err, store.ErrInvalid) {
			t.Fatal(r, err)
		}
	}
	if err := s.Compact(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if _, err := s.GraphAt(t.Context(), 1); !errors.Is(err, store.ErrCompacted) {
		t.Fatal(err)
	}
	if g, err := s.GraphAt(t.Context(), 2); err != nil || g.Len() != 2 {
		t.Fatal(err)
	}
}

func TestSwitchedOffThereIsNoGraphAsOfARevision(t *testing.T) {
	s := openOver(t, openBeneath(t), topology.Options{Off: true})
	defer closeStore(t, s)
	if _, err := s.GraphAt(t.Context(), 0); !errors.Is(err, store.ErrUnavailable) {
		t.Fatal(err)
	}
}
