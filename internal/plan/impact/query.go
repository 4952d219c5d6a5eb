// Package impact tells what is hurt when some items fail, or what they need
// (DOMAIN section 3, I2 to I9). It works on a graph in memory and knows no
// store.
package impact

import (
	"context"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
)

// Graph is the estate as an analysis sees it.
type Graph = adjacency.Graph[domain.Facts, domain.Link]

// Node numbers a node of a Graph.
type Node = adjacency.Node

// Query says what to analyse (I2). Empty lists limit nothing.
type Query struct {
	// Sources fail fully. They are no hits themselves, also when they depend
	// on one another.
	Sources []Node
	// Dependencies looks at what the sources need instead of who needs them. A
	// need is as strong as its loss alone would hurt a source; those whose loss
	// alone hurts none are counted, and are no hits.
	Dependencies bool
	// IgnoreRedundancy counts every dependency as a plain one (I5).
	IgnoreRedundancy bool
	// Kinds, Environment and StopAt bound the spread: it passes only along
	// dependencies of these kinds, enters only items of this environment, and
	// goes no further than these items. Sources always spread. None of the
	// three changes how many members a redundancy group has.
	Kinds       []domain.DependencyKind
	Environment domain.Environment
	StopAt      []Node
	// Excluded are never hit, whatever the analysis finds, and so pass nothing
	// on either (I10).
	Excluded []Node
	// MaxDepth leaves deeper hits out of the answer, not out of the analysis,
	// so that it changes no strength; 0: no limit.
	MaxDepth int
	// Sites, when not nil, lists only hits installed at one of them.
	Sites []Node
	// Sees, when not nil, tells which items and sites may be told of. What is
	// hurt by way of others is told; these are counted, and not named.
	Sees func(Node) bool
}

// sees tells whether a node may be told of.
func (q *Query) sees(n Node) bool { return q.Sees == nil || q.Sees(n) }

// Analyse makes the analysis. Its cost follows what is reached, not the size
// of the graph. Same graph and query give the same answer. It stops when its
// context ends.
func Analyse(ctx context.Context, g *Graph, q Query) (*Result, error) {
	s := newSpread(ctx, g, q)
	defer s.release()
	for _, n := range q.Sources {
		s.source(n)
	}
	if err := s.run(); err != nil {
		return nil, err
	}
	if len(s.list) > 0 {
		if err := s.measure(); err != nil {
			return nil, err
		}
	}
	if q.Dependencies && !q.IgnoreRedundancy {
		if err := s.weigh(ctx); err != nil {
			return nil, err
		}
	}
	return newResult(s)
}

// near lists the arcs along which the analysis spreads from a node.
func (q *Query) near(g *Graph, n Node) []adjacency.Arc {
	if q.Dependencies {
		return g.Out(n)
	}
	return g.In(n)
}

// back lists the arcs along which the analysis came to a node.
func (q *Query) back(g *Graph, n Node) []adjacency.Arc {
	if q.Dependencies {
		return g.In(n)
	}
	return g.Out(n)
}
