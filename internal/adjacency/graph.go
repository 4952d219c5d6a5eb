// Package adjacency holds a property graph as arrays: nodes are dense numbers,
// each with the arcs that leave and enter it. A Graph never changes; an Editor
// makes the next one and shares with it all pages that it did not touch. So a
// reader may take as long as it likes, a hypothetical graph costs only what it
// changes, and the past can be rebuilt by undoing changes.
//
// F is what is known of a node, L of an arc. Equal Ls are kept once.
package adjacency

import (
	"encoding/binary"
	"reflect"
)

// Node numbers a node of a Graph and of all Graphs edited from it.
type Node = int32

// Arc is one direction of an edge: the node at the other end, and the number of
// its label (see Graph.Label).
type Arc struct {
	Node  Node
	Label int32
}

const (
	pageBits = 8
	pageSize = 1 << pageBits
	pageMask = pageSize - 1
)

type page[F any] struct {
	out, in [pageSize][]Arc
	facts   [pageSize]F
	live    [pageSize]bool
	ids     [pageSize]string
	keys    [pageSize]string
	heads   [pageSize]uint64 // of the keys
}

// Graph is an immutable graph. The zero value is not usable; see New.
type Graph[F any, L comparable] struct {
	pages    []*page[F]
	size     Node // numbers in use, those of removed nodes included
	live     int
	arcs     int
	text     int // bytes of all ids and keys
	labels   []L
	names    *dictionary[string]
	labelIDs *dictionary[L]
	revision int64
}

// New returns an empty graph.
func New[F any, L comparable]() *Graph[F, L] {
	return &Graph[F, L]{names: newDictionary[string](), labelIDs: newDictionary[L]()}
}

// Size is one more than the highest node number. Scratch arrays of this length
// can be indexed by any node of the graph.
func (g *Graph[F, L]) Size() int { return int(g.size) }

// Len counts the nodes.
func (g *Graph[F, L]) Len() int { return g.live }

// Arcs counts the edges.
func (g *Graph[F, L]) Arcs() int { return g.arcs }

// Bytes estimates the memory that the graph takes, were it the only one of its
// line. What a line has added and removed since it was built is counted only
// roughly.
func (g *Graph[F, L]) Bytes() int64 {
	const (
		name = 40 // of a hash table's entry that maps an id to its number
		arc  = 2 * 8
	)
	page := int64(reflect.TypeFor[page[F]]().Size())
	label := 2 * int64(reflect.TypeFor[L]().Size())
	return int64(len(g.pages))*(page+8) + int64(g.size)*name + int64(g.arcs)*arc + int64(g.text) + int64(len(g.labels))*label
}

// Revision is what the graph stands for; see Editor.Graph.
func (g *Graph[F, L]) Revision() int64 { return g.revision }

// Lookup finds a node by its id.
func (g *Graph[F, L]) Lookup(id string) (Node, bool) {
	n, ok := g.names.number(id)
	if !ok || n >= g.size || g.ID(n) != id || !g.Live(n) {
		return 0, false
	}
	return n, true
}

// Live tells whether the node exists in this graph.
func (g *Graph[F, L]) Live(n Node) bool { return g.pages[n>>pageBits].live[n&pageMask] }

// ID is the node's id.
func (g *Graph[F, L]) ID(n Node) string { return g.pages[n>>pageBits].ids[n&pageMask] }

// Key is the node's key, as people know it.
func (g *Graph[F, L]) Key(n Node) string { return g.pages[n>>pageBits].keys[n&pageMask] }

// KeyHead is the Head of the node's key: most keys can be put in order by it,
// without a look at their text.
func (g *Graph[F, L]) KeyHead(n Node) uint64 { return g.pages[n>>pageBits].heads[n&pageMask] }

// Head is the first eight bytes of a text as a number: of two texts with
// different heads the one with the lesser head is the lesser, bytewise.
func Head(text string) uint64 {
	var b [8]byte
	copy(b[:], text)
	return binary.BigEndian.Uint64(b[:])
}

// Facts tells what is known of the node.
func (g *Graph[F, L]) Facts(n Node) *F { return &g.pages[n>>pageBits].facts[n&pageMask] }

// Out lists the arcs that leave the node. The slice must not be changed.
func (g *Graph[F, L]) Out(n Node) []Arc { return g.pages[n>>pageBits].out[n&pageMask] }

// In lists the arcs that enter the node. The slice must not be changed.
func (g *Graph[F, L]) In(n Node) []Arc { return g.pages[n>>pageBits].in[n&pageMask] }

// Label is what an arc says.
func (g *Graph[F, L]) Label(number int32) L { return g.labels[number] }

// Labels lists all labels by number. The slice must not be changed.
func (g *Graph[F, L]) Labels() []L { return g.labels }
