package storetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
)

// testPast commits random change sets, keeps a copy of the reference model at
// each revision, and then asks the same of the store as of each (rule C4).
func testPast(b *bench) {
	round := 0
	rapid.Check(b.T, func(rt *rapid.T) {
		round++
		start := b.clear()
		r := &rounds{b: b, Store: b.Store, t: rt, model: newReference(start.Revision, start.At), key: fmt.Sprintf("past %d ", round)}
		p := &past{rounds: r, history: asof.New(b.Store, asof.Options{}), copies: map[store.Revision]*reference{}}
		p.keep()
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			p.change()
			p.keep()
		}
		for range 2 {
			revision := rapid.SampledFrom(slices.Sorted(maps.Keys(p.copies))).Draw(rt, "as of")
			p.whole(revision)
			p.ask(revision)
			p.change() // what is kept of the changes since has to follow
			p.keep()
			p.ask(revision)
		}
		p.differences()
		p.inverses()
	})
}

// past is a round with copies of the model taken on the way.
type past struct {
	*rounds
	history *asof.History
	copies  map[store.Revision]*reference
}

// change commits operations of which most succeed, so that much of what exists
// is changed and removed again: some are drawn blindly, the others fit.
func (p *past) change() {
	if rapid.IntRange(0, 4).Draw(p.t, "blindly") == 0 {
		p.commit()
		return
	}
	trial := p.copyOfModel()
	var ops []store.Op
	for _, op := range slice(p.t, 1, 10, func(t *rapid.T) store.Op { return p.drawFitting(t, trial) }) {
		if _, err := trial.commit(set(append(slices.Clone(ops), op)...)); err == nil {
			ops = append(ops, op)
		}
		trial = p.copyOfModel()
	}
	if len(ops) > 0 {
		p.commitSet(set(ops...))
	}
}

// drawFitting draws an operation, as often as not on something that exists.
func (p *past) drawFitting(t *rapid.T, now *reference) store.Op {
	edges := slices.SortedFunc(maps.Keys(now.edges), byKey)
	nodes := slices.Sorted(maps.Keys(now.nodes))
	switch c := rapid.IntRange(0, 7).Draw(t, "fitting"); {
	case c <= 1 && len(edges) > 0:
		return store.RemoveEdge{EdgeKey: rapid.SampledFrom(edges).Draw(t, "edge")}
	case c == 2 && len(edges) > 0:
		k := rapid.SampledFrom(edges).Draw(t, "edge")
		return store.PutEdge{EdgeKey: k, Props: drawEdgeProps(t, k)}
	case c == 3 && len(nodes) > 0:
		return store.RemoveNode{ID: rapid.SampledFrom(nodes).Draw(t, "node")}
	case c == 4 && len(nodes) > 0:
		id := rapid.SampledFrom(nodes).Draw(t, "node")
		return store.UpdateNode{ID: id, Set: drawProps(t, now.nodes[id].Kind, true)}
	}
	return drawOp(t)
}

func (p *past) keep() { p.copies[p.model.head] = p.copyOfModel() }

// reading is the history that keeps what it learnt, or one that knows nothing
// yet and asks nodes for their own.
func (p *past) reading() *asof.History {
	if rapid.Bool().Draw(p.t, "anew") {
		return asof.New(p.b.Store, asof.Options{Few: 1})
	}
	return p.history
}

// then is the round as of a revision: the copy, and the store's answers.
func (p *past) then(revision store.Revision) *rounds {
	r := *p.rounds
	r.model = p.copies[revision]
	r.Store = readsAs{p.reading().At(revision), p.Store}
	return &r
}

// readsAs is a store whose reads are those of another time.
type readsAs struct {
	store.Reader
	writes
}

