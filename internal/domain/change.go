package domain

// Change is one record or relationship that a mutation wrote, or with a dry
// run would write.
type Change struct {
	Type ChangeType
	// Kind is the record's kind, or the relationship's name.
	Kind string
	// ID and Key name the record; for a relationship they are null, and From
	// and To name its ends.
	ID, Key  *string
	From, To *ChangeEnd
	Fields   []FieldChange
}

// ChangeEnd is one end of a changed relationship.
type ChangeEnd struct{ Kind, ID, Key string }

// FieldChange is one changed field; values are in the form of the interchange
// format, null where there was or is none.
type FieldChange struct {
	Field         string
	Before, After *string
}

// ChangeType says what happened.
type ChangeType string

// The types of change.
const (
	ChangeCreated ChangeType = "CREATED"
	ChangeUpdated ChangeType = "UPDATED"
	ChangeRemoved ChangeType = "REMOVED"
)
