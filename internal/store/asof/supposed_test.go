package asof_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
)

// What a change would lead to is answered as it is once it is made, also when
// others have committed since it was previewed.
func TestWhatWouldBeIsAnsweredAsItIsThen(t *testing.T) {
	const items = 12
	for seed := range uint64(40) {
		s := openMemory(t)
		var ops []store.Op
		for i := range items {
			ops = append(ops, item(i))
		}
		if _, err := s.Commit(t.Context(), store.Changeset{Ops: ops, Actor: "ann", At: at}); err != nil {
			t.Fatal(err)
		}
		disturb(t.Context(), s, seed, items)
		dice := rand.New(rand.NewPCG(seed, 2))
		cs := store.Changeset{Actor: "bea", At: at}
		for n := range 6 {
			cs.Ops = append(cs.Ops, item(items+n),
				store.PutEdge{EdgeKey: needs(items+n, items+dice.IntN(n+1)), Props: store.Props{"minimum": int64(n)}})
			if found, err := s.Nodes(t.Context(), id(n)); err != nil {
				t.Fatal(err)
			} else if len(found) > 0 {
				cs.Ops = append(cs.Ops, store.UpdateNode{ID: id(n), Set: store.Props{"rank": int64(dice.IntN(5)), "note": fmt.Sprint(seed)}},
					store.PutEdge{EdgeKey: needs(items+n, n)})
			}
		}
		would, err := s.Preview(t.Context(), cs)
		if err != nil {
			t.Fatal(err)
		}
		h := asof.New(s, asof.Options{})
		supposed := h.Supposing(would)
		before, err := answers(t.Context(), supposed)
		if err != nil {
			t.Fatal(err)
		}
		is, err := s.Commit(t.Context(), cs)
		if err != nil {
			t.Fatal(err)
		}
		want, err := answers(t.Context(), h.At(is.Revision))
		if err != nil {
			t.Fatal(err)
		}
		disturb(t.Context(), s, seed+1000, items)
		for i := range want {
			if before[i] != want[i] {
				t.Fatalf("seed %d: it would be\n%s\nand is\n%s", seed, before[i], want[i])
			}
		}
	}
}

func TestWhatWouldBeStandsStillWhileOthersCommit(t *testing.T) {
	const items = 12
	s := openMemory(t)
	var ops []store.Op
	for i := range items {
		ops = append(ops, item(i))
	}
	if _, err := s.Commit(t.Context(), store.Changeset{Ops: ops, Actor: "ann", At: at}); err != nil {
		t.Fatal(err)
	}
	would, err := s.Preview(t.Context(), store.Changeset{Actor: "bea", At: at, Ops: []store.Op{
		item(items), store.UpdateNode{ID: id(1), Set: store.Props{"rank": int64(4)}}, store.PutEdge{EdgeKey: needs(1, 2)}, store.RemoveNode{ID: id(3)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	supposed := asof.New(s, asof.Options{}).Supposing(would)
	before, err := answers(t.Context(), supposed)
	if err != nil {
		t.Fatal(err)
	}
	disturb(t.Context(), s, 5, items)
	after, err := answers(t.Context(), supposed)
	if err != nil {
		t.Fatal(err)
	}
	for i := range before {
		if after[i] != before[i] {
			t.Fatalf("got\n%s\nwant\n%s", after[i], before[i])
		}
	}
}
