package domain

// Ref names a record by key or by id; exactly one is given.
type Ref struct {
	Key *string
	ID  *string
}

// Named is how a reference names its record: by key or by id; "" for neither, and for both.
func (r Ref) Named() string {
	switch {
	case r.Key != nil && r.ID == nil:
		return "key " + *r.Key
	case r.ID != nil && r.Key == nil:
		return "id " + *r.ID
	}
	return ""
}

// WriteOptions are the same for every mutation.
type WriteOptions struct {
	// Reason says why, for the history (C4).
	Reason *string
	// IdempotencyKey makes a repeated mutation answer as the first one did.
	IdempotencyKey *string
	// DryRun answers with what would be written, and writes nothing.
	DryRun *bool
}
