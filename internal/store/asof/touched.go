package asof

import (
	"iter"
	"math/bits"

	"releasegraph/internal/store"
)

// touched says which nodes and edges were touched since a revision, and which
// of them did not exist then: of those, all that an import has created, there
// is nothing else to be known, so that they are numbers only.
type touched struct {
	nodes numbering[store.ID]
	names numbering[string] // of relationships and tags

	bornNodes set
	bornEdges map[edgeNumber]struct{}
	kinds     map[string]*set // touched nodes, by each kind that they had since
	ends      map[way]*set    // the near ends of touched edges
}

func newTouched() touched {
	return touched{
		nodes: newNumbering[store.ID](), names: newNumbering[string](),
		bornEdges: map[edgeNumber]struct{}{}, kinds: map[string]*set{}, ends: map[way]*set{},
	}
}

// edgeNumber is an edge's key in numbers.
type edgeNumber struct{ rel, from, to, tag uint32 }

// Bytes that what is noted takes, about.
const (
	numberBytes = 120 // a node or an end of an edge
	edgeBytes   = 48
)

// node notes a touched node under a kind that it had.
func (t *touched) node(id store.ID, kind string) uint32 {
	n := t.nodes.add(id)
	at(t.kinds, kind).add(n)
	return n
}

// edge notes a touched edge.
func (t *touched) edge(k store.EdgeKey) edgeNumber {
	n := edgeNumber{t.names.add(k.Rel), t.nodes.add(k.From), t.nodes.add(k.To), t.names.add(k.Tag)}
	at(t.ends, way{k.Rel, store.Out}).add(n.from)
	at(t.ends, way{k.Rel, store.In}).add(n.to)
	return n
}

// bornNode tells whether a node is known not to have existed.
func (t *touched) bornNode(id store.ID) bool {
	n, known := t.nodes.of[id]
	return known && t.bornNodes.has(n)
}

// bornEdge tells whether an edge is known not to have existed.
func (t *touched) bornEdge(k store.EdgeKey) bool {
	if len(t.bornEdges) == 0 {
		return false
	}
	from, ok1 := t.nodes.of[k.From]
	to, ok2 := t.nodes.of[k.To]
	rel, ok3 := t.names.of[k.Rel]
	tag, ok4 := t.names.of[k.Tag]
	_, born := t.bornEdges[edgeNumber{rel, from, to, tag}]
	return ok1 && ok2 && ok3 && ok4 && born
}

// key is the key of an edge by its numbers.
func (t *touched) key(n edgeNumber) store.EdgeKey {
	return store.EdgeKey{Rel: t.names.list[n.rel], From: t.nodes.list[n.from], To: t.nodes.list[n.to], Tag: t.names.list[n.tag]}
}

// ofKind lists the touched nodes that had a kind.
func (t *touched) ofKind(kind string) iter.Seq[store.ID] { return t.list(t.kinds[kind]) }

// endsOf lists the near ends of touched edges.
func (t *touched) endsOf(w way) iter.Seq[store.ID] { return t.list(t.ends[w]) }

// isEnd tells whether an edge at a node was touched.
func (t *touched) isEnd(w way, id store.ID) bool {
	n, known := t.nodes.of[id]
	return known && t.ends[w].has(n)
}

func (t *touched) list(s *set) iter.Seq[store.ID] {
	return func(yield func(store.ID) bool) {
		for n := range s.all() {
			if !yield(t.nodes.list[n]) {
				return
			}
		}
	}
}

// numbering numbers what it is given, from 0 on.
type numbering[T comparable] struct {
	of   map[T]uint32
	list []T
}

func newNumbering[T comparable]() numbering[T] { return numbering[T]{of: map[T]uint32{}} }

func (n *numbering[T]) add(v T) uint32 {
	number, known := n.of[v]
	if !known {
		number = uint32(len(n.list)) //nolint:gosec // there are fewer
		n.of[v] = number
		n.list = append(n.list, v)
	}
	return number
}

// set is a set of numbers. A nil one is empty.
type set struct {
	words []uint64
	count int
}

func (s *set) add(n uint32) {
	for int(n/64) >= len(s.words) {
		s.words = append(s.words, 0)
	}
	if !s.has(n) {
		s.words[n/64] |= 1 << (n % 64)
		s.count++
	}
}

func (s *set) has(n uint32) bool {
	return s != nil && int(n/64) < len(s.words) && s.words[n/64]&(1<<(n%64)) != 0
}

func (s *set) all() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if s == nil {
			return
		}
		for i, w := range s.words {
			for ; w != 0; w &= w - 1 {
				if !yield(uint32(i*64 + bits.TrailingZeros64(w))) { //nolint:gosec // there are fewer
					return
				}
			}
		}
	}
}

// at is the set under a key, begun where there is none.
func at[K comparable](sets map[K]*set, key K) *set {
	s := sets[key]
	if s == nil {
		s = &set{}
		sets[key] = s
	}
	return s
}
