package asof

import (
	"context"
	"fmt"

	"releasegraph/internal/store"
)

// Diff tells what differs between two revisions, in either order. The cost is
// that of the changes between, once: the Difference is kept, and shared by all
// who ask. Errors are those of At.
func (h *History) Diff(ctx context.Context, from, to store.Revision) (*Difference, error) {
	if err := h.between(ctx, from, to); err != nil {
		return nil, err
	}
	same := func(d *Difference) bool { return d.from == from && d.to == to && d.known.Load() }
	if d := use(h, same, nil); d != nil {
		return d, nil
	}
	done, err := h.follow(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if d := use(h, same, nil); d != nil { // found by who was waited for
		return d, nil
	}
	d := &Difference{store: h.store, from: from, to: to}
	use(h, func(*Difference) bool { return false }, func() *Difference { return d })
	if err := d.read(ctx, h); err != nil {
		h.drop(d)
		return nil, err
	}
	return d, nil
}

// between tells what is wrong with asking for what is between two revisions.
func (h *History) between(ctx context.Context, from, to store.Revision) error {
	head, err := h.store.Settled(ctx)
	if err != nil {
		return err
	}
	if min(from, to) < 0 || max(from, to) > head {
		return fmt.Errorf("%w: the revisions %d and %d must lie between 0 and the head, %d", store.ErrInvalid, from, to, head)
	}
	oldest, err := h.store.Oldest(ctx)
	if err == nil && min(from, to) < oldest {
		err = fmt.Errorf("%w: revision %d can no longer be read, the oldest is %d", store.ErrCompacted, min(from, to), oldest)
	}
	return err
}

// Diff tells what differs between two revisions of a store; see History.Diff.
func Diff(ctx context.Context, s store.Store, from, to store.Revision) (*Difference, error) {
	return New(s, Options{}).Diff(ctx, from, to)
}
