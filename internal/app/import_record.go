package app

import (
	"hash/maphash"
	"time"

	"releasegraph/internal/domain"
)

// ImportRecord is one record or relationship as an import reads it, not
// checked yet. Exactly one of Node and Edge is set.
type ImportRecord struct {
	Node     string    // the kind of a record
	Edge     string    // the name of a relationship
	From, To ImportEnd // of a relationship
	// Values holds the fields by their GraphQL names, a record's key among
	// them: string, json.Number, bool, nil, or map[string]any for attributes.
	Values map[string]any
	// Text tells that the values are text, as CSV holds it, and are read by
	// the type of their field.
	Text bool
	// Stub tells that the record need only exist; one that does stays as it is.
	Stub bool
	// Change begins a change set of a history; all else is empty then.
	Change *ReplayChange
	// Remove tells that the record or relationship is to go.
	Remove bool
	// At is when it was so, zero where that is not said. It matters to a replay.
	At time.Time
	// Formerly is the key by which the store may know the record still.
	Formerly string
	// Sources tell which source set the fields of a new record, or under
	// domain.WholeRecord a new relationship; others keep their own.
	Sources []domain.FieldSource
}

// ImportEnd names a record. As the end of a relationship, an empty Kind stands
// for the only kind that the relationship allows there.
type ImportEnd struct{ Kind, Key string }

// String names the record as the interchange format does.
func (e ImportEnd) String() string { return e.Kind + ":" + e.Key }

// Fingerprint is short for something's identity. Two identities never have the
// same one in practice: in a graph of a thousand million records the chance
// is one in 10²⁰. It holds for one run of the program.
type Fingerprint [2]uint64

// Short is enough to tell relationships apart where a clash would only lead to
// a false complaint.
func (f Fingerprint) Short() uint64 { return f[0] }

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func fingerprint(parts ...string) (f Fingerprint) {
	for i, seed := range seeds {
		var h maphash.Hash
		h.SetSeed(seed)
		for _, part := range parts {
			_, _ = h.WriteString(part)
			_ = h.WriteByte(0)
		}
		f[i] = h.Sum64()
	}
	return f
}

// Fingerprint is that of the record that the end names.
func (e ImportEnd) Fingerprint() Fingerprint { return fingerprint("node", e.Kind, e.Key) }

// ImportCount tells what an import did with the records of one kind, or the
// relationships of one name.
type ImportCount struct {
	Name         string `json:"name"`
	Relationship bool   `json:"relationship"`
	Created      int    `json:"created"`
	Updated      int    `json:"updated"`
	Removed      int    `json:"removed"`
	Unchanged    int    `json:"unchanged"`
	// Kept counts the fields that stayed as a person had set them (C6), or the
	// relationships that did.
	Kept int `json:"kept"`
}

// Imported is what a batch of an import did, or with a dry run would do.
type Imported struct {
	Counts   []ImportCount
	Revision int64
	// Changes and Kept are the first ones, as many as ImportOptions.Show.
	Changes []domain.Change
	Kept    []domain.FieldKept
	// Held are the changes that the batch put on hold or released (H6).
	Held []ImportHold
	// Whole are the keys of the requests for change that the batch brings as a
	// whole: their links, which may come later, are no change of their content.
	Whole []string
}

// ImportHold tells which freezes hold a change, and which did before (H6): keys.
type ImportHold struct {
	ChangeRequest string   `json:"changeRequest"`
	Before        []string `json:"before"`
	After         []string `json:"after"`
}
