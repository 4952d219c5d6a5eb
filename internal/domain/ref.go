package domain

// Ref names a record by key or by id; exactly one is given.
type Ref struct {
	Key *string
	ID  *string
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
