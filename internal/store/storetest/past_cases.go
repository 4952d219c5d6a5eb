package storetest

import (
	"errors"
	"fmt"

	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
)

var pastCases = []testCase{
	{"a filter as of a revision follows the edges, and reads the far ends, of then (C4)", func(b *bench) {
		at := func(k store.EdgeKey) store.EdgeKey { k.Rel = "AT"; return k }
		b.commit(item("i1", "a", nil), item("i2", "b", nil), item("i3", "c", nil), place("p1", "here"), place("p2", "there"),
			store.PutEdge{EdgeKey: at(needs("i1", "p1").EdgeKey)}, store.PutEdge{EdgeKey: at(needs("i2", "p2").EdgeKey)}, needs("i3", "i1"))
		then := b.head()
		b.commit(store.UpdateNode{ID: "p1", Set: store.Props{"key": "elsewhere"}})
		b.commit(store.RemoveEdge{EdgeKey: at(needs("i2", "p2").EdgeKey)})
		here := store.Related{Rel: "AT", Filter: store.Compare{Property: "key", Value: "here"}}
		needsHere := store.Related{Rel: "NEEDS", Filter: here}
		anywhere := store.Related{Rel: "AT"}
		for _, c := range []struct {
			filter    store.Filter
			then, now string
		}{
			{here, "[i1]", "[]"}, {needsHere, "[i3]", "[]"}, {anywhere, "[i1 i2]", "[i1]"}, {store.Not{Filter: anywhere}, "[i3]", "[i2 i3]"},
		} {
			q := store.Query{Kind: "Item", Filter: c.filter}
			page, err := asof.At(b.Store, then).Find(b.ctx, q)
			b.must(err)
			b.equal(ids(page.Nodes), c.then)
			count, err := asof.At(b.Store, then).Count(b.ctx, "Item", c.filter)
			b.must(err)
			b.equal(count, int64(len(page.Nodes)))
			page, err = asof.At(b.Store, b.head()).Find(b.ctx, q)
			b.must(err)
			b.equal(ids(page.Nodes), c.now)
		}
	}},
	{"a key finds who held it then, whoever holds it now", func(b *bench) {
		b.commit(item("i1", "a", nil), item("i2", "b", nil))
		b.commit(store.UpdateNode{ID: "i1", Set: store.Props{"key": "x"}}, store.UpdateNode{ID: "i2", Set: store.Props{"key": "a"}})
		b.commit(store.RemoveNode{ID: "i1"})
		for revision, want := range []string{"map[]", "map[a:i1 b:i2]", "map[a:i2 x:i1]", "map[a:i2]"} {
			found, err := asof.At(b.Store, store.Revision(revision)).Lookup(b.ctx, "Item", "key", "a", "b", "x")
			b.must(err)
			held := map[string]store.ID{}
			for key, n := range found {
				held[key] = n.ID
			}
			b.equal(fmt.Sprint(held), want)
		}
	}},
	{"pages as of a revision stay joined while the graph changes", func(b *bench) {
		for i := range 9 {
			b.commit(item(store.ID(fmt.Sprint("i", i)), fmt.Sprint("k", i), store.Props{"rank": int64(i)}))
		}
		past := asof.New(b.Store, asof.Options{}).At(b.head())
		q := store.Query{Kind: "Item", Order: []store.Order{{Property: "rank"}}, First: 2}
		var seen []store.Node
		for step := 0; ; step++ {
			page, err := past.Find(b.ctx, q)
			b.must(err)
			seen = append(seen, page.Nodes...)
			b.commit(store.UpdateNode{ID: store.ID(fmt.Sprint("i", 8-step)), Set: store.Props{"rank": int64(-step)}}, store.RemoveNode{ID: store.ID(fmt.Sprint("i", step))})
			if !page.HasNext {
				break
			}
			q.After = page.Cursors[len(page.Cursors)-1]
		}
		b.equal(ids(seen), "[i0 i1 i2 i3 i4 i5 i6 i7 i8]")
	}},
	{"what cannot be read as of is told apart: what is to come, and what was forgotten", func(b *bench) {
		b.commit(item("i1", "a", nil))
		b.commit(item("i2", "b", nil))
		b.commit(item("i3", "c", nil))
		h := asof.New(b.Store, asof.Options{})
		b.pastRefused(h, 4, store.ErrInvalid)
		b.pastRefused(h, -1, store.ErrInvalid)
		found, err := h.At(1).Nodes(b.ctx, "i1", "i2")
		b.must(err)
		b.equal(len(found), 1)
		b.must(b.Compact(b.ctx, 2))
		b.pastRefused(h, 1, store.ErrCompacted)
		found, err = h.At(2).Nodes(b.ctx, "i1", "i2", "i3")
		b.must(err)
		b.equal(len(found), 2)
		if _, err := h.Diff(b.ctx, 1, 3); !errors.Is(err, store.ErrCompacted) {
			b.Fatal(err)
		}
		if _, err := h.Diff(b.ctx, 2, 4); !errors.Is(err, store.ErrInvalid) {
			b.Fatal(err)
		}
	}},
	{"more changes than may be kept are refused with what to do", func(b *bench) {
		for i := range 20 {
			b.commit(item(store.ID(fmt.Sprint("i", i)), fmt.Sprint("k", i), nil))
		}
		h := asof.New(b.Store, asof.Options{MaxBytes: 2000})
		_, err := h.At(1).Count(b.ctx, "Item", nil)
		var much *asof.TooMuchError
		if !errors.As(err, &much) || much.Revision != 1 || !errors.Is(err, store.ErrUnavailable) {
			b.Fatal(err)
		}
		if _, err = h.Diff(b.ctx, 1, 20); !errors.As(err, &much) {
			b.Fatal(err)
		}
		found, err := h.At(18).Nodes(b.ctx, "i17", "i18")
		b.must(err)
		b.equal(len(found), 1)
	}},
	{"the history as of a revision ends with it", func(b *bench) {
		b.commit(item("i1", "a", nil))
		for i := range 4 {
			b.commit(store.UpdateNode{ID: "i1", Set: store.Props{"rank": int64(i)}})
		}
		page, err := historyOf(b.ctx, asof.At(b.Store, 3), store.HistoryQuery{Nodes: []store.ID{"i1"}, First: 2})
		b.must(err)
		b.equal(fmt.Sprint(len(page.Changes), page.Changes[0].Revision, page.HasNext), "2 3 true")
		last, err := asof.At(b.Store, 3).RevisionAt(b.ctx, noon)
		b.must(err)
		b.equal(last, store.Revision(3))
	}},
}

