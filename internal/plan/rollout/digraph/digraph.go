// Package digraph holds directed graphs of dense nodes as two arrays: a roll-out to
// ten thousand sites has millions of arcs.
package digraph

import (
	"context"
	"slices"

	"releasegraph/internal/plan/cycle"
)

// Graph is a directed graph of nodes 0 to Len()-1. The zero value has none.
type Graph struct {
	start []int32 // where each node's arcs begin
	to    []int32
}

// Len counts the nodes.
func (g *Graph) Len() int { return max(0, len(g.start)-1) }

// Arcs counts the arcs.
func (g *Graph) Arcs() int { return len(g.to) }

// Out lists the nodes to which a node has arcs. The slice must not be changed.
func (g *Graph) Out(v int32) []int32 { return g.to[g.start[v]:g.start[v+1]] }

// Components returns the number of each node's strongly connected component, and
// how many there are. A component has a higher number than all to which its nodes
// have arcs.
func (g *Graph) Components(ctx context.Context) ([]int32, int, error) {
	return cycle.Numbers(ctx, g.Len(), func(v int32, i int) (int32, bool) {
		at := g.start[v] + int32(i)
		if at == g.start[v+1] {
			return 0, false
		}
		return g.to[at], true
	})
}

// Reverse returns the graph with each arc turned round.
func (g *Graph) Reverse() *Graph {
	b := Builder{size: g.Len(), from: make([]int32, 0, len(g.to)), to: make([]int32, 0, len(g.to))}
	for v := range int32(g.Len()) {
		for _, w := range g.Out(v) {
			b.Add(w, v)
		}
	}
	return b.Graph()
}

// Builder gathers the arcs of a graph.
type Builder struct {
	size     int
	from, to []int32
}

// New begins a graph of so many nodes.
func New(size int) *Builder { return &Builder{size: size} }

// Node adds a node, and returns it.
func (b *Builder) Node() int32 {
	b.size++
	return int32(b.size - 1)
}

// Len counts the nodes so far.
func (b *Builder) Len() int { return b.size }

// Add adds an arc.
func (b *Builder) Add(from, to int32) {
	b.from = append(b.from, from)
	b.to = append(b.to, to)
}

// Graph ends the gathering. The arcs of a node keep the order in which they were
// added. The Builder must not be used afterwards.
func (b *Builder) Graph() *Graph {
	g := &Graph{start: make([]int32, b.size+1), to: make([]int32, len(b.to))}
	for _, v := range b.from {
		g.start[v+1]++
	}
	for v := range b.size {
		g.start[v+1] += g.start[v]
	}
	next := slices.Clone(g.start)
	for i, v := range b.from {
		g.to[next[v]] = b.to[i]
		next[v]++
	}
	b.from, b.to = nil, nil
	return g
}

// Unique ends the gathering of a graph whose arcs are sorted, each once.
func (b *Builder) Unique() *Graph {
	g := b.Graph()
	kept := int32(0)
	for v := range int32(g.Len()) {
		from, to := g.start[v], g.start[v+1]
		list := g.to[from:to]
		slices.Sort(list)
		g.start[v] = kept
		for i, w := range list {
			if i == 0 || w != g.to[kept-1] {
				g.to[kept] = w
				kept++
			}
		}
	}
	g.start[g.Len()] = kept
	g.to = g.to[:kept]
	return g
}
