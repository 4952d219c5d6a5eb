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
	// few nodes; of more, only those that touched the nodes are read. 0: 16.
	Few int64
}

// History reads a store as of its earlier revisions. It keeps what it learnt
// of the changes since, for the next read of the same revision, and what it
// worked out of the differences between two. What it keeps and what it is
// learning are bounded together; one at a time follows a long run of the log.
// All methods may be called concurrently.
type History struct {
	store store.Store
	max   int64
	few   store.Revision

	following chan struct{} // holds one token: of who follows the log

	mu   sync.Mutex
	kept []held // the one used last at the end
}

// New prepares to read a store's past.
func New(s store.Store, o Options) *History {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 256 << 20
	}
	if o.Few <= 0 {
		o.Few = 16
	}
	return &History{store: s, max: o.MaxBytes, few: store.Revision(o.Few), following: make(chan struct{}, 1)}
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
	return use(h, func(o *overlay) bool { return o.revision == r }, func() *overlay { return newOverlay(h, r) })
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
	return h.overlayTo(ctx, r, head)
}

// overlayTo finds the overlay of a revision and brings it to a later one.
func (h *History) overlayTo(ctx context.Context, r, head store.Revision) (*overlay, error) {
	o := h.overlay(r)
	if err := o.reach(ctx, head); err != nil {
		h.drop(o)
		return nil, err
	}
	return o, nil
}
