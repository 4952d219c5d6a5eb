package storetest

import (
	"fmt"

	"pgregory.net/rapid"

	"releasegraph/internal/store"
)

// testThrough draws a graph with many edges, and asks it by filters that lead
// through two or three relationships.
func testThrough(b *bench) {
	round := 0
	rapid.Check(b.T, func(rt *rapid.T) {
		round++
		start := b.clear()
		r := &rounds{b: b, Store: b.Store, t: rt, model: newReference(start.Revision, start.At), key: fmt.Sprintf("through %d ", round)}
		r.commitSet(set(drawGraph(rt)...))
		for range 2 {
			kind := drawKind(rt)
			r.matching(kind, drawThrough(rt, kind, rapid.IntRange(2, 3).Draw(rt, "relationships")))
		}
		rapid.SampledFrom([]func(){r.pageThrough, r.groupsThrough, r.edgesThrough}).Draw(rt, "question")()
	})
}

// matching asks for all nodes that match.
func (r *rounds) matching(kind string, f store.Filter) {
	q := store.Query{Kind: kind, Filter: f}
	got, err := r.Find(r.b.ctx, q)
	if err != nil {
		r.t.Fatalf("find %+v: %v", q, err)
	}
	want, _ := r.model.find(q, window{})
	r.equal(fmt.Sprintf("find %+v", q), got, want)
}

func (r *rounds) pageThrough() {
	kind := drawKind(r.t)
	r.findBy(kind, drawThrough(r.t, kind, 2))
}

func (r *rounds) groupsThrough() {
	kind := drawKind(r.t)
	r.aggregateBy(kind, drawThrough(r.t, kind, 2))
}

func (r *rounds) edgesThrough() {
	q := drawEdgeQuery(r.t)
	if q.Kind != "" {
		q.Filter = drawThrough(r.t, q.Kind, 2)
	}
	r.edgesBy(q)
}

// drawGraph draws all nodes, and edges between them.
func drawGraph(t *rapid.T) []store.Op {
	var ops []store.Op
	for _, id := range []store.ID{"i1", "i2", "i3", "I6", "p1", "p2", "p3", "l1"} {
		props := drawProps(t, kindOf(id), false)
		delete(props, "serial") // unique, as the key is
		if kindOf(id) != "Label" {
			props["key"] = string(id)
		}
		ops = append(ops, store.CreateNode{ID: id, Kind: kindOf(id), Props: props})
	}
	return append(ops, slice(t, 4, 16, func(t *rapid.T) store.Op {
		k := drawEdgeKey(t)
		return store.PutEdge{EdgeKey: k, Props: drawEdgeProps(t, k)}
	})...)
}
