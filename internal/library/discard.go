package library

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"releasegraph/internal/digest"
	"releasegraph/internal/store/blob"
)

// holds keep contents from being discarded, by their first byte: two contents that
// share it wait for each other, which costs no more than a later sweep.
type holds [256]sync.RWMutex

// Hold keeps a content from being discarded until release is called. Who puts one
// holds it from before its first byte until its item says that it is stored.
func (l *Library) Hold(d digest.SHA256) (release func()) {
	m := &l.held[d[0]]
	m.RLock()
	return m.RUnlock
}

// Discard takes a content away at all locations, and reports whether there was
// one. It stays when an item needs it (L5), and, until a later call, while it is
// held and when it was written since a moment. What is needed is asked while
// nobody can put the content: one that comes to be needed then is put afterwards.
func (l *Library) Discard(ctx context.Context, d digest.SHA256, before time.Time, needed func(context.Context, digest.SHA256) (bool, error)) (bool, error) {
	m := &l.held[d[0]]
	if !m.TryLock() {
		return false, nil
	}
	defer m.Unlock()
	old, err := l.unwrittenSince(ctx, d, before)
	if err != nil || !old {
		return false, err
	}
	if needs, err := needed(ctx, d); err != nil || needs {
		return false, err
	}
	return true, l.Delete(ctx, d)
}

// unwrittenSince reports whether a content is anywhere, and was written nowhere
// since a moment.
func (l *Library) unwrittenSince(ctx context.Context, d digest.SHA256, moment time.Time) (bool, error) {
	there := false
	for _, s := range l.shelves {
		at, err := s.store.Written(ctx, d)
		switch {
		case errors.Is(err, blob.ErrNotFound):
		case err != nil:
			return false, fmt.Errorf("location %s: %w", s.Name, err)
		case !at.Before(moment):
			return false, nil
		default:
			there = true
		}
	}
	return there, nil
}
