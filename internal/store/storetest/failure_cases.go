package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/store"
)

// refused commits what must fail, and checks the error and that nothing of it
// was written.
func (b *bench) refused(want string, cs store.Changeset) {
	b.Helper()
	head := b.head()
	_, err := b.Preview(b.ctx, cs)
	b.equal(err, want)
	_, err = b.Commit(b.ctx, cs)
	b.equal(err, want)
	b.equal(b.head(), head)
}

func (b *bench) invalid(what string, err error) {
	b.Helper()
	if !errors.Is(err, store.ErrInvalid) {
		b.Errorf("%s: %v, want an ErrInvalid", what, err)
	}
}

var failureCases = []testCase{
	{"a taken id or unique value names its holder", func(b *bench) {
		b.commit(item("i1", "a", store.Props{"serial": "s"}), item("i2", "b", nil), place("p1", "a"))
		b.refused("operation 1: taken {Kind:Item Property: Value:i1 Holder:i1} (already exists)", set(item("i9", "x", nil), item("i1", "c", nil)))
		b.refused("operation 0: taken {Kind:Item Property:key Value:a Holder:i1} (already exists)", set(item("i3", "a", nil)))
		b.refused("operation 0: taken {Kind:Item Property:serial Value:s Holder:i1} (already exists)",
			set(store.UpdateNode{ID: "i2", Set: store.Props{"serial": "s"}}))
		b.refused("operation 1: taken {Kind:Item Property:key Value:c Holder:i3} (already exists)", set(item("i3", "c", nil), item("i4", "c", nil)))
	}},
	{"an id cannot come back as another kind within the set that removes it", func(b *bench) {
		b.commit(item("i1", "a", nil))
		b.refused("operation 1: taken {Kind:Place Property: Value:i1 Holder:i1} (already exists)", set(store.RemoveNode{ID: "i1"}, place("i1", "a")))
	}},
	{"what is missing is named", func(b *bench) {
		b.commit(item("i1", "a", nil))
		b.refused(`operation 0: missing node "x" (not found)`, set(store.UpdateNode{ID: "x"}))
		b.refused(`operation 0: missing node "x" (not found)`, set(store.RemoveNode{ID: "x"}))
		b.refused(`operation 0: missing node "x" (not found)`, set(needs("i1", "x")))
		b.refused(`operation 0: missing node "x" (not found)`, set(needs("x", "i1")))
		b.refused(`operation 0: missing edge {Rel:NEEDS From:i1 To:x Tag:} (not found)`, set(store.RemoveEdge{EdgeKey: needs("i1", "x").EdgeKey}))
	}},
	{"a node in use is not removed: ten edges are named and all counted", func(b *bench) {
		ops := []store.Op{item("hub", "hub", nil)}
		for i := range 15 {
			id := store.ID(fmt.Sprintf("i%02d", 14-i))
			ops = append(ops, item(id, string(id), nil), needs(id, "hub"))
		}
		b.commit(append(ops, needs("hub", "hub"), needs("hub", "i03"))...)
		cs := set(store.RemoveEdge{EdgeKey: needs("i00", "hub").EdgeKey}, store.RemoveNode{ID: "i01"}, store.RemoveNode{ID: "hub"})
		_, err := b.Commit(b.ctx, cs)
		var inUse *store.InUseError
		if !errors.As(err, &inUse) || !errors.Is(err, store.ErrConflict) {
			b.Fatal(err)
		}
		b.equal(fmt.Sprint(inUse.Node, inUse.Count, len(inUse.Edges), inUse.Edges[0].From, inUse.Edges[9].From), "hub13 10i02i11")
		var all []store.Op
		for i := range 15 {
			all = append(all, store.RemoveEdge{EdgeKey: needs(store.ID(fmt.Sprintf("i%02d", i)), "hub").EdgeKey})
		}
		b.equal(len(b.commit(append(all, store.RemoveNode{ID: "hub"})...).Effects), 18)
	}},
	{"change sets that no graph could take are refused", func(b *bench) {
		b.commit(item("i1", "a", nil), place("p1", "p"))
		at := func(t time.Time) store.Changeset { cs := set(item("x", "x", nil)); cs.At = t; return cs }
		nobody := set(item("x", "x", nil))
		nobody.Actor = ""
		sets := map[string]store.Changeset{
			"no actor": nobody, "no time": at(time.Time{}), "half a microsecond": at(noon.Add(1)),
			"local time":          at(noon.In(time.FixedZone("", 3600))),
			"unknown kind":        set(store.CreateNode{ID: "x", Kind: "Thing"}),
			"unknown property":    set(item("x", "x", store.Props{"colour": "red"})),
			"only the prefix":     set(item("x", "x", store.Props{"attributes.": "red"})),
			"open, but no string": set(item("x", "x", store.Props{"attributes.a": int64(1)})),
			"another type":        set(item("x", "x", store.Props{"rank": 1.0})),
			"an int":              set(item("x", "x", store.Props{"rank": 1})),
			"not a number":        set(item("x", "x", store.Props{"weight": math.NaN()})),
			"broken text":         set(item("x", "x", store.Props{"note": "\xff"})),
			"long and indexed":    set(item("x", strings.Repeat("x", store.MaxIndexed+1), nil)),
			"no id":               set(item("", "x", nil)),
			"a long id":           set(item(store.ID(strings.Repeat("x", 65)), "x", nil)),
			"an id not in ASCII":  set(item("é", "x", nil)),
			"update: unknown":     set(store.UpdateNode{ID: "i1", Set: store.Props{"colour": "red"}}),
			"update: type":        set(store.UpdateNode{ID: "i1", Set: store.Props{"rank": "x"}}),
			"unknown rel":         set(store.PutEdge{EdgeKey: store.EdgeKey{Rel: "LIKES", From: "i1", To: "i1"}}),
			"wrong ends":          set(store.PutEdge{EdgeKey: store.EdgeKey{Rel: "AT", From: "i1", To: "i1"}}),
			"edge property":       set(store.PutEdge{EdgeKey: needs("i1", "i1").EdgeKey, Props: store.Props{"colour": "red"}}),
			"edge type":           set(store.PutEdge{EdgeKey: needs("i1", "i1").EdgeKey, Props: store.Props{"minimum": "1"}}),
			"unknown rel in a guard": {Actor: "a", At: noon, Guards: []store.Guard{store.NoEdges{ID: "i1", Rel: "LIKES"}},
				Ops: []store.Op{item("x", "x", nil)}},
			"a guard on nothing":          guarded(store.Unchanged{Since: 1}, item("x", "x", nil)),
			"a guard on two sorts":        guarded(store.Unchanged{Kind: "Item", Rel: "NEEDS"}, item("x", "x", nil)),
			"a guard on an unknown kind":  guarded(store.Unchanged{Kind: "Spoon"}, item("x", "x", nil)),
			"a guard on an unknown rel":   guarded(store.Unchanged{Rel: "LIKES"}, item("x", "x", nil)),
			"a guard since before it all": guarded(store.Unchanged{Since: -1, Kind: "Item"}, item("x", "x", nil)),
		}
		for what, cs := range sets {
			_, err := b.Commit(b.ctx, cs)
			b.invalid(what, err)
			_, err = b.Preview(b.ctx, cs)
			b.invalid("preview: "+what, err)
		}
		b.equal(b.head(), store.Revision(1))
	}},
	{"queries that name undeclared or senseless things are refused", refuseQueries},
	{"a context that has ended is answered with its error", func(b *bench) {
		b.commit(item("i1", "a", nil))
		ended, cancel := context.WithCancel(b.ctx)
		cancel()
		_, e1 := b.Nodes(ended, "i1")
		_, e2 := b.Find(ended, store.Query{Kind: "Item"})
		_, e3 := b.Commit(ended, set(item("i2", "b", nil)))
		_, e4 := b.Await(ended, 1)
		_, e5 := b.Scan(ended, store.Scan{}, func(store.Batch) error { return nil })
		for i, err := range []error{e1, e2, e3, e4, e5} {
			if !errors.Is(err, context.Canceled) {
				b.Errorf("call %d: %v", i, err)
			}
		}
	}},
}

