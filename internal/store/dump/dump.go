// Package dump reads and writes a whole graph with its log as one stream, the
// same for every store: what a backup of one holds can be restored into
// another, with all versions, times and revisions.
//
// The stream is JSON, one object a line, compressed by zstd. A header says
// what follows; then come all nodes, all edges, and the log; the last line has
// the counts and the SHA-256 of all lines before it. Property values stand in
// the lossless form of the log (store.AppendProps), times of nodes and entries
// in microseconds since 1970.
package dump

import (
	"fmt"
	"time"

	"releasegraph/internal/store"
)

// Version is the form of the stream. A newer one is refused.
const Version = 1

// format is how the header names the stream.
const format = "releasegraph dump"

// Header is the first line.
type Header struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	// Begun is when the dump began, Program what made it.
	Begun   time.Time `json:"begun"`
	Program string    `json:"program"`
	Kinds   []string  `json:"kinds"`
	Rels    []string  `json:"relationships"`
}

// NewHeader is the header of a dump by this program.
func NewHeader(begun time.Time, program string) Header {
	return Header{Format: format, Version: Version, Begun: begun.UTC(), Program: program}
}

// describe says which kinds and relationships there are.
func (h *Header) describe(s store.Schema) {
	h.Kinds, h.Rels = []string{}, []string{}
	for _, k := range s.Kinds {
		h.Kinds = append(h.Kinds, k.Name)
	}
	seen := map[string]bool{}
	for _, r := range s.Rels {
		if !seen[r.Name] {
			seen[r.Name] = true
			h.Rels = append(h.Rels, r.Name)
		}
	}
}

// Fits says which kinds and relationships of the dump a schema does not have,
// or nil.
func (h *Header) Fits(d *store.Declared) error {
	for _, name := range h.Kinds {
		if _, ok := d.Kind(name); !ok {
			return fmt.Errorf("%w: it has records of the kind %s, which this program does not know; use the newer program that made it (%s)",
				store.ErrInvalid, name, h.Program)
		}
	}
	for _, name := range h.Rels {
		if !d.HasRel(name) {
			return fmt.Errorf("%w: it has the relationship %s, which this program does not know; use the newer program that made it (%s)",
				store.ErrInvalid, name, h.Program)
		}
	}
	return nil
}

// End is the last line.
type End struct {
	Revision store.Revision `json:"revision"` // which the graph stands for
	Oldest   store.Revision `json:"oldest"`   // the log begins after it
	Nodes    int64          `json:"nodes"`
	Edges    int64          `json:"edges"`
	Changes  int64          `json:"changes"`
	SHA256   string         `json:"sha256"` // of all lines before
}

// line is any line but the header.
type line struct {
	Node    store.ID       `json:"node"`
	Kind    string         `json:"kind"`
	Created int64          `json:"created"`
	Updated int64          `json:"updated"`
	Rel     string         `json:"rel"`
	From    store.ID       `json:"from"`
	To      store.ID       `json:"to"`
	Tag     string         `json:"tag"`
	Version int64          `json:"version"`
	Props   rawProps       `json:"props"`
	Change  store.Revision `json:"change"`
	At      int64          `json:"at"`
	Actor   string         `json:"actor"`
	Reason  string         `json:"reason"`
	Source  string         `json:"source"`
	Key     string         `json:"key"`
	Effects raw            `json:"effects"`
	End     *End           `json:"end"`
}

// rawProps are properties in the lossless form.
type rawProps struct{ props store.Props }

// UnmarshalJSON reads properties.
func (p *rawProps) UnmarshalJSON(b []byte) error {
	var err error
	p.props, err = store.DecodeProps(b)
	return err
}

// raw is JSON that is kept as it is.
type raw []byte

// UnmarshalJSON keeps a copy.
func (r *raw) UnmarshalJSON(b []byte) error {
	*r = append((*r)[:0], b...)
	return nil
}