// pastRefused asks all questions as of a revision that cannot be read.
func (b *bench) pastRefused(h *asof.History, revision store.Revision, want error) {
	b.Helper()
	r := h.At(revision)
	errs := map[string]error{}
	_, errs["nodes"] = r.Nodes(b.ctx, "i1")
	_, errs["lookup"] = r.Lookup(b.ctx, "Item", "key", "a")
	_, errs["find"] = r.Find(b.ctx, store.Query{Kind: "Item"})
	_, errs["count"] = r.Count(b.ctx, "Item", nil)
	_, errs["edges"] = r.Edges(b.ctx, store.EdgeQuery{Nodes: []store.ID{"i1"}, Rel: "NEEDS"})
	_, errs["count edges"] = r.CountEdges(b.ctx, store.EdgeQuery{Nodes: []store.ID{"i1"}, Rel: "NEEDS"})
	_, errs["edges between"] = r.EdgesBetween(b.ctx, needs("i1", "i2").EdgeKey)
	_, errs["walk"] = r.Walk(b.ctx, store.Walk{Roots: []store.ID{"i1"}, Rels: []string{"NEEDS"}})
	_, errs["aggregate"] = r.Aggregate(b.ctx, store.Aggregation{Kind: "Item"})
	_, errs["scan"] = r.Scan(b.ctx, store.Scan{}, func(store.Batch) error { return nil })
	_, errs["history"] = historyOf(b.ctx, r, store.HistoryQuery{Nodes: []store.ID{"i1"}})
	for what, err := range errs {
		if !errors.Is(err, want) {
			b.Errorf("%s as of %d: %v", what, revision, err)
		}
	}
}
