package care

import (
	"context"
	"fmt"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Forgotten tells what a compaction did, or would do.
type Forgotten struct {
	Was     store.Revision `json:"was"`     // the oldest revision that could be read as of
	Oldest  store.Revision `json:"oldest"`  // that can be now
	Wanted  store.Revision `json:"wanted"`  // that was asked for
	HeldBy  string         `json:"heldBy"`  // the baseline for which more is kept, if any
	Changes int64          `json:"changes"` // that were forgotten
}

// Compaction works out how far the log may be forgotten so that the estate can
// still be read as of a time and of every baseline.
func Compaction(ctx context.Context, s store.Store, before time.Time) (Forgotten, error) {
	var f Forgotten
	var err error
	if f.Was, err = s.Oldest(ctx); err != nil {
		return f, err
	}
	if f.Wanted, err = s.RevisionAt(ctx, before); err != nil {
		return f, err
	}
	f.Oldest = max(f.Wanted, f.Was)
	if err := f.spareBaselines(ctx, s); err != nil {
		return f, err
	}
	head, err := s.Head(ctx)
	f.Oldest = max(min(f.Oldest, head-1), f.Was) // the head's entry stays
	f.Changes = int64(f.Oldest - f.Was)
	return f, err
}

// spareBaselines goes no further than the oldest baseline that can be read.
func (f *Forgotten) spareBaselines(ctx context.Context, s store.Store) error {
	if _, declared := s.Declared().Kind(domain.KindBaseline); !declared {
		return nil
	}
	page, err := s.Find(ctx, store.Query{
		Kind: domain.KindBaseline, Order: []store.Order{{Property: "revision"}}, First: 1,
		Filter: store.Compare{Property: "revision", Op: store.Gte, Value: int64(f.Was)},
	})
	if err != nil {
		return err
	}
	for _, n := range page.Nodes {
		if at, ok := n.Props["revision"].(int64); ok && store.Revision(at) < f.Oldest {
			f.Oldest = store.Revision(at)
			f.HeldBy, _ = n.Props["key"].(string)
		}
	}
	return nil
}

// Compact forgets the log before a time.
func Compact(ctx context.Context, s store.Store, before time.Time) (Forgotten, error) {
	f, err := Compaction(ctx, s, before)
	if err != nil || f.Oldest == f.Was {
		return f, err
	}
	if err := s.Compact(ctx, f.Oldest); err != nil {
		return f, fmt.Errorf("the log was not forgotten up to revision %d: %w", f.Oldest, err)
	}
	return f, nil
}
