package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"

	"releasegraph/internal/store"
	"releasegraph/internal/store/scoped"
)

func keysOf[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

var logCases = []testCase{
	{"the log tells what was told to the committer, in pages", func(b *bench) {
		var want []store.Change
		for i := range 5 {
			id := store.ID(fmt.Sprintf("i%d", i))
			want = append(want, b.commit(item(id, string(id), store.Props{"rank": int64(i), "weight": float64(i), "since": noon, "tags": []string{}, "live": true})))
		}
		want = append(want, b.commit(store.PutEdge{EdgeKey: needs("i0", "i1").EdgeKey, Props: store.Props{"share": 1.0, "since": noon}}))
		want = append(want, b.commit(store.RemoveNode{ID: "i0"}))
		got, err := b.Changes(b.ctx, 0, 4)
		b.must(err)
		b.equal(got, want[:4])
		got, err = b.Changes(b.ctx, 4, 100)
		b.must(err)
		b.equal(got, want[4:])
		got, err = b.Changes(b.ctx, 7, 100)
		b.must(err)
		b.equal(len(got), 0)
	}},
	{"of the log there can be read heads without effects, and what undoing needs", func(b *bench) {
		b.commit(item("i1", "a", store.Props{"rank": int64(1)}), item("i2", "b", nil), needs("i1", "i2"))
		cs := set(store.UpdateNode{ID: "i1", Set: store.Props{"rank": nil, "name": "x"}})
		cs.Key = "once"
		b.commitSet(cs)
		b.commit(store.RemoveNode{ID: "i1"})
		changes, err := b.Changes(b.ctx, 0, 10)
		b.must(err)
		heads, err := b.Heads(b.ctx, 1, 10)
		b.must(err)
		undo, err := b.Undo(b.ctx, 0, 2)
		b.must(err)
		b.equal(len(heads), 2)
		for i, h := range heads {
			want := changes[i+1]
			want.Effects = nil
			b.equal(h, want)
		}
		for i := range changes[0].Effects {
			changes[0].Effects[i].After = store.Props{}
		}
		b.equal(undo, changes[:2])
		heads, err = b.Heads(b.ctx, 3, 10)
		b.must(err)
		b.equal(len(heads), 0)
		heads, err = b.Heads(b.ctx, 0, 0)
		b.must(err)
		b.equal(len(heads), 0)
		b.must(b.Compact(b.ctx, 1))
		for _, read := range []func(context.Context, store.Revision, int) ([]store.Change, error){b.Changes, b.Undo, b.Heads} {
			if _, err := read(b.ctx, 0, 10); !errors.Is(err, store.ErrCompacted) {
				b.Fatal(err)
			}
		}
	}},
	{"of a change set some effects can be read, and all are counted", func(b *bench) {
		var ops []store.Op
		for i := range 30 {
			ops = append(ops, item(store.ID(fmt.Sprintf("i%02d", i)), fmt.Sprint(`,{"node":"`, i), store.Props{"note": `},{"rel":"`}))
		}
		want := b.commit(ops...).Effects
		one := b.commit(needs("i01", "i02")).Effects
		for _, places := range [][]int{nil, {0}, {0, 1, 2, 29}, {3, 17, 30, 99}} {
			ask := func(r store.Revision) store.EffectQuery { return store.EffectQuery{Revision: r, Places: places} }
			pages, err := b.Effects(b.ctx, ask(2), ask(1), ask(9), ask(2))
			b.must(err)
			b.equal(fmt.Sprint(pages[0].Total, pages[1].Total, pages[2].Total, pages[3].Total), "1 30 0 1")
			for i, all := range [][]store.Effect{one, want, nil, one} {
				var some []store.Effect
				for _, p := range places {
					if p < len(all) {
						some = append(some, all[p])
					}
				}
				b.equal(pages[i].Effects, some)
			}
		}
		for _, wrong := range [][]int{{-1}, {1, 1}, {2, 1}} {
			if _, err := b.Effects(b.ctx, store.EffectQuery{Revision: 1, Places: wrong}); !errors.Is(err, store.ErrInvalid) {
				b.Fatal(err)
			}
		}
	}},
	{"a run of long change sets ends early, and the next one goes on", func(b *bench) {
		note := strings.Repeat("n", store.RunBytes/3)
		for i := range 12 {
			b.commit(item(store.ID(fmt.Sprint("i", i)), fmt.Sprint(i), store.Props{"note": note}))
		}
		for _, read := range []func(context.Context, store.Revision, int) ([]store.Change, error){b.Changes, b.Undo} {
			for after, want := store.Revision(0), store.Revision(1); after < 12; {
				changes, err := read(b.ctx, after, 100)
				b.must(err)
				if len(changes) == 0 || len(changes) > 8 {
					b.Fatalf("%d change sets after %d", len(changes), after)
				}
				for _, c := range changes {
					b.equal(c.Revision, want)
					want++
				}
				after = want - 1
			}
		}
		heads, err := b.Heads(b.ctx, 0, 100)
		b.must(err)
		b.equal(len(heads), 12)
	}},
	{"await wakes when the head is beyond the revision", func(b *bench) {
		b.commit(item("i1", "a", nil))
		head, err := b.Await(b.ctx, 0)
		b.must(err)
		b.equal(head, store.Revision(1))
		woken := make(chan error, 3)
		for range 3 {
			go func() {
				head, err := b.Await(b.ctx, 1)
				if err == nil && head < 2 {
					err = fmt.Errorf("woken at %d", head)
				}
				woken <- err
			}()
		}
		b.commit(item("i2", "b", nil))
		for range 3 {
			b.must(<-woken)
		}
	}},
	{"await ends with its context", func(b *bench) {
		ctx, cancel := context.WithCancel(b.ctx)
		ended := make(chan error, 1)
		go func() { _, err := b.Await(ctx, 0); ended <- err }()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			b.Fatal(err)
		}
	}},
}

