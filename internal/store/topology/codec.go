package topology

import "releasegraph/internal/store"

// Codec says what the topology keeps of a graph, and turns properties into
// that and back. F is what is kept of a node, L of an edge; both should be
// small, L because equal ones are kept once, F because there are millions.
//
// Only properties named in Scan().Keep reach the codec, and an absent property
// is missing there. Turning back must lose nothing of what was kept, since the
// log tells changed properties only:
//
//	Node(kind, NodeProps(Node(kind, p))) == Node(kind, p)
//	Edge(EdgeID(l), EdgeProps(l)) == l, for every l made by Edge
//
// All methods may be called concurrently.
type Codec[F any, L comparable] interface {
	// Scan names the kinds, relationships and properties that are kept; none
	// of the three lists is nil. Both ends of a kept relationship should be of
	// kept kinds: where one is not, the edge is left out of the graph and
	// Walks along the relationship are served by the store beneath.
	Scan() store.Scan
	// Node gives what is kept of a node of one of the kinds.
	Node(kind string, props store.Props) (key string, facts F)
	// NodeProps gives back the properties that Node has read.
	NodeProps(key string, facts F) store.Props
	// Edge gives what is kept of an edge: its relationship, its tag, and what
	// else is of use.
	Edge(rel, tag string, props store.Props) L
	// EdgeID gives back the relationship and the tag. Between the same two
	// nodes they identify the edge.
	EdgeID(label L) (rel, tag string)
	// EdgeProps gives back the properties that Edge has read.
	EdgeProps(label L) store.Props
}
