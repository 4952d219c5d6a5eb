package media

import (
	"context"
	"slices"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// Receive says which bytes of an item the caller may put: those that it was
// declared to have (L1). Only what is in quarantine receives any.
func (a *Area) Receive(ctx context.Context, key string) (*domain.MediaItem, error) {
	if err := a.estate.May(ctx, authz.Deposit, domain.KindMediaItem); err != nil {
		return nil, err
	}
	found, err := a.estate.Target(ctx, authz.Deposit, entity.KindNamed(domain.KindMediaItem), domain.Ref{Key: &key}, "key")
	if err != nil {
		return nil, err
	}
	m := found.(*domain.MediaItem)
	if m.Status != domain.MediaQuarantine && !m.Stored {
		return nil, domain.Breaks("L1", "key", "%s is %s: bytes are put while it is in QUARANTINE", m.Key, m.Status)
	}
	return m, nil
}

// Stored notes that the bytes of an item, as declared, lie at a location of the
// library. It may be told so again.
func (a *Area) Stored(ctx context.Context, key, sha256 string, size int64, location string) error {
	m := estate.Mutation{Action: authz.Deposit, Kind: domain.KindMediaItem, Input: []any{"stored", domain.KindMediaItem, key, sha256, location}}
	_, err := a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		before, err := a.Receive(ctx, key)
		if err != nil {
			return nil, nil, err
		}
		if before.Sha256 != sha256 || int64(before.Size) != size {
			return nil, nil, domain.Breaks("L1", "key", "%s was declared with another digest or size: %s, %d bytes", key, before.Sha256, before.Size)
		}
		after := entity.Clone(before).(*domain.MediaItem)
		after.Stored = true
		if !slices.Contains(after.Copies, location) {
			after.Copies = append(slices.Clone(before.Copies), location)
		}
		after.WrongCopies = slices.DeleteFunc(slices.Clone(before.WrongCopies), func(at string) bool { return at == location })
		if who := acting.Doer(ctx).Name; !before.Stored {
			after.PutBy = &who
		}
		if after.Location == nil {
			at := "sha256/" + sha256
			after.Location = &at
		}
		d := &estate.Draft{}
		if before.Stored && len(before.Copies) == len(after.Copies) && len(before.WrongCopies) == len(after.WrongCopies) {
			return d, before, nil
		}
		d.Decide(before, after)
		return d, after, nil
	})
	return err
}

// Send says which bytes of an item the caller may have: those of what is not
// refused or purged, and is as it was declared at one location at least (L2).
func (a *Area) Send(ctx context.Context, key string) (*domain.MediaItem, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindMediaItem); err != nil {
		return nil, err
	}
	found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindMediaItem), domain.Ref{Key: &key}, "key")
	if err != nil {
		return nil, err
	}
	m := found.(*domain.MediaItem)
	if !m.Stored || m.Status == domain.MediaPurged {
		return nil, domain.Breaks("L2", "key", "%s has no bytes in the library (%s)", m.Key, strings.ToLower(string(m.Status)))
	}
	if m.Damaged() {
		return nil, domain.Breaks("L2", "key", "no copy of %s in the library is as it was declared (%s): put its bytes again", m.Key, strings.Join(m.WrongCopies, ", "))
	}
	return m, nil
}
