package library

import (
	"context"

	"releasegraph/internal/digest"
)

// Items are the use cases of media items that the transfer of their contents
// needs. Who asks is in the context; errors are domain errors.
type Items interface {
	// Receive says which content of an item the caller may put, or why none. It is
	// asked before the first byte is taken, and once more when all are there.
	Receive(ctx context.Context, o Offer) (Expected, error)
	// Stored records that a content of an item lies at a location. It may be told
	// the same again.
	Stored(ctx context.Context, s Stored) error
	// Send says which content of an item the caller may have.
	Send(ctx context.Context, key string) (Held, error)
}

// Upkeep are the use cases by which copies are compared with what their items say,
// and contents go that no item needs any more.
type Upkeep interface {
	// Kept hands over the items that are said to have bytes.
	Kept(ctx context.Context, yield func(Item) error) error
	// Compare reads all copies of an item again, and keeps which of them are wrong
	// (L6).
	Compare(ctx context.Context, key string) error
	// Purged hands over the digests of the items that were purged. It may hand
	// over one twice.
	Purged(ctx context.Context, yield func(digest.SHA256) error) error
	// Needed reports whether an item needs a content: one that was not purged (L5).
	Needed(ctx context.Context, d digest.SHA256) (bool, error)
}

// Offer is what a caller says of a content before they put it.
type Offer struct {
	Key string // the item's
	// Digest is zero when the caller does not say it: the item then has to.
	Digest digest.SHA256
	Size   int64
	// Location is one that the caller may write to.
	Location string
}

// Expected is the one content that is to come.
type Expected struct {
	Digest digest.SHA256
	Size   int64
}

// Stored is a content that is kept.
type Stored struct {
	Key      string
	Digest   digest.SHA256
	Size     int64
	Location string
}

// Held is a content that an item has.
type Held struct {
	Digest digest.SHA256
	Size   int64
	// Name is what a file of it is to be called; empty: as the item's key.
	Name string
	// Locations are those where it lies as it should; none: any.
	Locations []string
}
