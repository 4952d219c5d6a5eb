package topology

import (
	"context"
	"errors"
	"fmt"
	"time"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/store"
)

// run loads the graph and follows the log until the context ends or the graph
// has grown too large. Whatever fails is tried again after a pause.
func (s *Store[F, L]) run(ctx context.Context) {
	pause := s.opts.FirstPause
	var st state[F, L] // the one last published
	reload := true
	for ctx.Err() == nil {
		next, err := s.step(ctx, st, reload)
		var large *tooLargeError
		switch {
		case ctx.Err() != nil:
			return
		case errors.As(err, &large):
			s.publish(state[F, L]{off: err, head: st.head})
			return
		case err == nil:
			if !reload { // a store whose log never fits is not loaded without pauses
				pause = s.opts.FirstPause
			}
			st, reload = next, wasteful(next.graph)
			s.publish(st)
			continue
		}
		// What is loaded is served on: it is right for its revision.
		reload = reload || errors.Is(err, store.ErrCompacted)
		st.err = err
		s.publish(st)
		sleep(ctx, pause)
		pause = min(2*pause, s.opts.LongestPause)
	}
}

// wasteful tells whether removed nodes take more room than those that exist.
func wasteful[F any, L comparable](g *adjacency.Graph[F, L]) bool {
	const few = 100_000
	return g.Size()-g.Len() > max(few, g.Len())
}

// step makes the next state: by loading, or by the next changes in the log, for
// which it waits.
func (s *Store[F, L]) step(ctx context.Context, st state[F, L], reload bool) (state[F, L], error) {
	if reload {
		return s.load(ctx)
	}
	if st.err != nil { // the next change may be long in coming: tell at once that all is well again
		head, err := s.Head(ctx)
		if err == nil {
			st.err, st.head = nil, head
		}
		return st, err
	}
	reached := store.Revision(st.graph.Revision())
	if st.head <= reached {
		head, err := s.Await(ctx, reached)
		if err != nil {
			return st, err
		}
		st.head = head
	}
	changes, err := s.changes(ctx, reached, st.batch())
	if err != nil {
		return st, err
	}
	if len(changes) == 0 { // committed, but something before it is not readable yet
		sleep(ctx, time.Millisecond)
		return st, nil
	}
	return s.apply(st, changes)
}

// rememberer is a store that remembers the changes that came last.
type rememberer interface {
	Recent(after store.Revision, limit int) []store.Change
}

// changes are those after a revision, from the log where nobody remembers them.
func (s *Store[F, L]) changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	if beneath, ok := s.Store.(rememberer); ok {
		if changes := beneath.Recent(after, limit); len(changes) > 0 {
			return changes, nil
		}
	}
	return s.Changes(ctx, after, limit)
}

// apply makes the state after some changes, all in one Editor, so that a node
// touched by many of them is copied once.
func (s *Store[F, L]) apply(st state[F, L], changes []store.Change) (state[F, L], error) {
	a := applying[F, L]{s: s, e: st.graph.Edit(), partial: st.partial}
	reached := store.Revision(st.graph.Revision())
	effects := 0
	for i := range changes {
		if changes[i].Revision != reached+1 {
			return st, fmt.Errorf("%w: revision %d follows %d", errDiverged, changes[i].Revision, reached)
		}
		reached++
		effects += len(changes[i].Effects)
		if err := a.change(&changes[i]); err != nil {
			return st, fmt.Errorf("revision %d: %w", reached, err)
		}
	}
	next := state[F, L]{graph: a.e.Graph(int64(reached)), partial: a.partial, head: max(st.head, reached)}
	next.density = (effects + len(changes)) / max(1, len(changes))
	return next, s.tooLarge(next.graph.Len(), next.graph.Bytes())
}

// batch is how many changes to read at once: many small ones, few large ones,
// so that an import that is followed stays within bounds.
func (st state[F, L]) batch() int {
	const effects, most = 20_000, 1024
	return min(most, max(1, effects/max(st.density, 16)))
}

// sleep waits, or returns earlier when the context ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
