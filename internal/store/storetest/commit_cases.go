package storetest

import (
	"fmt"
	"sync"

	"releasegraph/internal/store"
)

var commitCases = []testCase{
	{"a new store is empty, at revision 0", func(b *bench) {
		b.equal(b.head(), store.Revision(0))
		changes, err := b.Changes(b.ctx, 0, 10)
		b.must(err)
		b.equal(len(changes), 0)
	}},
	{"a change set that changes nothing takes no revision", func(b *bench) {
		b.commit(item("i1", "a", nil), item("i2", "b", nil), needs("i1", "i2"))
		c := b.commit(store.UpdateNode{ID: "i1", Set: store.Props{"key": "a", "name": nil}}, needs("i1", "i2"))
		b.equal(c.Revision, store.Revision(1))
		b.equal(len(c.Effects), 0)
		b.equal(b.head(), store.Revision(1))
		b.equal(b.node("i1").Version, int64(1))
	}},
	{"what a set creates and removes leaves no trace", func(b *bench) {
		c := b.commit(item("i1", "a", nil), store.RemoveNode{ID: "i1"})
		b.equal(len(c.Effects), 0)
		b.equal(b.head(), store.Revision(0))
	}},
	{"values of unique properties can change hands within a set", func(b *bench) {
		b.commit(item("i1", "a", nil), item("i2", "b", nil))
		b.commit(
			store.UpdateNode{ID: "i1", Set: store.Props{"key": "between"}},
			store.UpdateNode{ID: "i2", Set: store.Props{"key": "a"}},
			store.UpdateNode{ID: "i1", Set: store.Props{"key": "b"}},
		)
		found, err := b.Lookup(b.ctx, "Item", "key", "a", "b", "between")
		b.must(err)
		b.equal(fmt.Sprint(len(found), found["a"].ID, found["b"].ID), "2i2i1")
		b.commit(store.RemoveNode{ID: "i1"}, item("i3", "b", nil))
	}},
	{"a removed node can come back under a later set, with its first version", func(b *bench) {
		b.commit(item("i1", "a", nil))
		b.commit(store.UpdateNode{ID: "i1", Set: store.Props{"name": "x"}})
		b.commit(store.RemoveNode{ID: "i1"})
		b.commit(item("i1", "a", nil))
		b.equal(b.node("i1").Version, int64(1))
	}},
	{"the same key commits once, and answers with the first change", func(b *bench) {
		cs := set(item("i1", "a", store.Props{"since": noon, "weight": 1.0, "tags": []string{"x"}}))
		cs.Key = "import 1"
		first := b.commitSet(cs)
		b.commit(item("i2", "b", nil))
		b.equal(b.commitSet(cs), first)
		preview, err := b.Preview(b.ctx, cs)
		b.must(err)
		b.equal(preview, first)
		b.equal(b.head(), store.Revision(2))
	}},
	{"of many commits under one key at a time, one writes", func(b *bench) {
		cs := set(item("i1", "a", nil))
		cs.Key = "once"
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				c, err := b.Commit(b.ctx, cs)
				if err != nil || c.Revision != 1 || len(c.Effects) != 1 {
					b.Errorf("%v, %v", c, err)
				}
			})
		}
		wg.Wait()
		b.equal(b.head(), store.Revision(1))
	}},
	{"concurrent commits get gapless revisions, whatever fails beside them", func(b *bench) {
		b.commit(item("taken", "taken", nil))
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for i := range 8 {
					key := fmt.Sprintf("%d-%d", w, i)
					if _, err := b.Commit(b.ctx, set(item(store.ID("i"+key), key, nil))); err != nil {
						b.Error(err)
					}
					if _, err := b.Commit(b.ctx, set(item(store.ID("n"+key), "n"+key, nil), item("other", "taken", nil))); err == nil {
						b.Error("a taken key was given again")
					}
				}
			})
		}
		wg.Wait()
		changes, err := b.Changes(b.ctx, 0, 1000)
		b.must(err)
		b.equal(len(changes), 65)
		for i, c := range changes {
			b.equal(c.Revision, store.Revision(i+1))
			b.equal(len(c.Effects), 1)
		}
		count, err := b.Count(b.ctx, "Item", nil)
		b.must(err)
		b.equal(count, int64(65))
	}},
	{"a large set is one change", func(b *bench) {
		var ops []store.Op
		for i := range 2000 {
			id := store.ID(fmt.Sprintf("i%05d", i))
			ops = append(ops, item(id, string(id), store.Props{"rank": int64(i)}))
			if i > 0 {
				ops = append(ops, needs(id, "i00000"))
			}
		}
		c := b.commit(ops...)
		b.equal(len(c.Effects), 3999)
		counts, err := b.CountEdges(b.ctx, store.EdgeQuery{Nodes: []store.ID{"i00000"}, Rel: "NEEDS", Direction: store.In})
		b.must(err)
		b.equal(counts, []int64{1999})
		b.clear()
		b.equal(b.head(), store.Revision(2))
	}},
}
