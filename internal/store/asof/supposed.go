package asof

import (
	"context"
	"math"

	"releasegraph/internal/store"
)

// Supposing reads the graph as it would be once a change is made that
// Store.Preview told of: as of that preview, whatever was committed since.
// What would be is read as a past: today's graph was reached from there by
// undoing the change, and then by what was committed.
func (h *History) Supposing(c store.Change) *Reader {
	base := c.Revision - 1
	undo := c.Inverse()
	for i := range undo.Effects {
		if e := &undo.Effects[i]; e.Verb() == store.Updated {
			e.Version += 2 // it follows the change, and a version is not taken back
		}
	}
	s := &supposed{Store: h.store, base: base, undo: undo}
	return New(s, Options{MaxBytes: h.max, Few: math.MaxInt64}).At(base)
}

// supposed is a store whose log goes on from a base by the undoing of a change
// that was never made.
type supposed struct {
	store.Store
	base store.Revision
	undo store.Change
}

// Settled counts the change that is undone.
func (s *supposed) Settled(ctx context.Context) (store.Revision, error) {
	head, err := s.Store.Settled(ctx)
	return head + 1, err
}

// Oldest lets the base be read: it was the head a moment ago, and Undo tells if the
// log since then was forgotten.
func (s *supposed) Oldest(context.Context) (store.Revision, error) { return 0, nil }

// Undo tells of the undoing before all that came after the base.
func (s *supposed) Undo(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	var list []store.Change
	if after == s.base {
		list, limit = append(list, s.undo), limit-1
	} else {
		after--
	}
	more, err := s.Store.Undo(ctx, after, limit)
	for _, c := range more {
		c.Revision++
		list = append(list, c)
	}
	return list, err
}
