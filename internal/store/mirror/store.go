package mirror

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"releasegraph/internal/store"
)

// Store is a store.Store whose records are in memory. It promises all that the
// store beneath does; a difference is a bug.
type Store struct {
	store.Store // beneath: what is not overridden here passes through

	opts Options
	now  atomic.Pointer[snapshot] // nil: not loaded
	// known is the newest revision that was committed, or told of, through this
	// Store: what reads from now on has reached it.
	known  atomic.Int64
	writes atomic.Int32 // commits under way

	making sync.Mutex // held by who makes the next snapshot
	maker  *maker
	recent recent
	broken bool // the log did not fit: it is loaded anew

	mu      sync.Mutex
	waiting map[store.Revision]store.Change // committed here, to be applied after those before
	changed chan struct{}                   // closed and replaced with every new snapshot
	err     error                           // why the last attempt to load or follow failed
	closed  bool

	loaded chan struct{} // closed when the first loading has ended
	stop   context.CancelFunc
	done   chan struct{}
}

var _ store.Store = (*Store)(nil)

// Open decorates the store and begins to load its records. It returns at once;
// until they are loaded the store beneath answers. The context's values, not its
// end, reach the loading: that ends with Close.
func Open(ctx context.Context, beneath store.Store, opts Options) *Store {
	s := &Store{
		Store: beneath, opts: opts.withDefaults(), waiting: map[store.Revision]store.Change{},
		changed: make(chan struct{}), loaded: make(chan struct{}), done: make(chan struct{}),
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	go func() {
		defer close(s.done)
		s.run(run)
	}()
	return s
}

// Close stops following, lets the records go, and closes the store beneath.
func (s *Store) Close(ctx context.Context) error {
	s.stop()
	select {
	case <-s.done:
	case <-ctx.Done():
	}
	s.making.Lock()
	s.mu.Lock()
	s.closed = true
	s.now.Store(nil)
	s.mu.Unlock()
	s.making.Unlock()
	return s.Store.Close(ctx)
}

// note remembers that somebody has been told of a revision.
func (s *Store) note(r store.Revision) {
	for known := s.known.Load(); known < int64(r); known = s.known.Load() {
		if s.known.CompareAndSwap(known, int64(r)) {
			return
		}
	}
}

// publish puts a snapshot in force and wakes all who wait for one.
func (s *Store) publish(next *snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.now.Store(next)
	for r := range s.waiting {
		if next == nil || r <= next.revision {
			delete(s.waiting, r)
		}
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// change is closed when there is another snapshot.
func (s *Store) change() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// view is the snapshot to read, false where the store beneath is to be asked: the
// kinds and relationships are not all held, or what was committed has not been
// reached in time.
func (s *Store) view(ctx context.Context, names ...string) (*snapshot, bool) {
	return s.viewFor(ctx, nil, names...)
}

// viewFor is view for a read with a filter.
func (s *Store) viewFor(ctx context.Context, f store.Filter, names ...string) (*snapshot, bool) {
	still := store.StandstillOf(ctx)
	now, ok := still.Kept().(*snapshot)
	if !ok {
		if now = s.reached(ctx); now != nil {
			still.Keep(now)
		}
	}
	if now == nil || !now.holds(f, names) {
		still.Lose()
		return nil, false
	}
	return now, true
}

// reached is the newest snapshot, nil where what was committed has not been reached in time.
func (s *Store) reached(ctx context.Context) *snapshot {
	now := s.now.Load()
	if now == nil || ctx.Err() != nil {
		return nil
	}
	if known := store.Revision(s.known.Load()); now.revision < known {
		return s.await(ctx, known)
	}
	return now
}

// await waits for a revision, as long as the Options say. It returns nil where
// that has not come.
func (s *Store) await(ctx context.Context, atLeast store.Revision) *snapshot {
	timer := time.NewTimer(s.opts.Patience)
	defer timer.Stop()
	for {
		changed := s.change()
		now := s.now.Load()
		if now == nil || now.revision >= atLeast {
			return now
		}
		select {
		case <-changed:
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// awaitLoading waits until the first loading has ended, or the context has.
func (s *Store) awaitLoading(ctx context.Context) {
	select {
	case <-s.loaded:
	case <-ctx.Done():
	}
}

// Status tells how a mirror fares, for readiness and metrics.
type Status struct {
	// Loaded tells that there are records to serve.
	Loaded bool
	// Revision is the one that they stand for, Known the newest that anybody has
	// been told of.
	Revision, Known store.Revision
	// Nodes and Edges are counts, Bytes is an estimate of the memory they take.
	Nodes, Edges int
	Bytes        int64
	// Without names the kinds and relationships that are left out.
	Without []string
	// Err says why loading or following does not get on at the moment; nil when
	// all is well.
	Err error
}

// Status tells how the mirror fares. It asks nothing of the store beneath.
func (s *Store) Status() Status {
	s.mu.Lock()
	status := Status{Known: store.Revision(s.known.Load()), Err: s.err}
	s.mu.Unlock()
	now := s.now.Load()
	if now == nil {
		return status
	}
	status.Loaded, status.Revision, status.Bytes = true, now.revision, now.bytes
	for _, n := range now.nodes {
		status.Nodes += int(n.rows.GetCardinality())
	}
	for _, r := range now.relations {
		status.Edges += r.count
	}
	for name := range now.without {
		status.Without = append(status.Without, name)
	}
	return status
}

// fail remembers why something did not go, nil that it did.
func (s *Store) fail(err error) {
	s.mu.Lock()
	s.err = err
	s.mu.Unlock()
}

// Lag counts the revisions that the records are behind.
func (st Status) Lag() int64 { return max(0, int64(st.Known-st.Revision)) }

// Loaded waits until the records are in memory, or the context ends. Errors:
// ErrUnavailable (with why) when they cannot be had.
func (s *Store) Loaded(ctx context.Context) error {
	s.awaitLoading(ctx)
	for {
		changed := s.change()
		status := s.Status()
		switch {
		case status.Loaded:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("%w: the records are still being loaded: %w", store.ErrUnavailable, errors.Join(status.Err, ctx.Err()))
		}
		select {
		case <-changed:
		case <-s.done:
			return fmt.Errorf("%w: the mirror is closed", store.ErrUnavailable)
		case <-ctx.Done():
		}
	}
}
