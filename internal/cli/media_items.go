package cli

import (
	"context"
	"fmt"

	"releasegraph/internal/app"
	"releasegraph/internal/app/acting"
	"releasegraph/internal/digest"
	"releasegraph/internal/domain"
	"releasegraph/internal/library"
)

// mediaItems tell the library of the items of an estate.
type mediaItems struct{ app *app.App }

var (
	_ library.Items  = mediaItems{}
	_ library.Upkeep = mediaItems{}
)

// Receive implements library.Items.
func (i mediaItems) Receive(ctx context.Context, o library.Offer) (library.Expected, error) {
	m, err := i.app.Media.Receive(i.app.WithLoads(ctx), o.Key)
	if err != nil {
		return library.Expected{}, err
	}
	d, err := digest.Parse(m.Sha256)
	return library.Expected{Digest: d, Size: int64(m.Size)}, err
}

// Stored implements library.Items.
func (i mediaItems) Stored(ctx context.Context, s library.Stored) error {
	return i.app.Media.Stored(i.app.WithLoads(ctx), s.Key, s.Digest.String(), s.Size, s.Location)
}

// Send implements library.Items.
func (i mediaItems) Send(ctx context.Context, key string) (library.Held, error) {
	m, err := i.app.Media.Send(i.app.WithLoads(ctx), key)
	if err != nil {
		return library.Held{}, err
	}
	d, err := digest.Parse(m.Sha256)
	return library.Held{Digest: d, Size: int64(m.Size), Locations: m.SoundCopies()}, err
}

// Kept implements library.Upkeep.
func (i mediaItems) Kept(ctx context.Context, yield func(library.Item) error) error {
	return i.app.Media.Kept(i.app.WithLoads(ctx), func(m *domain.MediaItem) error {
		d, err := digest.Parse(m.Sha256)
		if err != nil {
			return fmt.Errorf("%s: %w", m.Key, err)
		}
		return yield(library.Item{Key: m.Key, Digest: d, Size: int64(m.Size), Locations: m.Copies})
	})
}

// Compare implements library.Upkeep.
func (i mediaItems) Compare(ctx context.Context, key string) error {
	_, err := i.app.Media.CompareMediaItem(i.app.WithLoads(acting.WithIdentity(ctx, acting.Clock)), domain.Verb{Ref: domain.Ref{Key: &key}}, nil)
	return err
}

// Purged implements library.Upkeep.
func (i mediaItems) Purged(ctx context.Context, yield func(digest.SHA256) error) error {
	return i.app.Media.Purged(i.app.WithLoads(ctx), func(m *domain.MediaItem) error {
		d, err := digest.Parse(m.Sha256)
		if err != nil {
			return err
		}
		return yield(d)
	})
}

// Needed implements library.Upkeep.
func (i mediaItems) Needed(ctx context.Context, d digest.SHA256) (bool, error) {
	return i.app.Media.Needed(ctx, d.String())
}