// writes is what a Store has beside a Reader.
type writes interface {
	Commit(ctx context.Context, cs store.Changeset) (store.Change, error)
	Preview(ctx context.Context, cs store.Changeset) (store.Change, error)
	Head(ctx context.Context) (store.Revision, error)
	Settled(ctx context.Context) (store.Revision, error)
	Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error)
	Undo(ctx context.Context, after store.Revision, limit int) ([]store.Change, error)
	Heads(ctx context.Context, after store.Revision, limit int) ([]store.Change, error)
	Effects(ctx context.Context, q ...store.EffectQuery) ([]store.EffectPage, error)
	Await(ctx context.Context, after store.Revision) (store.Revision, error)
	Compact(ctx context.Context, through store.Revision) error
	IndexOpen(ctx context.Context, kind string, properties []string) error
	Close(ctx context.Context) error
}

// ask asks questions as of a revision.
func (p *past) ask(revision store.Revision) {
	r := p.then(revision)
	questions := []func(){r.find, r.edges, r.walk, r.aggregate, r.between, r.history, r.lookup, r.search}
	for range 2 {
		rapid.SampledFrom(questions).Draw(p.t, "question as of then")()
	}
}

// whole compares the whole graph as of a revision.
func (p *past) whole(revision store.Revision) {
	p.then(revision).graph()
}

// differences applies what differs between two revisions to the copy of one,
// which has to become the copy of the other.
func (p *past) differences() {
	all := slices.Sorted(maps.Keys(p.copies))
	from, to := rapid.SampledFrom(all).Draw(p.t, "from"), rapid.SampledFrom(all).Draw(p.t, "to")
	d, err := p.history.Diff(p.b.ctx, from, to)
	if err != nil {
		p.t.Fatalf("from %d to %d: %v", from, to, err)
	}
	effects, err := d.Where(p.b.ctx, func(*store.Effect) bool { return true })
	if err != nil {
		p.t.Fatalf("from %d to %d: %v", from, to, err)
	}
	for i, e := range effects {
		h := d.Head(i)
		if h.Node != e.Node || h.Kind != e.Kind || h.Edge != e.Edge || h.Verb() != e.Verb() || d.Verb(i) != e.Verb() {
			p.t.Fatalf("from %d to %d: %s is headed %s", from, to, describe(e), describe(h))
		}
	}
	g := p.copies[from].clone()
	for _, e := range effects {
		g.apply(e)
	}
	p.equal(fmt.Sprintf("%d turned into %d by %s", from, to, describe(effects)), g.text(), p.copies[to].text())
}

// inverses undoes the log from the head down.
func (p *past) inverses() {
	g := p.model.clone()
	for _, c := range slices.Backward(p.model.log) {
		for _, e := range c.Inverse().Effects {
			g.apply(e)
		}
		if copied := p.copies[c.Revision-1]; copied != nil {
			p.equal(fmt.Sprintf("%d undone by %s", c.Revision, describe(c.Inverse())), g.text(), copied.text())
		}
	}
}

func (r *reference) clone() *reference {
	return &reference{nodes: maps.Clone(r.nodes), edges: maps.Clone(r.edges)}
}

// apply brings in an effect that says what times it leaves.
func (r *reference) apply(e store.Effect) {
	if e.Node == "" {
		if e.Verb() == store.Removed {
			delete(r.edges, e.Edge)
			return
		}
		r.edges[e.Edge] = store.Edge{EdgeKey: e.Edge, Version: e.Version, Props: changed(r.edges[e.Edge].Props, e)}
		return
	}
	if e.Verb() == store.Removed {
		delete(r.nodes, e.Node)
		return
	}
	r.nodes[e.Node] = store.Node{
		ID: e.Node, Kind: e.Kind, Version: e.Version, CreatedAt: e.Becomes.CreatedAt, UpdatedAt: e.Becomes.UpdatedAt,
		Props: changed(r.nodes[e.Node].Props, e),
	}
}

func changed(props store.Props, e store.Effect) store.Props {
	next := store.Props{}
	maps.Copy(next, props)
	for name := range e.Before {
		delete(next, name)
	}
	maps.Copy(next, e.After)
	return next
}

// text writes the whole graph.
func (r *reference) text() string {
	var all []string
	for _, n := range r.nodes {
		all = append(all, describe(n))
	}
	for _, e := range r.edges {
		all = append(all, describe(e))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}
