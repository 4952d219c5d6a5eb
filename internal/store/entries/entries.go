// Package entries reads change sets of a store's log as somebody sees them:
// first who, when and why, and what was changed when that is asked for, a part
// at a time. An import's change set has thousands of effects.
package entries

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

// Store is what is read.
type Store interface {
	Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error)
	Undo(ctx context.Context, after store.Revision, limit int) ([]store.Change, error)
	Heads(ctx context.Context, after store.Revision, limit int) ([]store.Change, error)
	Effects(ctx context.Context, q ...store.EffectQuery) ([]store.EffectPage, error)
}

// Log is the log of a store as somebody sees it.
type Log struct {
	Store
	// Seen keeps of change sets what is seen, and leaves out those of which
	// nothing is. It looks at no properties. Nil: all is seen.
	Seen func(context.Context, []store.Change) ([]store.Change, error)
}

// Between returns the change sets after a revision and up to another of which
// something is seen, without their effects.
func (l Log) Between(ctx context.Context, from, end store.Revision) ([]store.Change, error) {
	if l.Seen == nil {
		return l.Heads(ctx, from, int(end-from))
	}
	var heads []store.Change
	for from < end {
		changes, err := l.Undo(ctx, from, int(end-from))
		if err != nil || len(changes) == 0 {
			return heads, err
		}
		from = changes[len(changes)-1].Revision
		if changes, err = l.Seen(ctx, changes); err != nil {
			return nil, err
		}
		for _, c := range changes {
			c.Effects = nil
			heads = append(heads, c)
		}
	}
	return heads, nil
}

// together is how many entries are looked at together for what is seen of them.
const together = 64

// First returns the first change sets between two revisions of which something
// is seen. To read past others takes time, and that is all that can be told of
// them.
func (l Log) First(ctx context.Context, from, end store.Revision, wanted int) (found []store.Change, err error) {
	for from < end && len(found) < wanted {
		upTo := min(end, from+together)
		seen, err := l.Between(ctx, from, upTo)
		if err != nil {
			return nil, err
		}
		found = append(found, seen...)
		from = upTo
	}
	return found[:min(len(found), wanted)], nil
}

// Last returns the last such change sets, in their order.
func (l Log) Last(ctx context.Context, from, end store.Revision, wanted int) (found []store.Change, err error) {
	for from < end && len(found) < wanted {
		start := max(from, end-together)
		seen, err := l.Between(ctx, start, end)
		if err != nil {
			return nil, err
		}
		found = slices.Concat(seen, found)
		end = start
	}
	return found[max(0, len(found)-wanted):], nil
}
