package store

import (
	"context"
	"errors"
	"fmt"
)

// ErrUnfinished says that a restore into the store was cut off: what is in it
// is a part of a graph, and no store opens it until the restore was repeated.
var ErrUnfinished = errors.New("a restore into this store was cut off: run it again")

// Source hands over a whole graph with its log, part after part: all nodes,
// then all edges, then the log in its order. io.EOF ends it, once it is known
// that nothing is missing.
type Source interface{ Next() (Part, error) }

// Part is some of one sort. It is the receiver's, but not to be kept.
type Part struct {
	Nodes []Node
	Edges []Edge
	Log   []Logged
}

// Logged is an entry of the log with its effects as EncodeEffects writes them.
// A Change's own Effects are not set here.
type Logged struct {
	Change
	Body []byte
}

// Restoration is a Source with what was told of it beforehand.
type Restoration struct {
	Source
	Revision Revision // the head
	Oldest   Revision // one before the log's first entry
	// Progress, where not nil, is told now and then how many nodes, edges and
	// entries have been written.
	Progress func(done int64)
}

// NotEmptyError says that a store holds something, where only an empty one may
// be filled. It is an ErrConflict.
type NotEmptyError struct {
	Store    string
	Revision Revision
	Nodes    int64
}

func (e *NotEmptyError) Error() string {
	return fmt.Sprintf("%s is not empty: it holds %d records, at revision %d", e.Store, e.Nodes, e.Revision)
}

// Unwrap makes it an ErrConflict.
func (e *NotEmptyError) Unwrap() error { return ErrConflict }

// CheckPart says what of a part does not fit the schema, or nil. Errors match
// ErrInvalid.
func (d *Declared) CheckPart(p Part) error {
	for i := range p.Nodes {
		n := &p.Nodes[i]
		if err := checkOp(d, CreateNode{n.ID, n.Kind, n.Props}); err != nil {
			return fmt.Errorf("node %s: %w", n.ID, err)
		}
	}
	for i := range p.Edges {
		if err := checkKey(d, p.Edges[i].EdgeKey); err != nil {
			return fmt.Errorf("%s from %s to %s: %w", p.Edges[i].Rel, p.Edges[i].From, p.Edges[i].To, err)
		}
	}
	return nil
}

// CheckEdge says what is wrong with an edge between nodes of these kinds, or
// nil. Errors match ErrInvalid.
func (d *Declared) CheckEdge(e Edge, from, to string) error {
	for _, r := range d.rels[e.Rel] {
		if r.From == from && r.To == to {
			return r.check(e.Props)
		}
	}
	return fmt.Errorf("%w: %s does not lead from %s to %s", ErrInvalid, e.Rel, from, to)
}

// Dumper is a store that can hand over its file as it is, with a consistent
// copy of it while others write.
type Dumper interface {
	// CopyTo writes a copy of the store to a new file. Progress may be nil.
	CopyTo(ctx context.Context, path string, progress func(done, total int64)) (Revision, error)
}

// AppendText writes a JSON string as the log does.
func AppendText(b []byte, s string) []byte { return appendText(b, s) }

// AppendValue writes a property value as the log does.
func AppendValue(b []byte, v any) ([]byte, error) { return appendValue(b, v) }

// Inspector is a store that can look through its own files for what cannot be
// seen through a Reader.
type Inspector interface {
	// Inspect reports what is wrong: where, and what.
	Inspect(ctx context.Context, report func(where, what string)) error
}
