// Package asof reads the graph as of an earlier revision (rule C4): today's
// answers, laid over with what the log says has changed since. What a read
// costs grows with what it is asked for and with what has changed since the
// revision, not with the graph.
package asof

import (
	"context"
	"fmt"
	"sync"

	"releasegraph/internal/store"
)

// Options limit what is kept in memory. The zero value is good.
type Options struct {
	// MaxBytes is about how much memory all that is kept of changes may take;
	// 0: 256 MiB. A revision since which more has changed cannot be read.
	MaxBytes int64
	// Few is how many changes since a revision are followed one and all for a
	// few nodes; of more, only those that touched the nodes are read. 0: 512.
	Few int64
}

// History reads a store as of its earlier revisions. It keeps what it learnt
// of the changes since, for the next read of the same revision. All methods
// may be called concurrently.
type History struct {
	store store.Store
	max   int64
	few   store.Revision

	mu   sync.Mutex
	kept []*overlay // the one used last at the end
}

// New prepares to read a store's past.
func New(s store.Store, o Options) *History {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 256 << 20
	}
	if o.Few <= 0 {
		o.Few = 512
	}
	return &History{store: s, max: o.MaxBytes, few: store.Revision(o.Few)}
}

// At reads a store's graph as of a revision, once; who reads more often shares
// a History.
func At(s store.Store, r store.Revision) *Reader { return New(s, Options{}).At(r) }

// At reads the graph as of a revision. The Reader's methods answer with
// ErrInvalid for a revision beyond the head, ErrCompacted for one before the
// oldest that can be read, a TooMuchError where more has changed since than may
// be kept.
func (h *History) At(r store.Revision) *Reader { return &Reader{history: h, revision: r} }

// TooMuchError says that more has changed since a revision than may be kept in
// memory. It is an ErrUnavailable.
type TooMuchError struct {
	Revision store.Revision
	Reached  store.Revision // how far the changes since then fit
	MaxBytes int64
}

func (e *TooMuchError) Error() string {
	return fmt.Sprintf("too much has changed since revision %d: the changes up to %d alone take more than the %d bytes allowed; "+
		"ask for a later revision, or allow more", e.Revision, e.Reached, e.MaxBytes)
}

// Unwrap makes it an ErrUnavailable.
func (e *TooMuchError) Unwrap() error { return store.ErrUnavailable }

// overlay finds what is kept for a revision, or begins it.
func (h *History) overlay(r store.Revision) *overlay {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, o := range h.kept {
		if o.revision == r {
			h.kept = append(append(h.kept[:i:i], h.kept[i+1:]...), o)
			return o
		}
	}
	o := newOverlay(h.store, r, h.max)
	h.kept = append(h.kept, o)
	return o
}

// trim lets go what was used least lately, until the rest fits.
func (h *History) trim(failed *overlay) {
	h.mu.Lock()
	defer h.mu.Unlock()
	const most = 64 // small ones, too, are not kept for ever
	total := int64(0)
	first := len(h.kept)
	for i := len(h.kept) - 1; i >= 0 && len(h.kept)-i <= most; i-- {
		if total += h.kept[i].size(); total > h.max && i < len(h.kept)-1 {
			break
		}
		first = i
	}
	kept := make([]*overlay, 0, len(h.kept)-first)
	for _, o := range h.kept[first:] {
		if o != failed {
			kept = append(kept, o)
		}
	}
	h.kept = kept
}

// settled is the head beyond which no read that has ended can have seen
// anything, if a revision can be read.
func (h *History) settled(ctx context.Context, r store.Revision) (store.Revision, error) {
	head, err := h.store.Settled(ctx)
	if err != nil {
		return 0, err
	}
	if r < 0 || r > head {
		return 0, fmt.Errorf("%w: there is no revision %d yet, the head is %d", store.ErrInvalid, r, head)
	}
	oldest, err := h.store.Oldest(ctx)
	if err != nil {
		return 0, err
	}
	if r < oldest {
		return 0, fmt.Errorf("%w: revision %d can no longer be read, the oldest is %d", store.ErrCompacted, r, oldest)
	}
	return head, nil
}

// catchUp finds the overlay of a revision and brings it to where it covers
// whatever a read that has ended can have seen.
func (h *History) catchUp(ctx context.Context, r store.Revision) (*overlay, error) {
	head, err := h.settled(ctx, r)
	if err != nil {
		return nil, err
	}
	o := h.overlay(r)
	grown, err := o.reach(ctx, head)
	switch {
	case err != nil:
		h.trim(o)
		return nil, err
	case grown:
		h.trim(nil)
	}
	return o, nil
}
