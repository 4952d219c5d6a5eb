// Package reach holds what traversals share: a set of nodes that numbers them
// in the order they were met. Its size follows what was reached, not the graph.
package reach

import "releasegraph/internal/adjacency"

// Index is a set of nodes, each with its position. The zero value is empty.
type Index struct {
	nodes []adjacency.Node
	// table holds positions from 1, 0 where free; its length is a power of two
	// and at least twice that of nodes.
	table []int32
}

const spread = 0x9E3779B1 // 2^32 over the golden ratio: neighbours land far apart

// Of returns an index of distinct nodes, each at its position in the list.
func Of(nodes []adjacency.Node) *Index {
	x := &Index{nodes: nodes}
	x.grow()
	return x
}

// Len counts the nodes.
func (x *Index) Len() int { return len(x.nodes) }

// Nodes lists the nodes by position. The slice must not be changed.
func (x *Index) Nodes() []adjacency.Node { return x.nodes }

// At is the node at a position.
func (x *Index) At(i int32) adjacency.Node { return x.nodes[i] }

// Find tells the node's position.
func (x *Index) Find(n adjacency.Node) (int32, bool) {
	if len(x.table) == 0 {
		return 0, false
	}
	i := x.table[x.slot(n)] - 1
	return i, i >= 0
}

// Add puts the node into the set, and tells its position and whether it is new.
func (x *Index) Add(n adjacency.Node) (int32, bool) {
	if 2*len(x.nodes) >= len(x.table) {
		x.grow()
	}
	s := x.slot(n)
	if x.table[s] > 0 {
		return x.table[s] - 1, false
	}
	x.nodes = append(x.nodes, n)
	x.table[s] = int32(len(x.nodes))
	return int32(len(x.nodes) - 1), true
}

// slot is where the node stands in the table, or would stand.
func (x *Index) slot(n adjacency.Node) uint32 {
	mask := uint32(len(x.table) - 1)
	s := uint32(n) * spread
	s = (s ^ s>>15) & mask
	for x.table[s] != 0 && x.nodes[x.table[s]-1] != n {
		s = (s + 1) & mask
	}
	return s
}

func (x *Index) grow() {
	size := 16
	for size < 4*len(x.nodes) {
		size *= 2
	}
	x.table = make([]int32, size)
	for i, n := range x.nodes {
		x.table[x.slot(n)] = int32(i + 1)
	}
}
