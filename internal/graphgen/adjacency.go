package graphgen

import (
	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
)

// Graph puts the estate straight into memory, as of revision 1, where each node
// has its own number. It equals what the topology of a store filled with the
// estate would hold.
func (e *Estate) Graph() *adjacency.Graph[domain.Facts, domain.Link] {
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	for n := range e.Nodes() {
		b.AddNode(n.ID, n.Key, n.facts())
	}
	for d := range e.Edges() {
		b.AddArc(adjacency.Node(d.From), adjacency.Node(d.To), d.link())
	}
	return b.Graph(1)
}

func (n *Node) facts() domain.Facts {
	return domain.NewFacts(n.Kind, n.Class, n.Environment, n.Status, uint8(n.Criticality), int32(n.Users))
}

func (d *Edge) link() domain.Link {
	return domain.Link{Rel: d.Rel, Kind: d.Kind, Impact: d.Impact, Group: d.Group, Minimum: int32(d.Minimum)}
}
