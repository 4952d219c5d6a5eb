package store

import "time"

// Changeset is a set of changes that is committed as a whole or not at all. It
// is data, so that it can be checked, previewed, retried and, once committed,
// told to others.
//
// Operations take effect in their order; guards are checked against the state
// before the first of them. A node created by the set can be an end of an edge
// put later in the same set.
type Changeset struct {
	Ops    []Op
	Guards []Guard
	Actor  string // who, never empty
	Reason string // why, may be empty
	Source string // by what means: "api", "import", …
	// At is when: UTC in whole microseconds. Times in the log never fall, so a
	// commit raises one that is earlier than the head's to the head's.
	At time.Time
	// Key makes the commit idempotent: a second commit under the same key
	// answers with the first one's Change and writes nothing. Empty: no such
	// protection.
	Key string
}

// Op is one of CreateNode, UpdateNode, RemoveNode, PutEdge and RemoveEdge.
type Op interface{ op() }

// CreateNode adds a node. Fails with ErrExists when the id is taken or a
// unique property's value is held by another node of the kind (TakenError
// names the holder).
type CreateNode struct {
	ID    ID
	Kind  string
	Props Props
}

// UpdateNode sets the given properties and removes those given as nil; others
// stay. Fails with ErrNotFound, or ErrExists as CreateNode does.
type UpdateNode struct {
	ID  ID
	Set Props
}

// RemoveNode deletes a node and its outgoing edges. Fails with ErrNotFound, or
// with ErrConflict when edges still come in (InUseError names the first ten
// and counts them); the set may remove those first.
type RemoveNode struct{ ID ID }

// PutEdge creates the edge, or replaces the properties of the one with the
// same key. Fails with ErrNotFound (MissingError) when an end does not exist,
// with ErrInvalid when the relationship does not join these kinds.
type PutEdge struct {
	EdgeKey
	Props Props
}

// RemoveEdge deletes an edge. Fails with ErrNotFound.
type RemoveEdge struct{ EdgeKey }

func (CreateNode) op() {}
func (UpdateNode) op() {}
func (RemoveNode) op() {}
func (PutEdge) op()    {}
func (RemoveEdge) op() {}

// Guard is a fact that the caller's decision relied on. When it does not hold
// at commit, the set fails with ErrConflict (ConflictError) and nothing is
// written. Guards are the only isolation that a store promises: two commits
// whose guards exclude each other never both succeed.
type Guard interface{ guard() }

// NodeAt holds while the node exists in exactly this version. Version 0 holds
// while no node with the id exists.
type NodeAt struct {
	ID      ID
	Version int64
}

// NoEdges holds while the node has no edge of the relationship in the
// direction. An empty Rel means any relationship.
type NoEdges struct {
	ID        ID
	Rel       string
	Direction Direction
}

// EdgeAt holds while the edge exists in exactly this version. Version 0 holds
// while there is no such edge.
type EdgeAt struct {
	EdgeKey
	Version int64
}

// Unchanged holds while nothing of a sort has changed since a revision: no node
// of the kind was created, changed or removed; or no edge of the relationship.
// Exactly one of Kind and Rel is set. It is for what a decision looked for and
// did not find, which no other guard can name. Its cost is that of the changes
// since; where the log no longer reaches back it does not hold.
type Unchanged struct {
	Since Revision
	Kind  string
	Rel   string
}

func (NodeAt) guard()    {}
func (NoEdges) guard()   {}
func (EdgeAt) guard()    {}
func (Unchanged) guard() {}

// Change is a committed change set as the log keeps it: what really changed,
// and when, by whom and why (rule C4).
// An operation that changed nothing leaves no effect; a set without any effect
// is not logged, and its Change has the head's revision and no effects.
type Change struct {
	Revision Revision
	At       time.Time
	Actor    string
	Reason   string
	Source   string
	Key      string
	Effects  []Effect
}

// Bytes returns about how many bytes a change takes in memory.
func (c *Change) Bytes() int {
	n := 200 + len(c.Actor) + len(c.Reason) + len(c.Source) + len(c.Key)
	for i := range c.Effects {
		n += c.Effects[i].Bytes()
	}
	return n
}

// Effect is one node or edge that a change set created, changed or removed,
// with the changed properties only. Created: Before is nil, After holds all.
// Removed: After is nil, Before holds all. Changed: both hold the properties
// that differ; one that was absent is missing there. Each node and edge occurs
// once in a Change, with the net effect, in the order of first touch.
type Effect struct {
	// Node is set for a node, and zero for an edge.
	Node ID
	Kind string // the node's kind
	// Edge is set for an edge.
	Edge    EdgeKey
	Version int64 // after the change; of a removed one, its last
	// CreatedAt and UpdatedAt are a node's times before the change, so that an
	// effect can be undone alone. Zero for a created node, and for edges.
	CreatedAt, UpdatedAt time.Time
	Before               Props
	After                Props
	// Becomes is set in what was worked out from the log (Change.Inverse, a
	// difference of two revisions), where the time of the change does not tell
	// a node's times after it. Zero in the log itself.
	Becomes Times
}

// Bytes returns about how many bytes an effect takes in memory.
func (e *Effect) Bytes() int { return 250 + e.Before.bytes() + e.After.bytes() }

func (p Props) bytes() (n int) {
	for name, v := range p {
		n += 80 + len(name)
		if s, ok := v.(string); ok {
			n += len(s)
		}
	}
	return n
}

// Times are the times of a node.
type Times struct{ CreatedAt, UpdatedAt time.Time }

// Verb of an effect.
type Verb string

// The verbs of an Effect.
const (
	Created Verb = "CREATED"
	Updated Verb = "UPDATED"
	Removed Verb = "REMOVED"
)

// Verb tells what happened to the node or edge.
func (e Effect) Verb() Verb {
	switch {
	case e.Before == nil:
		return Created
	case e.After == nil:
		return Removed
	}
	return Updated
}
