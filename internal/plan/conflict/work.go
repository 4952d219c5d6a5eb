// Package conflict finds what does not go together in a plan (H6): work that
// overlaps in time and touches the same or depending items, meets at a site or
// needs the same person, and work outside maintenance windows or in a freeze.
// Its time grows with what overlaps, its memory with what it answers. It is
// pure.
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

// Work is a planned change or deployment, or the booking of a test environment.
type Work struct {
	// Key tells the work from all other, and orders answers.
	Key  string
	When domain.TimeRange
	// Items are what it touches, Sites where it takes place.
	Items, Sites []Node
	// Person is who carries it out, by a name that is spelt in one way; empty: not
	// known.
	Person string
	// Anytime says that it disturbs nothing: it needs no maintenance window.
	Anytime bool
	// Deployment is the key of the one that it is part of, empty: of none. What is part of
	// the same one was planned together.
	Deployment string
	// Requests are the keys of those that it carries out, which are not in its way.
	Requests []string

	within []Node // Sites, and all that they are part of
}

// together reports whether two pieces of work are one undertaking: parts of one
// deployment, or a request and what carries it out.
func (w *Work) together(o *Work) bool {
	return w.Deployment != "" && w.Deployment == o.Deployment || slices.Contains(w.Requests, o.Key) || slices.Contains(o.Requests, w.Key)
}

// excepted reports whether the work is excepted from a freeze: itself, or all the requests
// that it carries out.
func (w *Work) excepted(except map[string]bool) bool {
	return except[w.Key] || len(w.Requests) > 0 && !slices.ContainsFunc(w.Requests, func(key string) bool { return !except[key] })
}

// distinct is the work with each of its items and sites once, in order.
func (w Work) distinct() Work {
	w.Items, w.Sites = distinct(w.Items), distinct(w.Sites)
	return w
}

// Plan is work in the order of its beginning.
type Plan struct {
	g     *Graph
	given []Work
	works []Work // the same, distinct
	// ends tells, by place, up to which place later work begins before this ends.
	ends []int
	// layers make it quick to tell what depends on what; nil: not sorted yet.
	layers *Layers
}

// New makes a plan of the work that lasts at all. Its order is Plan.Works.
func New(g *Graph, works []Work) *Plan {
	p := &Plan{g: g, given: slices.DeleteFunc(slices.Clone(works), func(w Work) bool { return w.When.Empty() })}
	slices.SortFunc(p.given, func(a, b Work) int {
		return cmp.Or(a.When.From.Compare(b.When.From), strings.Compare(a.Key, b.Key))
	})
	p.works, p.ends = make([]Work, len(p.given)), make([]int, len(p.given))
	for i, w := range p.given {
		p.works[i] = w.distinct()
		p.works[i].within = within(g, w.Sites)
	}
	for i := range p.works {
		later := p.works[i+1:]
		p.ends[i] = i + 1 + sort.Search(len(later), func(n int) bool { return !later[n].When.From.Before(p.works[i].When.To) })
	}
	return p
}

// Use gives the plan the order of its estate, so that each question about a
// single piece of work is answered at once.
func (p *Plan) Use(l *Layers) { p.layers = l }

// With is the plan with one more piece of work, or with another of its key.
func (p *Plan) With(w Work) *Plan {
	others := slices.DeleteFunc(slices.Clone(p.given), func(o Work) bool { return o.Key == w.Key })
	with := New(p.g, append(others, w))
	with.layers = p.layers
	return with
}

// Works lists the work by the places that conflicts name.
func (p *Plan) Works() []Work { return p.given }

// Span is a range and all work that reaches out of it.
func (p *Plan) Span(r domain.TimeRange) domain.TimeRange {
	for i := range p.works {
		r = r.Span(p.works[i].When)
	}
	return r
}

// place is where the work with a key stands, -1 where there is none.
func (p *Plan) place(key string) int {
	return slices.IndexFunc(p.works, func(w Work) bool { return w.Key == key })
}

func distinct(nodes []Node) []Node {
	if len(nodes) < 2 {
		return nodes
	}
	list := slices.Clone(nodes)
	slices.Sort(list)
	return slices.Compact(list)
}

// common lists what two ordered lists share.
func common(a, b []Node) []Node {
	var shared []Node
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case b[0] < a[0]:
			b = b[1:]
		default:
			shared = append(shared, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return shared
}

// meet reports whether two ordered lists share anything.
func meet(a, b []Node) bool {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case b[0] < a[0]:
			b = b[1:]
		default:
			return true
		}
	}
	return false
}
