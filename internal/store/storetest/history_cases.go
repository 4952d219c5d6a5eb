package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"releasegraph/internal/store"
)

var historyCases = []testCase{
	{"a node's history has its own changes and those of edges at it, newest first (C4)", func(b *bench) {
		b.commit(item("i1", "a", nil), item("i2", "b", nil), item("i3", "c", nil))
		b.commit(store.UpdateNode{ID: "i1", Set: store.Props{"name": "x"}})
		b.commit(needs("i1", "i2"), needs("i2", "i3"))
		b.commit(store.UpdateNode{ID: "i2", Set: store.Props{"name": "y"}})
		b.commit(needs("i3", "i1"))
		b.history("i1", `5: CREATED i3>i1; 3: CREATED i1>i2; 2: UPDATED i1; 1: CREATED i1; `)
		b.history("i3", `5: CREATED i3>i1; 3: CREATED i2>i3; 1: CREATED i3; `)
		b.history("none", ``)
	}},
	{"an entry of a history has what its change set says", func(b *bench) {
		cs := set(item("i1", "a", store.Props{"note": `,{"node":"i2"`}), item("i2", "b", nil))
		cs.Key = "k"
		whole := b.commitSet(cs)
		page, err := historyOf(b.ctx, b, store.HistoryQuery{Nodes: []store.ID{"i2"}})
		b.must(err)
		want := whole
		want.Effects = whole.Effects[1:]
		b.equal(page.Changes, []store.Change{want})
	}},
	{"the history of a removed node, and of one that came back, can be read", func(b *bench) {
		b.commit(item("i1", "a", nil), item("i2", "b", nil))
		b.commit(needs("i1", "i2"))
		b.commit(store.RemoveNode{ID: "i1"})
		b.history("i1", `3: REMOVED i1 REMOVED i1>i2; 2: CREATED i1>i2; 1: CREATED i1; `)
		b.history("i2", `3: REMOVED i1>i2; 2: CREATED i1>i2; 1: CREATED i2; `)
		b.commit(item("i3", "c", nil)) // in nobody's place
		b.history("i3", `4: CREATED i3; `)
		b.commit(item("i1", "a", nil))
		b.history("i1", `5: CREATED i1; 3: REMOVED i1 REMOVED i1>i2; 2: CREATED i1>i2; 1: CREATED i1; `)
		b.commit(store.RemoveNode{ID: "i1"})
		b.commit(store.CreateNode{ID: "i1", Kind: "Place"}) // as another kind
		b.history("i1", `7: CREATED i1; 6: REMOVED i1; 5: CREATED i1; 3: REMOVED i1 REMOVED i1>i2; 2: CREATED i1>i2; 1: CREATED i1; `)
	}},
	{"pages of a history join without gap or double", func(b *bench) {
		b.commit(item("i1", "a", nil))
		for i := range 6 {
			b.commit(store.UpdateNode{ID: "i1", Set: store.Props{"rank": int64(i)}})
			b.commit(item(store.ID(fmt.Sprint("o", i)), fmt.Sprint("o", i), nil))
		}
		var revisions []store.Revision
		q := store.HistoryQuery{Nodes: []store.ID{"i1"}, First: 3}
		for pages := 1; ; pages++ {
			page, err := historyOf(b.ctx, b, q)
			b.must(err)
			for _, c := range page.Changes {
				revisions = append(revisions, c.Revision)
			}
			b.equal(page.HasNext, pages < 3)
			if !page.HasNext {
				break
			}
			q.Before = page.Changes[len(page.Changes)-1].Revision
		}
		b.equal(revisions, []store.Revision{12, 10, 8, 6, 4, 2, 1})
	}},
	{"ids with odd characters have histories of their own", func(b *bench) {
		odd := []store.ID{`a`, `a b`, `b`, `"`, `\`, `a AND b`, `*`, `node`, `"a"`, `:a`, `A`, `~!@#$%^&()_+{}|:<>?[];',./-=`}
		for i, id := range odd {
			b.commit(item(id, fmt.Sprint(i), nil))
		}
		for i, id := range odd {
			b.history(id, fmt.Sprintf("%d: CREATED %s; ", i+1, id))
		}
	}},
	{"an entry among thousands is found in a large change set", func(b *bench) {
		var ops []store.Op
		for i := range 2000 {
			id := store.ID(fmt.Sprintf("i%05d", i))
			ops = append(ops, item(id, string(id), nil))
			if i > 0 {
				ops = append(ops, needs(id, store.ID(fmt.Sprintf("i%05d", i/2))))
			}
		}
		b.commit(ops...)
		b.history("i01500", `1: CREATED i01500 CREATED i01500>i00750; `)
		b.history("i00750", `1: CREATED i00750 CREATED i00750>i00375 CREATED i01500>i00750 CREATED i01501>i00750; `)
	}},
	{"what is wrong with a history's question is told", func(b *bench) {
		for _, q := range []store.HistoryQuery{{Nodes: []store.ID{""}}, {Nodes: []store.ID{"i1"}, Before: -1}, {Nodes: []store.ID{"i1"}, First: -1}} {
			if _, err := historyOf(b.ctx, b, q); !errors.Is(err, store.ErrInvalid) {
				b.Fatalf("%+v: %v", q, err)
			}
		}
	}},
	{"times in the log never fall, and a time finds its revision", func(b *bench) {
		b.revisionAt(noon, 0)
		at := func(minutes int) store.Changeset {
			cs := set(store.UpdateNode{ID: "i1", Set: store.Props{"rank": int64(b.head())}})
			cs.At = noon.Add(time.Duration(minutes) * time.Minute)
			return cs
		}
		b.commit(item("i1", "a", nil))
		b.equal(b.commitSet(at(5)).At.Equal(noon.Add(5*time.Minute)), true)
		b.equal(b.commitSet(at(5)).Revision, store.Revision(3))
		raised := b.commitSet(at(2))
		b.equal(raised.At.Equal(noon.Add(5*time.Minute)), true)
		b.equal(b.node("i1").UpdatedAt.Equal(noon.Add(5*time.Minute)), true)
		changes, err := b.Changes(b.ctx, 3, 1)
		b.must(err)
		b.equal(changes, []store.Change{raised})
		b.commitSet(at(9))
		b.revisionAt(noon.Add(-time.Microsecond), 0)
		b.revisionAt(noon, 1)
		b.revisionAt(noon.Add(4*time.Minute), 1)
		b.revisionAt(noon.Add(5*time.Minute), 4)
		b.revisionAt(noon.Add(8*time.Minute), 4)
		b.revisionAt(noon.Add(time.Hour), 5)
	}},
	{"a compacted log says what it has forgotten, and the graph stays", func(b *bench) {
		cs := set(item("i1", "a", nil))
		cs.Key = "once"
		b.commitSet(cs)
		b.commit(item("i2", "b", nil), needs("i1", "i2"))
		b.commit(store.UpdateNode{ID: "i1", Set: store.Props{"name": "x"}})
		b.commit(item("i3", "c", nil))
		b.equal(b.oldest(), store.Revision(0))
		b.must(b.Compact(b.ctx, 0))
		b.equal(b.oldest(), store.Revision(0))
		b.must(b.Compact(b.ctx, 2))
		b.equal(b.oldest(), store.Revision(2))
		b.must(b.Compact(b.ctx, 1)) // has been
		b.equal(b.oldest(), store.Revision(2))
		if _, err := b.Changes(b.ctx, 1, 10); !errors.Is(err, store.ErrCompacted) {
			b.Fatal(err)
		}
		changes, err := b.Changes(b.ctx, 2, 10)
		b.must(err)
		b.equal(len(changes), 2)
		b.history("i1", `3: UPDATED i1; cut`)
		b.history("i2", `cut`)
		b.history("i3", `4: CREATED i3; `)
		page, err := historyOf(b.ctx, b, store.HistoryQuery{Nodes: []store.ID{"i1"}, First: 1})
		b.must(err)
		b.equal(fmt.Sprint(page.HasNext, page.Cut), "false true")
		b.equal(len(b.node("i1").Props), 2)
		b.revisionAt(noon.Add(time.Hour), 4)
		if _, err := b.Commit(b.ctx, cs); !errors.Is(err, store.ErrExists) { // its key is forgotten
			b.Fatal(err)
		}
	}},
	{"the head's entry is never forgotten", func(b *bench) {
		b.must(b.Compact(b.ctx, 0))
		b.commit(item("i1", "a", nil))
		b.commit(item("i2", "b", nil))
		b.must(b.Compact(b.ctx, 2))
		b.equal(b.head(), store.Revision(2))
		b.equal(b.oldest(), store.Revision(1))
		b.history("i2", `2: CREATED i2; `)
		b.equal(b.commit(item("i3", "c", nil)).Revision, store.Revision(3))
		if err := b.Compact(b.ctx, 4); !errors.Is(err, store.ErrInvalid) {
			b.Fatal(err)
		}
	}},
	{"a number that a removed node had tells nothing of a later one, compacted or not", func(b *bench) {
		b.commit(item("i1", "a", nil))
		b.commit(store.RemoveNode{ID: "i1"})
		b.commit(item("i2", "b", nil))
		b.must(b.Compact(b.ctx, 2))
		b.commit(store.RemoveNode{ID: "i2"})
		b.commit(item("i3", "c", nil), item("i2", "d", nil))
		b.history("i3", `5: CREATED i3; `)
		b.history("i2", `5: CREATED i2; 4: REMOVED i2; 3: CREATED i2; `)
		b.history("i1", `cut`)
	}},
	{"an effect of the log can be undone alone", func(b *bench) {
		b.commit(item("i1", "a", nil))
		before := b.node("i1")
		cs := set(store.UpdateNode{ID: "i1", Set: store.Props{"name": "x"}})
		cs.At = noon.Add(time.Hour)
		b.commitSet(cs)
		after := b.node("i1")
		cs.Ops = []store.Op{store.RemoveNode{ID: "i1"}}
		b.commitSet(cs)
		changes, err := b.Changes(b.ctx, 1, 2)
		b.must(err)
		undo := func(i int, now store.Props) store.Node {
			e := &changes[i].Effects[0]
			p := store.NewPast(e)
			p.Follow(e)
			return p.Node("i1", now)
		}
		b.equal(undo(0, after.Props), before)
		b.equal(undo(1, nil), after)
	}},
}

// historyOf asks for the history of one node beside that of another.
func historyOf(ctx context.Context, r store.Reader, q store.HistoryQuery) (store.HistoryPage, error) {
	q.Nodes = append([]store.ID{"nobody"}, q.Nodes...)
	pages, err := r.History(ctx, q)
	if err != nil {
		return store.HistoryPage{}, err
	}
	if len(pages) != 2 || len(pages[0].Changes) > 0 {
		return store.HistoryPage{}, fmt.Errorf("pages of nobody and %s: %v", q.Nodes[1], pages)
	}
	return pages[1], nil
}

// history compares what a node's history says, in short.
func (b *bench) history(id store.ID, want string) {
	b.Helper()
	page, err := historyOf(b.ctx, b, store.HistoryQuery{Nodes: []store.ID{id}})
	b.must(err)
	text := ""
	for _, c := range page.Changes {
		text += fmt.Sprintf("%d:", c.Revision)
		for _, e := range c.Effects {
			name := string(e.Node)
			if e.Node == "" {
				name = fmt.Sprintf("%s>%s", e.Edge.From, e.Edge.To)
			}
			text += fmt.Sprintf(" %s %s", e.Verb(), name)
		}
		text += "; "
	}
	if page.Cut {
		text += "cut"
	}
	b.equal(text, want)
}

func (b *bench) revisionAt(t time.Time, want store.Revision) {
	b.Helper()
	got, err := b.RevisionAt(b.ctx, t)
	b.must(err)
	b.equal(got, want)
}

func (b *bench) oldest() store.Revision {
	b.Helper()
	oldest, err := b.Oldest(b.ctx)
	b.must(err)
	return oldest
}
