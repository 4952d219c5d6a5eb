package asof_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
)

// What a change would lead to is answered as it is once it is made.
func TestWhatWouldBeIsAnsweredAsItIsThen(t *testing.T) {
	const items = 12
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		s := openMemory(t)
		commitItems(rt, s, items)
		disturb(t.Context(), s, seed, items)
		cs := growing(rt, s, items)
		would, err := s.Preview(t.Context(), cs)
		if err != nil {
			rt.Fatal(err)
		}
		h := asof.New(s, asof.Options{})
		supposed := h.Supposing(would)
		before, err := answers(t.Context(), supposed)
		if err != nil {
			rt.Fatal(err)
		}
		is, err := s.Commit(t.Context(), cs)
		if err != nil {
			rt.Fatal(err)
		}
		want, err := answers(t.Context(), h.At(is.Revision))
		if err != nil {
			rt.Fatal(err)
		}
		for i := range want {
			if before[i] != want[i] {
				rt.Fatalf("it would be\n%s\nand is\n%s", before[i], want[i])
			}
		}
	})
}

func commitItems(t rapid.TB, s store.Store, items int) {
	var ops []store.Op
	for i := range items {
		ops = append(ops, item(i))
	}
	if _, err := s.Commit(context.Background(), store.Changeset{Ops: ops, Actor: "ann", At: at}); err != nil {
		t.Fatal(err)
	}
}

// growing adds items, and changes and joins those that are still there.
func growing(t *rapid.T, s store.Store, items int) store.Changeset {
	cs := store.Changeset{Actor: "bea", At: at}
	for n := range 6 {
		cs.Ops = append(cs.Ops, item(items+n),
			store.PutEdge{EdgeKey: needs(items+n, items+rapid.IntRange(0, n).Draw(t, "end")), Props: store.Props{"minimum": int64(n)}})
		found, err := s.Nodes(context.Background(), id(n))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			rank := rapid.Int64Range(0, 4).Draw(t, "rank")
			cs.Ops = append(cs.Ops, store.UpdateNode{ID: id(n), Set: store.Props{"rank": rank, "note": "later"}}, store.PutEdge{EdgeKey: needs(items+n, n)})
		}
	}
	return cs
}

// Others may commit in the meantime.
func TestWhatWouldBeStandsStillWhileOthersCommit(t *testing.T) {
	const items = 12
	s := openMemory(t)
	commitItems(t, s, items)
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
