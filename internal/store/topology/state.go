package topology

import (
	"context"
	"errors"
	"fmt"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/store"
)

// state is what a topology has to serve at one moment. It is replaced as a
// whole under Store.mu.
type state[F any, L comparable] struct {
	graph   *adjacency.Graph[F, L] // nil: not loaded
	partial map[string]bool        // relationships some of whose edges are left out; never changed
	head    store.Revision         // of the store beneath, as last seen
	density int                    // effects a change, of late
	err     error                  // why the last attempt failed; nil: it did not
	off     error                  // why there will be no graph any more
}

var (
	errOff    = fmt.Errorf("%w: the topology is switched off", store.ErrUnavailable)
	errClosed = fmt.Errorf("%w: the topology is closed", store.ErrUnavailable)
)

// publish puts a new state in force and wakes all who wait for one. Nothing
// comes after a state that is off.
func (s *Store[F, L]) publish(next state[F, L]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.off != nil {
		return
	}
	s.state = next
	close(s.changed)
	s.changed = make(chan struct{})
}

// now is the state in force, the newest revision committed through this Store,
// and a channel that is closed when the state changes.
func (s *Store[F, L]) now() (state[F, L], store.Revision, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, s.committed, s.changed
}

// Graph returns the graph at a revision not before atLeast, nor before any that
// was committed through this Store before the call; it waits for it until the
// context ends. Errors: ErrUnavailable (with the context's error where the
// context has ended) when the graph is not loaded or has not come so far, and
// at once when it is switched off or larger than the Options allow.
func (s *Store[F, L]) Graph(ctx context.Context, atLeast store.Revision) (*adjacency.Graph[F, L], error) {
	st, err := s.await(ctx, atLeast)
	return st.graph, err
}

func (s *Store[F, L]) await(ctx context.Context, atLeast store.Revision) (state[F, L], error) {
	_, committed, _ := s.now()
	atLeast = max(atLeast, committed)
	for {
		st, _, changed := s.now()
		switch {
		case st.off != nil:
			return state[F, L]{}, st.off
		case st.graph != nil && store.Revision(st.graph.Revision()) >= atLeast:
			return st, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return state[F, L]{}, st.late(atLeast, ctx.Err())
		}
	}
}

// late explains why the graph was not there in time.
func (st state[F, L]) late(atLeast store.Revision, end error) error {
	what := "the topology is still loading"
	if st.graph != nil {
		what = fmt.Sprintf("the topology has reached revision %d, not yet %d", st.graph.Revision(), atLeast)
	}
	if st.err != nil {
		what += fmt.Sprintf(" (last attempt: %v)", st.err)
	}
	return fmt.Errorf("%w: %s: %w", store.ErrUnavailable, what, end)
}

// Status tells how a topology fares, for readiness and metrics.
type Status struct {
	// Loaded tells that there is a graph to serve.
	Loaded bool
	// Revision is the one that the graph stands for.
	Revision store.Revision
	// Head is the last revision of the store beneath that is known of.
	Head store.Revision
	// Nodes and Edges are counts, Bytes is an estimate of the memory they take.
	Nodes, Edges int
	Bytes        int64
	// Err says why loading or following does not get on at the moment, or why
	// the topology is off; nil when all is well.
	Err error
}

// Lag counts the revisions that the graph is behind.
func (st Status) Lag() int64 { return int64(st.Head - st.Revision) }

// Status tells how the topology fares. It asks nothing of the store beneath.
func (s *Store[F, L]) Status() Status {
	st, committed, _ := s.now()
	status := Status{Head: max(st.head, committed), Err: errors.Join(st.off, st.err)}
	if g := st.graph; g != nil {
		status.Loaded = true
		status.Revision = store.Revision(g.Revision())
		status.Head = max(status.Head, status.Revision)
		status.Nodes, status.Edges, status.Bytes = g.Len(), g.Arcs(), g.Bytes()
	}
	return status
}
