package topology

import (
	"context"
	"fmt"
	"sync"

	"releasegraph/internal/store"
)

// Store is a store.Store with its graph in memory beside it. It promises all
// that the store beneath does; a difference is a bug.
type Store[F any, L comparable] struct {
	store.Store // beneath: what is not overridden here passes through

	codec Codec[F, L]
	opts  Options
	scan  store.Scan
	kinds set
	rels  set
	keep  set

	mu        sync.Mutex
	state     state[F, L]
	changed   chan struct{}  // closed and replaced with every new state
	committed store.Revision // the newest that was committed through this Store
	stop      context.CancelFunc
	done      chan struct{}
	pasts     pasts[F, L]
}

// Open decorates the store and begins to load its graph. It returns at once;
// Graph waits for the loading. The context's values, not its end, reach the
// loading: that ends with Close. Errors: ErrInvalid when the codec does not
// name what it keeps.
func Open[F any, L comparable](ctx context.Context, beneath store.Store, codec Codec[F, L], opts Options) (*Store[F, L], error) {
	scan := codec.Scan()
	if scan.Kinds == nil || scan.Rels == nil || scan.Keep == nil {
		return nil, fmt.Errorf("%w: the codec must name the kinds, relationships and properties that it keeps", store.ErrInvalid)
	}
	s := &Store[F, L]{
		Store: beneath, codec: codec, opts: opts.withDefaults(),
		scan: scan, kinds: newSet(scan.Kinds), rels: newSet(scan.Rels), keep: newSet(scan.Keep),
		changed: make(chan struct{}), done: make(chan struct{}),
		pasts: pasts[F, L]{making: make(chan struct{}, 1)},
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	if opts.Off {
		s.state.off = errOff
		close(s.done)
		return s, nil
	}
	go func() {
		defer close(s.done)
		s.run(run)
	}()
	return s, nil
}

// Commit commits to the store beneath, and remembers the revision: what reads
// through this Store from now on sees it.
func (s *Store[F, L]) Commit(ctx context.Context, cs store.Changeset) (store.Change, error) {
	change, err := s.Store.Commit(ctx, cs)
	if err == nil {
		s.mu.Lock()
		s.committed = max(s.committed, change.Revision)
		s.mu.Unlock()
	}
	return change, err
}

// Close stops following, lets the graph go, and closes the store beneath.
func (s *Store[F, L]) Close(ctx context.Context) error {
	s.stop()
	select {
	case <-s.done:
	case <-ctx.Done():
	}
	s.publish(state[F, L]{off: errClosed})
	return s.Store.Close(ctx)
}

// set is a set of names.
type set map[string]bool

func newSet(names []string) set {
	s := make(set, len(names))
	for _, name := range names {
		s[name] = true
	}
	return s
}

// of leaves those of the properties that are in the set.
func (s set) of(props store.Props) store.Props {
	kept := store.Props{}
	for name, v := range props {
		if s[name] {
			kept[name] = v
		}
	}
	return kept
}
