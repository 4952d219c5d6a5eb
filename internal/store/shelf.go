package store

import "context"

// Shelf keeps small values beside the graph, such as the hashes of API tokens:
// they are in no answer of a Reader, not in the log, and not in what is
// exported or dumped as records. A value that was put is on stable storage.
type Shelf interface {
	// Shelve puts a value on a shelf under an id; nil takes it away.
	Shelve(ctx context.Context, shelf, id string, value []byte) error
	// ShelveNew puts a value where there is none, and returns the one that is
	// there from then on: of several at once, one is the first for all.
	ShelveNew(ctx context.Context, shelf, id string, value []byte) ([]byte, error)
	// Swap puts a value in the place of another, and reports whether that was there:
	// of several at once, one succeeds. Nil is where there is none.
	Swap(ctx context.Context, shelf, id string, old, value []byte) (bool, error)
	// Shelved returns the values of a shelf that have one of the ids; all of
	// them when none is given.
	Shelved(ctx context.Context, shelf string, ids ...string) (map[string][]byte, error)
}
