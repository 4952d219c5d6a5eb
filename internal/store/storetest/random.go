package storetest

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"releasegraph/internal/store"
)

// testRandom commits random change sets and asks random questions of the store
// and of the reference model, which have to agree. One store serves all rounds;
// it is emptied between them.
func testRandom(b *bench) {
	b.must(b.IndexOpen(b.ctx, "Item", []string{"attributes.tier"})) // another is not indexed
	round := 0
	rapid.Check(b.T, func(rt *rapid.T) {
		round++
		start := b.clear()
		r := &rounds{b: b, Store: b.Store, t: rt, model: newReference(start.Revision, start.At), key: fmt.Sprintf("round %d ", round)}
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			r.commit()
			for range 4 {
				r.ask()
			}
		}
		r.state()
	})
}

// clear removes everything, edges first.
func (b *bench) clear() store.Change {
	b.Helper()
	var edges, nodes []store.Op
	_, err := b.Scan(b.ctx, store.Scan{}, func(batch store.Batch) error {
		for _, e := range batch.Edges {
			edges = append(edges, store.RemoveEdge{EdgeKey: e.EdgeKey})
		}
		for _, n := range batch.Nodes {
			nodes = append(nodes, store.RemoveNode{ID: n.ID})
		}
		return nil
	})
	b.must(err)
	return b.commit(append(edges, nodes...)...)
}

// rounds is one check: the store, the model and rapid's dice.
type rounds struct {
	b *bench
	store.Store
	t     *rapid.T
	model *reference
	key   string
	// oneKind asks for pages of edges to one kind at a time.
	oneKind bool
}

func (r *rounds) equal(what string, got, want any) {
	if g, w := describe(got), describe(want); g != w {
		r.t.Fatalf("%s\ngot\n%s\nwant\n%s", what, g, w)
	}
}

func (r *rounds) commit() {
	cs := set(slice(r.t, 1, 8, drawOp)...)
	cs.Guards = slice(r.t, 0, 2, r.drawGuard)
	r.commitSet(cs)
}

func (r *rounds) commitSet(cs store.Changeset) {
	cs.At = cs.At.Add(1000 * 1000 * 60 * drawnDuration(r.t))
	if rapid.IntRange(0, 4).Draw(r.t, "keyed") == 0 {
		cs.Key = r.key + rapid.SampledFrom([]string{"a", "b"}).Draw(r.t, "key")
	}
	if rapid.Bool().Draw(r.t, "preview first") {
		head := r.model.head
		want, wantErr := r.copyOfModel().commit(cs)
		got, err := r.Preview(r.b.ctx, cs)
		r.compare("preview of "+fmt.Sprintf("%+v", cs), got, err, want, wantErr)
		if now, err := r.Head(r.b.ctx); err != nil || now != head {
			r.t.Fatalf("a preview moved the head from %d to %d (%v)", head, now, err)
		}
	}
	want, wantErr := r.model.commit(cs)
	got, err := r.Commit(r.b.ctx, cs)
	r.compare(fmt.Sprintf("commit of %+v", cs), got, err, want, wantErr)
}

func (r *rounds) copyOfModel() *reference {
	c := *r.model
	c.log = slices.Clone(c.log)
	return &c
}

func (r *rounds) compare(what string, got store.Change, err error, want store.Change, wantErr error) {
	switch {
	case (err == nil) != (wantErr == nil):
		r.t.Fatalf("%s: error %v, want %v", what, err, wantErr)
	case err != nil:
		r.equal(what, err, wantErr)
	default:
		r.equal(what, got, want)
	}
}

// state compares the whole graph and the log.
func (r *rounds) state() {
	r.graph()
	changes, err := r.Changes(r.b.ctx, r.model.head-store.Revision(len(r.model.log)), 100)
	if err != nil {
		r.t.Fatal(err)
	}
	r.equal("changes", changes, r.model.log)
}

// graph compares the whole graph, as it is scanned and as its rows are.
func (r *rounds) graph() {
	var scanned store.Batch
	revision, err := r.Scan(r.b.ctx, store.Scan{}, func(batch store.Batch) error {
		scanned.Nodes, scanned.Edges = append(scanned.Nodes, batch.Nodes...), append(scanned.Edges, batch.Edges...)
		return nil
	})
	r.whole("scan", scanned, revision, err)
	rows, revision, err := scanRows(r.b.ctx, r.Store, store.Scan{})
	r.whole("rows", rows, revision, err)
}