func refuseQueries(b *bench) {
	b.commit(item("i1", "a", nil), item("i2", "b", nil))
	page, err := b.Find(b.ctx, store.Query{Kind: "Item", Order: []store.Order{{Property: "rank"}}})
	b.must(err)
	byName := []store.Order{{Property: "name"}}
	queries := map[string]store.Query{
		"kind": {Kind: "Thing"}, "order": {Kind: "Item", Order: []store.Order{{Property: "colour"}}},
		"order by a list": {Kind: "Item", Order: []store.Order{{Property: "tags"}}},
		"first and last":  {Kind: "Item", First: 1, Last: 1}, "first below 0": {Kind: "Item", First: -1},
		"a cursor of another order": {Kind: "Item", Order: byName, After: page.Cursors[0]},
		"a cursor that is none":     {Kind: "Item", Before: "x"},
	}
	for what, q := range queries {
		_, err := b.Find(b.ctx, q)
		b.invalid(what, err)
	}
	filters := map[string]store.Filter{
		"property":      store.Compare{Property: "colour", Value: "x"},
		"type":          store.Compare{Property: "rank", Value: "x"},
		"null":          store.Compare{Property: "rank"},
		"operator":      store.Compare{Property: "rank", Op: store.Contains, Value: int64(1)},
		"order of bool": store.Compare{Property: "live", Op: store.Lt, Value: true},
		"list":          store.Compare{Property: "rank", Op: store.OneOf, Value: []int64{1}},
		"rel":           store.Related{Rel: "LIKES"},
		"direction":     store.Related{Rel: "AT", Direction: store.In},
		"far property":  store.And{store.Related{Rel: "NEEDS", Filter: store.Compare{Property: "size", Value: int64(1)}}},
		"edge property": store.Or{store.Related{Rel: "NEEDS", EdgeFilter: store.Compare{Property: "name", Value: "x"}}},
		"unknown kind":  store.OfKind{Kind: "Planet"},
		"of a kind":     store.Related{Rel: "NEEDS", EdgeFilter: store.OfKind{Kind: "Item"}},
		"edges onward":  store.Not{Filter: store.Related{Rel: "NEEDS", EdgeFilter: store.Related{Rel: "NEEDS"}}},
	}
	for _, what := range slices.Sorted(keysOf(filters)) {
		_, err := b.Count(b.ctx, "Item", filters[what])
		b.invalid("filter: "+what, err)
	}
	_, err = b.Edges(b.ctx, store.EdgeQuery{Rel: "LIKES"})
	b.invalid("edges", err)
	_, err = b.Edges(b.ctx, store.EdgeQuery{Rel: "AT", Order: byName})
	b.invalid("edges to several kinds in an order", err)
	_, err = b.CountEdges(b.ctx, store.EdgeQuery{Rel: "AT", Kind: "Item"})
	b.invalid("edges to a kind where none lead", err)
	_, err = b.Walk(b.ctx, store.Walk{Rels: []string{"LIKES"}})
	b.invalid("walk", err)
	_, err = b.Aggregate(b.ctx, store.Aggregation{Kind: "Item", By: []string{"tags"}})
	b.invalid("aggregate", err)
	_, err = b.Lookup(b.ctx, "Item", "name", "x")
	b.invalid("look-up", err)
	_, err = b.Scan(b.ctx, store.Scan{Kinds: []string{"Thing"}}, func(store.Batch) error { return nil })
	b.invalid("scan", err)
}
