package store

import (
	"context"
	"time"
)

// Reader reads committed data. Every method sees at least everything that was
// committed through the same Store before the call. Errors: ErrInvalid for a
// query that names undeclared things, ErrUnavailable when the store beneath
// cannot be reached, the context's error when it ends first. The properties of
// what is returned may be shared with other readers and are not to be changed.
type Reader interface {
	// Nodes returns those of the nodes that exist.
	Nodes(ctx context.Context, ids ...ID) (map[ID]Node, error)
	// Lookup finds nodes of one kind by the values of a unique property.
	Lookup(ctx context.Context, kind, property string, values ...string) (map[string]Node, error)
	// Find returns a page of nodes.
	Find(ctx context.Context, q Query) (Page, error)
	// Count counts what Find would return without cursors and limits.
	Count(ctx context.Context, kind string, f Filter) (int64, error)
	// Edges returns, for each node asked for, its page of edges. A node that
	// does not exist has an empty page.
	Edges(ctx context.Context, q EdgeQuery) ([]EdgePage, error)
	// CountEdges counts, for each node, what Edges would return without
	// cursors and limits.
	CountEdges(ctx context.Context, q EdgeQuery) ([]int64, error)
	// EdgesBetween returns those of the edges that exist.
	EdgesBetween(ctx context.Context, keys ...EdgeKey) (map[EdgeKey]Edge, error)
	// Walk returns what can be reached from some nodes.
	Walk(ctx context.Context, w Walk) (Subgraph, error)
	// Search returns a page of the nodes that hold all words of a text, best
	// first.
	Search(ctx context.Context, q Search) (SearchPage, error)
	// CountSearch counts what Search would return without cursor and limit.
	CountSearch(ctx context.Context, q Search) (int64, error)
	// Aggregate counts by fields.
	Aggregate(ctx context.Context, a Aggregation) ([]Group, error)
	// Scan hands over the whole graph as of one revision, in batches of the
	// scan's own choosing: first all nodes by kind, then all edges by
	// relationship; within, in no promised order. It serves topology, export
	// and backup. The batch must not be kept after yield returns.
	Scan(ctx context.Context, s Scan, yield func(Batch) error) (Revision, error)
	// Declared is the schema that the store was opened with.
	Declared() *Declared

	// History returns, for each node asked for, the change sets that touched
	// it, newest first, also of a node that has been removed. It costs as much
	// as the nodes' own entries, whatever the length of the log.
	History(ctx context.Context, q HistoryQuery) ([]HistoryPage, error)
	// RevisionAt is the last revision committed at or before a time, 0 when
	// there is none. Of a compacted log it may be below Oldest, where it is not
	// exact: no revision that can still be read as of was committed by then.
	RevisionAt(ctx context.Context, t time.Time) (Revision, error)
	// Oldest is the oldest revision that the graph can still be read as of: 0
	// unless the log was compacted.
	Oldest(ctx context.Context) (Revision, error)
}

// Scan says what to hand over. Nil Kinds or Rels mean all, empty ones none.
type Scan struct {
	Kinds []string
	Rels  []string
	// Keep, when not nil, names the only properties that are handed over.
	Keep []string
}

// Batch is a part of a Scan.
type Batch struct {
	Nodes []Node
	Edges []Edge
}

// RunBytes is about how much of the log's text is read at once: an import's
// change sets have thousands of effects, and many read at the same time.
const RunBytes = 4 << 20

// Store is a property graph that can be changed. All methods may be called
// concurrently.
type Store interface {
	Reader

	// Commit applies a change set, all or nothing, and returns what it did
	// under its new revision. The log entry is written in the same
	// transaction. Once Commit has returned without error the change is on
	// stable storage. A lost connection in the middle is settled inside, by
	// the key (one is made up where the set has none): the answer is never
	// "perhaps". Errors: ErrInvalid, ErrNotFound, ErrExists, ErrConflict
	// (with the details their typed errors carry), ErrUnavailable. The first
	// failing operation or guard is reported; FailedOp tells which. A time
	// before the head's is raised to the head's, in the Change and in the nodes.
	Commit(ctx context.Context, cs Changeset) (Change, error)
	// Preview answers as Commit would, and writes nothing. Its Change has the
	// revision that it would have got.
	Preview(ctx context.Context, cs Changeset) (Change, error)
	// Head is the revision of the last committed change set.
	Head(ctx context.Context) (Revision, error)
	// Settled is the head at a moment when nothing beyond it can have been read
	// yet: no read that has ended before the call saw any part of a later
	// change set.
	Settled(ctx context.Context) (Revision, error)
	// Changes returns up to limit committed change sets after a revision, in
	// order, without gaps: fewer, but one at least, where they are longer than
	// RunBytes together. ErrCompacted when the log no longer reaches back.
	Changes(ctx context.Context, after Revision, limit int) ([]Change, error)
	// Undo returns what Changes does, as far as it is needed to undo it: of what
	// was created it does not tell with which properties. After is empty there.
	Undo(ctx context.Context, after Revision, limit int) ([]Change, error)
	// Heads returns what Changes does, without effects. It costs as much however
	// many there are.
	Heads(ctx context.Context, after Revision, limit int) ([]Change, error)
	// Effects returns, for each question, some of the effects of a change set.
	// One that the log does not hold has none.
	Effects(ctx context.Context, q ...EffectQuery) ([]EffectPage, error)
	// Await blocks until the head is beyond the revision or the context ends,
	// and returns the head. It is a wake-up only: read with Changes.
	Await(ctx context.Context, after Revision) (Revision, error)
	// Compact forgets the log up to and including a revision, and with it the
	// idempotency keys in there. The graph stays, and so does the head's entry.
	// It may be cut off at any time and has then forgotten less; Oldest tells.
	// ErrInvalid for a revision beyond the head.
	Compact(ctx context.Context, through Revision) error
	// IndexOpen sees to it that filters that compare these properties within
	// OpenPrefix, as texts or as numbers, by Eq, OneOf, Lt to Gte or StartsWith
	// have an index to use. It changes no answer. It takes as long as there are
	// nodes the first time, and nothing when repeated; cut off it is to be
	// repeated. An index stays for good. ErrInvalid for a name that CheckIndexOpen
	// refuses.
	IndexOpen(ctx context.Context, kind string, properties []string) error
	// Close waits for running commits and releases everything.
	Close(ctx context.Context) error
}
