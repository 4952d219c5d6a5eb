// Package store is the port to a property graph: nodes and edges with
// properties, changed by atomic change sets that form one gapless log.
//
// The port knows shapes, not features: which kinds of node there are and which
// properties they have is told to an adapter by a Schema when it opens. Two
// adapters implement it (store/sqlite, store/neo4j), store/topology decorates
// either with an in-memory adjacency, and store/storetest holds all of them to
// one suite. A difference between two adapters is a bug.
package store

import "time"

// ID identifies a node for ever, across kinds. It is opaque, ASCII, at most 64
// bytes, given by the caller (a UUID version 7 in text form, so that ids of
// one batch lie together in an index).
type ID string

// Revision numbers a committed change set. The first is 1; there are no gaps,
// and revision order is commit order. 0 stands for the empty graph.
type Revision int64

// Node is a stored node. Version starts at 1 and rises by one with every
// change set that changes the node's own properties (not its edges).
type Node struct {
	ID        ID
	Kind      string
	Version   int64
	CreatedAt time.Time // the Changeset.At that created it
	UpdatedAt time.Time // the Changeset.At that last changed it
	Props     Props
	Memo      *Memo // nil: what is made of the node is not remembered
}

// EdgeKey identifies an edge: at most one edge of a relationship runs between
// the same two nodes with the same Tag. Tag is empty unless the relationship
// allows parallel edges; then it is made of the properties that tell them
// apart (see entity.Relationship).
type EdgeKey struct {
	Rel  string
	From ID
	To   ID
	Tag  string
}

// Edge is a stored relationship with its properties. Version counts as
// Node.Version does.
type Edge struct {
	EdgeKey
	Version int64
	Props   Props
	Memo    *Memo // nil: what is made of the properties is not remembered
}

// Direction tells which end of an edge a query starts from.
type Direction uint8

const (
	// Out follows edges from their From end.
	Out Direction = iota
	// In follows edges from their To end.
	In
)

// Type is the type of a declared property.
type Type uint8

// The property types; see Props.
const (
	Bool Type = iota
	Int
	Float
	String
	Time
	Strings
)

// Property declares one property of a kind or relationship.
type Property struct {
	Name string
	Type Type
	// Indexed properties hold texts of MaxIndexed bytes at most, so that whoever
	// keeps them in an order can.
	Indexed bool
	// Unique implies Indexed: no two nodes of the kind hold the same value, by
	// which the store finds the node. Only strings can be unique.
	Unique bool
}

// KindSchema declares a kind of node. OpenPrefix, when not empty, allows
// undeclared string properties whose name begins with it ("attributes.").
// Text lists the properties that Search reads, for its ranks the key first
// and the name second; those that begin with OpenPrefix are read as well.
type KindSchema struct {
	Name       string
	Properties []Property
	OpenPrefix string
	Text       []string
}

// RelSchema declares a relationship between two kinds.
type RelSchema struct {
	Name       string
	From, To   string // kinds
	Properties []Property
}

// Schema is all that an adapter knows of the domain. Kind, relationship and
// property names match [A-Za-z_][A-Za-z0-9_]*. Several RelSchemas may share a
// Name, with other ends.
type Schema struct {
	Kinds []KindSchema
	Rels  []RelSchema
}
