// Package conflict finds what does not go together in a plan (H6): work that
// overlaps in time and touches the same or depending items, meets at a site or
// needs the same person, and work outside maintenance windows or in a freeze.
// Its time grows with what overlaps. It is pure.
package conflict

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
)

// Graph is the estate as the search sees it.
type Graph = adjacency.Graph[domain.Facts, domain.Link]

// Node numbers a node of a Graph.
type Node = adjacency.Node

// Work is a planned change or deployment.
type Work struct {
	// Key tells the work from all other, and orders answers.
	Key  string
	When domain.TimeRange
	// Items are what it touches, Sites where it takes place.
	Items, Sites []Node
	// Person is who carries it out, empty: not known.
	Person string
}

// Conflict is one thing that does not go together (H6). Two pieces of work have
// at most one conflict of each kind, and none of DEPENDENCY beside DIRECT,
// which says more.
type Conflict struct {
	Kind domain.ConflictKind
	// A and B are the two sides, as places among the work; A begins first. B is
	// -1 where the other side is windows.
	A, B int
	// Overlap is when both sides meet; of work outside its windows, when it is
	// first outside.
	Overlap domain.TimeRange
	// Items and Sites are those that both sides share or, beside windows, those
	// to which the windows apply; by key.
	Items, Sites []Node
	// Windows are the other side, as places among windows (OUTSIDE_WINDOW: none
	// of them is open all the time) or among freezes (FREEZE: one).
	Windows []int

	depends uint8 // which side depends on which
}

const (
	aOnB uint8 = 1 << iota
	bOnA
)

// Plan is work in the order of its beginning.
type Plan struct {
	g     *Graph
	works []Work
	// ends tells, by place, up to which place later work begins before this ends.
	ends []int
	// layers make it quick to tell what depends on what; nil: not sorted yet.
	layers *Layers
}

// New makes a plan of the work that lasts at all. Its order is Plan.Works.
func New(g *Graph, works []Work) *Plan {
	p := &Plan{g: g, works: slices.DeleteFunc(slices.Clone(works), func(w Work) bool { return w.When.Empty() })}
	slices.SortFunc(p.works, func(a, b Work) int {
		return cmp.Or(a.When.From.Compare(b.When.From), strings.Compare(a.Key, b.Key))
	})
	p.ends = make([]int, len(p.works))
	for i := range p.works {
		later := p.works[i+1:]
		p.ends[i] = i + 1 + sort.Search(len(later), func(n int) bool { return !later[n].When.From.Before(p.works[i].When.To) })
	}
	return p
}

// Prepare sorts the estate, so that each question about a single piece of work
// is answered at once. The plan must not be in use meanwhile.
func (p *Plan) Prepare() {
	if p.layers == nil {
		p.layers = NewLayers(p.g)
	}
}

// Use gives the plan the order of its estate, where it is known.
func (p *Plan) Use(l *Layers) { p.layers = l }

// With is the plan with one more piece of work, or with another of its key.
func (p *Plan) With(w Work) *Plan {
	others := slices.DeleteFunc(slices.Clone(p.works), func(o Work) bool { return o.Key == w.Key })
	with := New(p.g, append(others, w))
	with.layers = p.layers
	return with
}

// Works lists the work by the places that conflicts name.
func (p *Plan) Works() []Work { return p.works }

// All finds every conflict between two pieces of work: by time, then by key.
func (p *Plan) All() []Conflict {
	f := p.finder()
	for i := range p.works {
		f.enter(i)
	}
	f.depending()
	return f.sorted()
}

// Of finds the conflicts of the piece of work with a key: nothing else is
// looked at than what overlaps it.
func (p *Plan) Of(key string) []Conflict {
	at := slices.IndexFunc(p.works, func(w Work) bool { return w.Key == key })
	if at < 0 {
		return nil
	}
	f := p.finder()
	var others []int
	for i := range p.works {
		if i != at && p.works[i].When.Overlaps(p.works[at].When) {
			others = append(others, i)
			f.compare(min(i, at), max(i, at))
		}
	}
	f.dependingOn(at, others)
	return f.sorted()
}
