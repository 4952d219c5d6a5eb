package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"releasegraph/internal/store"
)

func guarded(g store.Guard, ops ...store.Op) store.Changeset {
	cs := set(ops...)
	cs.Guards = []store.Guard{g}
	return cs
}

var guardCases = []testCase{
	{"guards are checked before the first operation, and name what they found", func(b *bench) {
		b.commit(item("i1", "a", nil), item("i2", "b", nil), needs("i1", "i2"))
		rename := store.UpdateNode{ID: "i1", Set: store.Props{"name": "n"}}
		edge := needs("i1", "i2").EdgeKey
		b.refused("conflict store.NodeAt{ID:i1 Version:2} at 1 (conflict)", guarded(store.NodeAt{ID: "i1", Version: 2}, rename))
		b.refused("conflict store.NodeAt{ID:i1 Version:0} at 1 (conflict)", guarded(store.NodeAt{ID: "i1"}, rename))
		b.refused("conflict store.NodeAt{ID:x Version:1} at 0 (conflict)", guarded(store.NodeAt{ID: "x", Version: 1}, rename))
		b.refused("conflict store.EdgeAt{EdgeKey:{Rel:NEEDS From:i1 To:i2 Tag:} Version:0} at 1 (conflict)", guarded(store.EdgeAt{EdgeKey: edge}, rename))
		b.refused("conflict store.NoEdges{ID:i2 Rel:NEEDS Direction:1} at 0 (conflict)",
			guarded(store.NoEdges{ID: "i2", Rel: "NEEDS", Direction: store.In}, store.RemoveEdge{EdgeKey: edge}))
		b.refused("conflict store.NoEdges{ID:i1 Rel: Direction:0} at 0 (conflict)", guarded(store.NoEdges{ID: "i1"}, rename))
		for _, g := range []store.Guard{
			store.NodeAt{ID: "x"}, store.EdgeAt{EdgeKey: edge, Version: 1}, store.NodeAt{ID: "i2", Version: 1},
			store.NoEdges{ID: "i2"}, store.NoEdges{ID: "i1", Rel: "AT"}, store.NoEdges{ID: "x"},
		} {
			b.commitSet(guarded(g, store.UpdateNode{ID: "i1", Set: store.Props{"note": fmt.Sprint(g)}}))
		}
	}},
	{"a guard on a node that the set does not touch holds nonetheless", func(b *bench) {
		b.commit(item("i1", "a", nil), item("i2", "b", nil), item("i3", "c", nil), needs("i1", "i2"))
		b.refused("conflict store.NoEdges{ID:i2 Rel:NEEDS Direction:1} at 0 (conflict)",
			guarded(store.NoEdges{ID: "i2", Rel: "NEEDS", Direction: store.In}, store.UpdateNode{ID: "i3", Set: store.Props{"name": "n"}}))
	}},
	{"of commits that exclude each other, one succeeds", func(b *bench) {
		b.commit(item("i1", "a", nil))
		for round := range 5 {
			var won, lost atomic.Int64
			var wg sync.WaitGroup
			version := b.node("i1").Version
			for w := range 8 {
				wg.Go(func() {
					cs := guarded(store.NodeAt{ID: "i1", Version: version}, store.UpdateNode{ID: "i1", Set: store.Props{"note": fmt.Sprint(round, w)}})
					switch _, err := b.Commit(b.ctx, cs); {
					case err == nil:
						won.Add(1)
					case errors.Is(err, store.ErrConflict):
						lost.Add(1)
					default:
						b.Error(err)
					}
				})
			}
			wg.Wait()
			b.equal(fmt.Sprint(won.Load(), lost.Load()), "1 7")
		}
	}},
	{"a guard on a whole sort minds what has appeared, changed and gone since, and nothing else", func(b *bench) {
		b.commit(item("i1", "a", nil), item("i2", "b", nil), place("p1", "p"))
		since := b.head()
		items, edges := store.Unchanged{Since: since, Kind: "Item"}, store.Unchanged{Since: since, Rel: "NEEDS"}
		b.commitSet(guarded(items, store.UpdateNode{ID: "p1", Set: store.Props{"name": "n"}}))
		b.commitSet(guarded(items, needs("i1", "i2")))
		b.refused(fmt.Sprintf("conflict store.Unchanged{Since:%d Kind: Rel:NEEDS} at 0 (conflict)", since), guarded(edges, item("i3", "c", nil)))
		b.commitSet(guarded(items, store.UpdateNode{ID: "i1", Set: store.Props{"note": "1"}}))
		b.refused(fmt.Sprintf("conflict store.Unchanged{Since:%d Kind:Item Rel:} at 0 (conflict)", since), guarded(items, item("i3", "c", nil)))
		since = b.head()
		b.commitSet(guarded(store.Unchanged{Since: since, Kind: "Item"}, store.RemoveNode{ID: "i1"}))
		b.refused(fmt.Sprintf("conflict store.Unchanged{Since:%d Kind: Rel:NEEDS} at 0 (conflict)", since),
			guarded(store.Unchanged{Since: since, Rel: "NEEDS"}, item("i3", "c", nil)))
		if err := b.Compact(b.ctx, b.head()-1); err != nil {
			b.Fatal(err)
		}
		b.refused("conflict store.Unchanged{Since:1 Kind:Label Rel:} at 0 (conflict)", guarded(store.Unchanged{Since: 1, Kind: "Label"}, item("i3", "c", nil)))
	}},
	{"of many who each found nothing and add something, one succeeds at a time", func(b *bench) {
		b.commit(item("i1", "a", nil))
		for round := range 5 {
			var won, lost atomic.Int64
			var wg sync.WaitGroup
			g := store.Unchanged{Since: b.head(), Kind: "Item"}
			for w := range 8 {
				wg.Go(func() {
					name := fmt.Sprintf("n-%d-%d", round, w)
					switch _, err := b.Commit(b.ctx, guarded(g, item(store.ID(name), name, nil))); {
					case err == nil:
						won.Add(1)
					case errors.Is(err, store.ErrConflict):
						lost.Add(1)
					default:
						b.Error(err)
					}
				})
			}
			wg.Wait()
			b.equal(fmt.Sprint(won.Load(), lost.Load()), "1 7")
		}
	}},
	{"a node is not removed while an edge to it is being made", func(b *bench) {
		for round := range 5 {
			from, to := store.ID(fmt.Sprintf("f%d", round)), store.ID(fmt.Sprintf("t%d", round))
			b.commit(item(from, string(from), nil), item(to, string(to), nil))
			var put, remove error
			var wg sync.WaitGroup
			wg.Go(func() { _, put = b.Commit(b.ctx, set(needs(from, to))) })
			wg.Go(func() { _, remove = b.Commit(b.ctx, set(store.RemoveNode{ID: to})) })
			wg.Wait()
			if (put == nil) == (remove == nil) {
				b.Errorf("put: %v, remove: %v", put, remove)
			}
		}
	}},
}