// whole compares what is said to be the whole graph.
func (r *rounds) whole(what string, got store.Batch, revision store.Revision, err error) {
	if err != nil || revision != r.model.head {
		r.t.Fatalf("%s as of %d (%v), want %d", what, revision, err, r.model.head)
	}
	var want store.Batch
	for _, n := range r.model.nodes {
		want.Nodes = append(want.Nodes, n)
	}
	for _, e := range r.model.edges {
		want.Edges = append(want.Edges, e)
	}
	r.equal(what, sorted(got), sorted(want))
}

// sorted describes all that a batch has, in order.
func sorted(b store.Batch) string {
	var list []string
	for _, n := range b.Nodes {
		list = append(list, describe(n))
	}
	for _, e := range b.Edges {
		list = append(list, describe(e))
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

// lookup finds nodes by their keys.
func (r *rounds) lookup() {
	keys := slice(r.t, 0, 3, func(t *rapid.T) string { return drawValue(t, store.String).(string) })
	kind := sample(r.t, "kind", "Item", "Place")
	got, err := r.Lookup(r.b.ctx, kind, "key", keys...)
	if err != nil {
		r.t.Fatal(err)
	}
	want := map[string]store.Node{}
	for _, n := range r.model.nodes {
		if key, ok := n.Props["key"].(string); ok && n.Kind == kind && slices.Contains(keys, key) {
			want[key] = n
		}
	}
	text := func(m map[string]store.Node) (all []store.Node) {
		for _, key := range slices.Sorted(keysOf(m)) {
			all = append(all, m[key])
		}
		return all
	}
	r.equal(fmt.Sprintf("lookup %q", keys), text(got), text(want))
}

// history asks for a page of the history of some nodes.
func (r *rounds) history() {
	q := store.HistoryQuery{Nodes: slice(r.t, 1, 6, drawID), First: rapid.IntRange(0, 3).Draw(r.t, "first")}
	first := r.model.head - store.Revision(len(r.model.log)) + 1 // older rounds are not in the model
	if rapid.Bool().Draw(r.t, "before") {
		q.Before = store.Revision(rapid.Int64Range(int64(first), int64(r.model.head)+1).Draw(r.t, "before"))
	}
	pages, err := r.History(r.b.ctx, q)
	if err != nil || len(pages) != len(q.Nodes) {
		r.t.Fatalf("history %+v: %d pages, %v", q, len(pages), err)
	}
	for i, id := range q.Nodes {
		got := slices.DeleteFunc(pages[i].Changes, func(c store.Change) bool { return c.Revision < first })
		one := q
		one.Nodes = []store.ID{id}
		r.equal(fmt.Sprintf("history of %s in %+v", id, q), got, r.model.history(one))
	}
}

func (r *rounds) ask() {
	questions := []func(){r.find, r.edges, r.walk, r.aggregate, r.between, r.history, r.lookup, r.search}
	rapid.SampledFrom(questions).Draw(r.t, "question")()
}

// find asks for a page, and then for one beside or between its nodes.
func (r *rounds) find() {
	kind := drawKind(r.t)
	r.findBy(kind, drawFilter(r.t, kind, 2))
}

// findBy does so with a filter.
func (r *rounds) findBy(kind string, f store.Filter) {
	q := store.Query{Kind: kind, Order: drawOrder(r.t, kind), Filter: f}
	count, err := r.Count(r.b.ctx, q.Kind, q.Filter)
	all, rows := r.model.find(q, window{})
	if err != nil || int(count) != len(all.Nodes) {
		r.t.Fatalf("count of %+v: %d (%v), want %d", q, count, err, len(all.Nodes))
	}
	page, err := r.Find(r.b.ctx, q)
	if err != nil {
		r.t.Fatalf("find %+v: %v", q, err)
	}
	r.equal(fmt.Sprintf("find %+v", q), page, all)
	var w window
	w.first, w.last = drawLimits(r.t)
	q.First, q.Last = w.first, w.last
	if i := r.position(len(rows), "after"); i >= 0 {
		w.after, q.After = &rows[i], page.Cursors[i]
	}
	if i := r.position(len(rows), "before"); i >= 0 {
		w.before, q.Before = &rows[i], page.Cursors[i]
	}
	want, _ := r.model.find(q, w)
	got, err := r.Find(r.b.ctx, q)
	if err != nil || len(got.Cursors) != len(got.Nodes) {
		r.t.Fatalf("find %+v: %v", q, err)
	}
	r.equal(fmt.Sprintf("find %+v", q), got, want)
}

// position draws an index, or -1 for none.
func (r *rounds) position(length int, label string) int {
	return rapid.IntRange(-1, length-1).Draw(r.t, label)
}

func (r *rounds) edges() { r.edgesBy(drawEdgeQuery(r.t)) }

func (r *rounds) edgesBy(q store.EdgeQuery) {
	if r.oneKind && q.Rel == "AT" && q.Direction == store.Out && q.Kind == "" {
		q.Kind = "Label"
	}
	w := window{}
	w.first, w.last = drawLimits(r.t)
	bare := q
	bare.Nodes = q.Nodes[:1]
	all, rows := r.model.edgePage(bare, q.Nodes[0], window{})
	pages, err := r.Edges(r.b.ctx, bare)
	if err != nil {
		r.t.Fatalf("edges %+v: %v", bare, err)
	}
	r.equal(fmt.Sprintf("edges %+v", bare), pages[0], all)
	q.First, q.Last = w.first, w.last
	if i := r.position(len(rows), "after"); i >= 0 {
		w.after, q.After = &rows[i], pages[0].Cursors[i]
	}
	if i := r.position(len(rows), "before"); i >= 0 {
		w.before, q.Before = &rows[i], pages[0].Cursors[i]
	}
	want := make([]store.EdgePage, len(q.Nodes))
	counts := make([]int64, len(q.Nodes))
	for i, id := range q.Nodes {
		want[i], _ = r.model.edgePage(q, id, w)
		whole, _ := r.model.edgePage(q, id, window{})
		counts[i] = int64(len(whole.Edges))
	}
	got, err := r.Edges(r.b.ctx, q)
	if err != nil {
		r.t.Fatalf("edges %+v: %v", q, err)
	}
	r.equal(fmt.Sprintf("edges %+v", q), got, want)
	counted, err := r.CountEdges(r.b.ctx, q)
	if err != nil {
		r.t.Fatalf("count edges %+v: %v", q, err)
	}
	r.equal(fmt.Sprintf("count edges %+v", q), counted, counts)
}

func (r *rounds) walk() {
	w := store.Walk{
		Roots:     slice(r.t, 1, 3, drawID),
		Rels:      slice(r.t, 0, 3, func(t *rapid.T) string { return sample(t, "rel", "NEEDS", "AT", "WITHIN") }),
		Direction: drawDirection(r.t),
		Depth:     rapid.IntRange(0, 3).Draw(r.t, "depth"),
		Limit:     rapid.IntRange(0, 5).Draw(r.t, "limit"),
	}
	got, err := r.Walk(r.b.ctx, w)
	if err != nil {
		r.t.Fatalf("walk %+v: %v", w, err)
	}
	want := r.model.walk(w)
	slices.SortFunc(got.Edges, func(a, b store.Edge) int { return byKey(a.EdgeKey, b.EdgeKey) })
	slices.SortFunc(want.Edges, func(a, b store.Edge) int { return byKey(a.EdgeKey, b.EdgeKey) })
	r.equal(fmt.Sprintf("hits of %+v", w), fmt.Sprint(got.Hits, got.Truncated), fmt.Sprint(want.Hits, want.Truncated))
	r.equal(fmt.Sprintf("edges of %+v", w), got.Edges, want.Edges)
}

func (r *rounds) aggregate() {
	kind := drawKind(r.t)
	r.aggregateBy(kind, drawFilter(r.t, kind, 1))
}

// aggregateBy does so with a filter.
func (r *rounds) aggregateBy(kind string, f store.Filter) {
	by := rapid.SliceOfNDistinct(rapid.SampledFrom(sortable(kind)), 0, 3, func(s string) string { return s }).Draw(r.t, "by")
	a := store.Aggregation{Kind: kind, By: by, Filter: f, AtLeast: rapid.Int64Range(0, 3).Draw(r.t, "atLeast")}
	got, err := r.Aggregate(r.b.ctx, a)
	if err != nil {
		r.t.Fatalf("aggregate %+v: %v", a, err)
	}
	r.equal(fmt.Sprintf("aggregate %+v", a), got, r.model.aggregate(a))
}

// between asks for nodes and edges by their names.
func (r *rounds) between() {
	ids := slice(r.t, 0, 4, drawID)
	nodes, err := r.Nodes(r.b.ctx, ids...)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, id := range ids {
		want, ok := r.model.nodes[id]
		if got, found := nodes[id]; found != ok || ok && describe(got) != describe(want) {
			r.t.Fatalf("node %s: %s, want %s", id, describe(got), describe(want))
		}
	}
	keys := slice(r.t, 0, 4, drawEdgeKey)
	edges, err := r.EdgesBetween(r.b.ctx, keys...)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, k := range keys {
		want, ok := r.model.edges[k]
		if got, found := edges[k]; found != ok || ok && describe(got) != describe(want) {
			r.t.Fatalf("edge %v: %s, want %s", k, describe(got), describe(want))
		}
	}
}
