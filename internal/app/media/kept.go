package media

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Kept hands over all items whose bytes are said to be in the library, by their
// keys, whoever asks: it serves the care of the library.
func (a *Area) Kept(ctx context.Context, yield func(*domain.MediaItem) error) error {
	return a.each(ctx, store.Compare{Property: "stored", Op: store.Eq, Value: true}, yield)
}

// Purged hands over all items that were purged, by their keys, whoever asks.
func (a *Area) Purged(ctx context.Context, yield func(*domain.MediaItem) error) error {
	return a.each(ctx, isPurged, yield)
}

var isPurged = store.Compare{Property: "status", Op: store.Eq, Value: string(domain.MediaPurged)}

// Needed reports whether an item needs the bytes of a digest (L5): one that was not
// purged, whether it has them or may still get them. Several items may have the
// same.
func (a *Area) Needed(ctx context.Context, sha256 string) (bool, error) {
	n, err := a.estate.Entire.Count(ctx, domain.KindMediaItem, store.And{
		store.Compare{Property: "sha256", Op: store.Eq, Value: sha256}, store.Not{Filter: isPurged},
	})
	return n > 0, refusal.OfStore(err)
}

func (a *Area) each(ctx context.Context, f store.Filter, yield func(*domain.MediaItem) error) error {
	q := store.Query{Kind: domain.KindMediaItem, Filter: f, First: listing.MaxPage, Order: []store.Order{{Property: "key"}}}
	for {
		page, err := a.estate.Entire.Find(ctx, q)
		if err != nil {
			return refusal.OfStore(err)
		}
		for _, m := range estate.Decoded[*domain.MediaItem](ctx, a.estate.Everything(), page.Nodes) {
			if err := yield(m); err != nil {
				return err
			}
		}
		if !page.HasNext {
			return nil
		}
		q.After = page.Cursors[len(page.Cursors)-1]
	}
}
