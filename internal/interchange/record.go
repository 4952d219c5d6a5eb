// Package interchange is the format in which records and relationships are
// brought in and given out: a line names one, and what it says of it. It knows
// the Catalog, and no store's contents.
package interchange

import "time"

// Record is one record or relationship as an import reads it, not
// checked yet. Exactly one of Node and Edge is set.
type Record struct {
	Node     string // the kind of a record
	Edge     string // the name of a relationship
	From, To End    // of a relationship
	// Values holds the fields by their GraphQL names, a record's key among
	// them: string, json.Number, bool, nil, or map[string]any for attributes.
	Values map[string]any
	// Text tells that the values are text, as CSV holds it, and are read by
	// the type of their field.
	Text bool
	// Stub tells that the record need only exist; one that does stays as it is.
	Stub bool
	// Change begins a change set of a history; all else is empty then.
	Change *Change
	// Remove tells that the record or relationship is to go, Unlist that it is to
	// do so unless another source lists it.
	Remove, Unlist bool
	// At is when it was so, zero where that is not said. It matters to a replay.
	At time.Time
	// Formerly is the key by which the store may know the record still.
	Formerly string
	Kept
}

// End names a record. As the end of a relationship, an empty Kind stands
// for the only kind that the relationship allows there.
type End struct{ Kind, Key string }

// String names the record as the interchange format does.
func (e End) String() string { return e.Kind + ":" + e.Key }

// Fingerprint is that of the record that the end names.
func (e End) Fingerprint() Fingerprint { return fingerprint("node", e.Kind, e.Key) }
