package storetest

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
	"releasegraph/internal/store/scoped"
)

// testScoped commits random change sets, draws what is seen of them, and asks
// the same of a scoped reader and of a model that holds no more than that: no
// answer, count or page may tell of what is not seen. Half of the questions are
// about an earlier revision.
func testScoped(b *bench) {
	round := 0
	rapid.Check(b.T, func(rt *rapid.T) {
		round++
		start := b.clear()
		r := &rounds{b: b, Store: b.Store, t: rt, model: newReference(start.Revision, start.At), key: fmt.Sprintf("scoped %d ", round)}
		p := &past{rounds: r, history: asof.New(b.Store, asof.Options{}), copies: map[store.Revision]*reference{}}
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			p.change()
			p.keep()
		}
		for range 3 {
			p.scoped().askScoped()
		}
	})
}

func (r *rounds) askScoped() {
	questions := []func(){r.find, r.edges, r.walk, r.aggregate, r.between, r.history, r.lookup, r.search, r.graph}
	for range 3 {
		rapid.SampledFrom(questions).Draw(r.t, "scoped question")()
	}
}

// scoped is the round within a scope, as of now or as of then.
func (p *past) scoped() *rounds {
	scope := drawScope(p.t)
	r, whole := *p.rounds, p.model
	var beneath store.Reader = p.Store
	if rapid.Bool().Draw(p.t, "as of then") {
		revision := rapid.SampledFrom(slices.Sorted(maps.Keys(p.copies))).Draw(p.t, "as of")
		beneath, whole = p.reading().At(revision), p.copies[revision]
	}
	r.model = whole.within(scope)
	r.Store = readsAs{scoped.New(beneath, scoped.Fixed(scope)), p.Store}
	r.oneKind = true
	return &r
}

func drawScope(t *rapid.T) scoped.Scope {
	s := scoped.Scope{}
	for _, kind := range []string{"Item", "Place", "Label"} {
		switch rapid.IntRange(0, 4).Draw(t, "seen of "+kind) {
		case 0:
			s[kind] = scoped.Rule{All: true}
		case 1: // none
		default:
			s[kind] = scoped.Rule{Filter: drawSome(t, kind, 2)}
		}
	}
	return s
}

// within is the model of what is seen.
func (r *reference) within(s scoped.Scope) *reference {
	part := &reference{head: r.head, at: r.at, nodes: map[store.ID]store.Node{}, edges: map[store.EdgeKey]store.Edge{}}
	for id, n := range r.nodes {
		if rule := s[n.Kind]; rule.All || rule.Filter != nil && r.matches(n, rule.Filter) {
			part.nodes[id] = n
		}
	}
	for k, e := range r.edges {
		_, from := part.nodes[k.From]
		if _, to := part.nodes[k.To]; from && to {
			part.edges[k] = e
		}
	}
	for _, c := range r.log {
		c.Effects = slices.DeleteFunc(slices.Clone(c.Effects), func(e store.Effect) bool { return !part.sees(s, e) })
		part.log = append(part.log, c)
	}
	return part
}

// sees tells whether an effect is seen: of what has gone, where all of its kind
// is.
func (r *reference) sees(s scoped.Scope, e store.Effect) bool {
	end := func(id store.ID, kinds ...string) bool {
		_, seen := r.nodes[id]
		return seen || !slices.ContainsFunc(kinds, func(k string) bool { return !s[k].All })
	}
	if e.Node != "" {
		return end(e.Node, e.Kind)
	}
	ends := map[string][2][]string{
		"NEEDS": {{"Item"}, {"Item"}}, "AT": {{"Item"}, {"Place", "Label"}}, "WITHIN": {{"Place"}, {"Place"}},
	}[e.Edge.Rel]
	return end(e.Edge.From, ends[0]...) && end(e.Edge.To, ends[1]...)
}