// odd are values that have troubled stores before.
var odd = map[string]store.Props{
	"quotes":    {"note": `it's "quoted" \ and /* -- ; $1 ?`, "attributes.it's \"x\"": "y"},
	"lines":     {"note": "a\r\nb\tc\x01", "tags": []string{"a\nb", "", "\""}},
	"unicode":   {"name": "\U0001F600 é \ue000 \u2028", "tags": []string{"\U0001F600"}},
	"empty":     {"name": "", "note": "", "tags": []string{}, "attributes.x": ""},
	"highest":   {"rank": int64(math.MaxInt64), "weight": math.MaxFloat64, "since": noon},
	"lowest":    {"rank": int64(math.MinInt64), "weight": -math.MaxFloat64},
	"tiny":      {"weight": math.SmallestNonzeroFloat64, "live": false},
	"infinite":  {"weight": math.Inf(1)},
	"whole":     {"weight": 3.0, "rank": int64(3)},
	"long":      {"note": strings.Repeat("long ", 20000)},
	"json":      {"note": `{"time":"x"}`, "tags": []string{`{"float":"+Inf"}`}},
	"like":      {"note": "100%_"},
	"formatted": {"name": "%s%d%v"},
}

var readCases = []testCase{
	{"odd values come back as they were", func(b *bench) {
		for key, props := range odd {
			id := store.ID("i-" + key)
			b.commit(item(id, key, props), store.PutEdge{EdgeKey: store.EdgeKey{Rel: "NEEDS", From: id, To: id, Tag: key + "\x1f'\""}, Props: store.Props{"kind": props["note"]}})
			want := props.Clone()
			want["key"] = key
			b.equal(b.node(id).Props, want)
			changes, err := b.Changes(b.ctx, b.head()-1, 1)
			b.must(err)
			b.equal(changes[0].Effects[0].After, want)
			found, err := b.Lookup(b.ctx, "Item", "key", key, "no such")
			b.must(err)
			b.equal(found[key], b.node(id))
			if note, ok := props["note"]; ok {
				n, err := b.Count(b.ctx, "Item", store.And{store.Compare{Property: "note", Value: note}, store.Compare{Property: "id", Value: string(id)}})
				b.must(err)
				b.equal(n, int64(1))
			}
		}
	}},
	{"a list of texts is found by its value whatever they hold, at a node and at an edge", func(b *bench) {
		list := []string{"<\"&'>\n\x01\u2028", ""}
		b.commit(item("i1", "a", store.Props{"tags": list}), item("i2", "b", nil), needs("i2", "i1"),
			store.PutEdge{EdgeKey: needs("i1", "i2").EdgeKey, Props: store.Props{"notes": list}})
		is := func(property string) store.Filter { return store.Compare{Property: property, Value: list} }
		oneOf := func(property string) store.Filter {
			return store.Compare{Property: property, Op: store.OneOf, Value: []any{[]string{}, list}}
		}
		for _, f := range []store.Filter{
			is("tags"), oneOf("tags"),
			store.Related{Rel: "NEEDS", EdgeFilter: is("notes")}, store.Related{Rel: "NEEDS", EdgeFilter: oneOf("notes")},
		} {
			page, err := b.Find(b.ctx, store.Query{Kind: "Item", Filter: f})
			b.must(err)
			b.equal(page.Nodes, []store.Node{b.node("i1")})
		}
	}},
	{"strings order bytewise, not as UTF-16 nor by language", func(b *bench) {
		for i, key := range []string{"\ue000", "\U0001F600", "z", "Z", "é", "a", ""} {
			b.commit(item(store.ID(fmt.Sprintf("i%d", i)), key, nil))
		}
		page, err := b.Find(b.ctx, store.Query{Kind: "Item", Order: []store.Order{{Property: "key"}}})
		b.must(err)
		var keys []string
		for _, n := range page.Nodes {
			keys = append(keys, n.Props["key"].(string))
		}
		b.equal(fmt.Sprintf("%q", keys), fmt.Sprintf("%q", []string{"", "Z", "a", "z", "é", "\ue000", "\U0001F600"}))
	}},
	{"pages join without gap or double, forward and back, in every order", pageThrough},
	{"a cursor outlives its node", func(b *bench) {
		b.commit(item("i1", "a", nil), item("i2", "b", nil), item("i3", "c", nil))
		page, err := b.Find(b.ctx, store.Query{Kind: "Item", First: 2})
		b.must(err)
		b.commit(store.RemoveNode{ID: "i2"})
		next, err := b.Find(b.ctx, store.Query{Kind: "Item", First: 2, After: page.Cursors[1]})
		b.must(err)
		b.equal(fmt.Sprint(len(next.Nodes), next.Nodes[0].ID, next.HasPrevious, next.HasNext), "1i3true false")
	}},
	{"a walk goes round a cycle once", func(b *bench) {
		b.commit(item("i1", "a", nil), item("i2", "b", nil), item("i3", "c", nil), needs("i1", "i2"), needs("i2", "i3"), needs("i3", "i1"))
		g, err := b.Walk(b.ctx, store.Walk{Roots: []store.ID{"i1", "none"}, Rels: []string{"NEEDS"}})
		b.must(err)
		b.equal(fmt.Sprint(g.Hits, len(g.Edges), g.Truncated), "[{i1 0} {i2 1} {i3 2}] 3 false")
	}},
	{"a relationship that is named twice is walked once, also where not all is seen", func(b *bench) {
		b.commit(item("i1", "a", nil), item("i2", "b", nil), item("i3", "c", nil), needs("i1", "i1"), needs("i1", "i2"), needs("i2", "i3"))
		walk := store.Walk{Roots: []store.ID{"i1"}, Rels: []string{"NEEDS", "AT", "NEEDS"}}
		whole, err := b.Walk(b.ctx, walk)
		b.must(err)
		b.equal(fmt.Sprint(whole.Hits, len(whole.Edges)), "[{i1 0} {i2 1} {i3 2}] 3")
		seen := scoped.Scope{"Item": scoped.Rule{Filter: store.Not{Filter: store.Compare{Property: "key", Value: "c"}}}}
		part, err := scoped.New(b.Store, scoped.Fixed(seen)).Walk(b.ctx, walk)
		b.must(err)
		b.equal(fmt.Sprint(part.Hits, len(part.Edges)), "[{i1 0} {i2 1}] 2")
	}},
	{"a scan keeps what it is asked to keep", func(b *bench) {
		b.commit(item("i1", "a", store.Props{"name": "n", "attributes.x": "y"}), place("p1", "p"),
			store.PutEdge{EdgeKey: store.EdgeKey{Rel: "AT", From: "i1", To: "p1"}, Props: store.Props{"version": "1"}}, needs("i1", "i1"))
		scan := func(s store.Scan) string {
			var all store.Batch
			at, err := b.Scan(b.ctx, s, func(batch store.Batch) error {
				all.Nodes, all.Edges = append(all.Nodes, batch.Nodes...), append(all.Edges, batch.Edges...)
				return nil
			})
			b.must(err)
			b.equal(at, store.Revision(1))
			rows, at, err := scanRows(b.ctx, b.Store, s)
			b.must(err)
			b.equal(at, store.Revision(1))
			known := map[store.ID]bool{}
			for _, n := range all.Nodes {
				known[n.ID] = true
			}
			ends := slices.Clone(all.Edges)
			for i := range ends { // by rows, no edge tells of what is not handed over
				if !known[ends[i].From] {
					ends[i].From = ""
				}
				if !known[ends[i].To] {
					ends[i].To = ""
				}
			}
			b.equal(rows.Nodes, all.Nodes)
			b.equal(rows.Edges, ends)
			var text string
			for _, n := range all.Nodes {
				text += fmt.Sprint(n.ID, props(n.Props), " ")
			}
			for _, e := range all.Edges {
				text += fmt.Sprint(e.Rel, e.From, e.To, held(e.Props), " ")
			}
			return text
		}
		b.equal(scan(store.Scan{Rels: []string{}, Keep: []string{"name"}}), `i1{"name":"n"} p1{} `)
		b.equal(scan(store.Scan{Kinds: []string{}, Rels: []string{"AT"}, Keep: []string{}}), `ATi1p1{} `)
		b.equal(scan(store.Scan{Kinds: []string{"Place"}, Rels: []string{"AT"}}), `p1{"key":"p"} ATi1p1{"version":"1"} `)
	}},
	{"what a scan's caller answers ends the scan", func(b *bench) {
		b.commit(item("i1", "a", nil))
		stop := errors.New("enough")
		if _, err := b.Scan(b.ctx, store.Scan{}, func(store.Batch) error { return stop }); !errors.Is(err, stop) {
			b.Fatal(err)
		}
	}},
}

// pageThrough walks all pages of each order in both directions, against the
// page without limit.
func pageThrough(b *bench) {
	for i := range 23 {
		p := store.Props{}
		if i%4 != 0 {
			p["rank"], p["name"] = int64(i%3), string(rune('a'+i%5))
		}
		b.commit(item(store.ID(fmt.Sprintf("i%02d", (i*7)%23)), fmt.Sprint(i), p))
	}
	for _, order := range [][]store.Order{
		nil, {{Property: "rank"}}, {{Property: "rank", Descending: true}}, {{Property: "note"}}, {{Property: "id", Descending: true}},
		{{Property: "name", Descending: true}, {Property: "rank"}}, {{Property: "version"}, {Property: "key", Descending: true}},
	} {
		all, err := b.Find(b.ctx, store.Query{Kind: "Item", Order: order})
		b.must(err)
		for _, size := range []int{1, 4, 23} {
			b.equal(ids(b.forward(store.Query{Kind: "Item", Order: order, First: size})), ids(all.Nodes))
			b.equal(ids(b.backward(store.Query{Kind: "Item", Order: order, Last: size})), ids(all.Nodes))
		}
	}
}

func ids(nodes []store.Node) string {
	var list []store.ID
	for _, n := range nodes {
		list = append(list, n.ID)
	}
	return fmt.Sprint(list)
}

func (b *bench) forward(q store.Query) (nodes []store.Node) {
	for {
		page, err := b.Find(b.ctx, q)
		b.must(err)
		b.equal(page.HasPrevious, q.After != "")
		nodes = append(nodes, page.Nodes...)
		if !page.HasNext {
			return nodes
		}
		q.After = page.Cursors[len(page.Cursors)-1]
	}
}

func (b *bench) backward(q store.Query) (nodes []store.Node) {
	for {
		page, err := b.Find(b.ctx, q)
		b.must(err)
		b.equal(page.HasNext, q.Before != "")
		nodes = append(page.Nodes, nodes...)
		if !page.HasPrevious {
			return nodes
		}
		q.Before = page.Cursors[0]
	}
}
