package topology

import (
	"context"
	"fmt"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/store"
)

const (
	// pastGraphs is how many graphs as of earlier revisions are kept.
	pastGraphs = 4
	// pastDepth is how many times a graph may have been made of one that was
	// itself made so: each makes looking up an id a little slower.
	pastDepth = 8
)

// pasts keeps graphs as of earlier revisions, the one asked for last at the
// end. One at a time is made.
type pasts[F any, L comparable] struct {
	making chan struct{}
	kept   []past[F, L]
}

// past is a graph on a line of its own.
type past[F any, L comparable] struct {
	graph *adjacency.Graph[F, L]
	depth int
}

func (p past[F, L]) revision() store.Revision { return store.Revision(p.graph.Revision()) }

// GraphAt returns the graph as of an earlier revision (rule C4). It goes back
// from today's, or from one asked for lately, by the changes between: what it
// costs grows with those, not with the graph. Errors: ErrInvalid for a revision
// beyond the head, ErrCompacted for one that the log no longer reaches back to,
// otherwise those of Graph.
func (s *Store[F, L]) GraphAt(ctx context.Context, r store.Revision) (*adjacency.Graph[F, L], error) {
	if err := s.readable(ctx, r); err != nil {
		return nil, err
	}
	st, err := s.await(ctx, r)
	if err != nil {
		return nil, err
	}
	if store.Revision(st.graph.Revision()) == r {
		return st.graph, nil
	}
	select {
	case s.pasts.making <- struct{}{}:
		defer func() { <-s.pasts.making }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p := s.pasts.nearest(r, st.graph)
	if p.revision() != r {
		if p, err = s.travel(ctx, p, r); err != nil {
			return nil, err
		}
	}
	s.pasts.keep(p)
	return p.graph, nil
}

func (s *Store[F, L]) readable(ctx context.Context, r store.Revision) error {
	head, err := s.Head(ctx)
	if err != nil {
		return err
	}
	oldest, err := s.Oldest(ctx)
	switch {
	case err != nil:
		return err
	case r < 0 || r > head:
		return fmt.Errorf("%w: there is no revision %d yet, the head is %d", store.ErrInvalid, r, head)
	case r < oldest:
		return fmt.Errorf("%w: revision %d can no longer be read, the oldest is %d", store.ErrCompacted, r, oldest)
	}
	return nil
}

// nearest is the graph with the fewest changes between.
func (p *pasts[F, L]) nearest(r store.Revision, now *adjacency.Graph[F, L]) past[F, L] {
	best := past[F, L]{graph: now}
	for _, k := range p.kept {
		near := max(k.revision()-r, r-k.revision()) < max(best.revision()-r, r-best.revision())
		if near && (k.depth < pastDepth || k.revision() == r) {
			best = k
		}
	}
	return best
}

func (p *pasts[F, L]) keep(k past[F, L]) {
	p.kept = slices.DeleteFunc(p.kept, func(o past[F, L]) bool { return o.revision() == k.revision() })
	p.kept = append(p.kept, k)
	if len(p.kept) > pastGraphs {
		p.kept = slices.Clone(p.kept[1:])
	}
}

// travel goes from a graph to a revision, back or forward, in one Editor, so
// that what many changes touched is copied once.
func (s *Store[F, L]) travel(ctx context.Context, p past[F, L], to store.Revision) (past[F, L], error) {
	a := &applying[F, L]{s: s, e: p.graph.Branch().Edit(), partial: map[string]bool{}}
	// Few at first: an import's change sets are large.
	limit := store.Revision(2)
	for at := p.revision(); at != to; {
		from, next, read := at, min(to, at+limit), s.Changes
		if to < at {
			from, next, read = max(to, at-limit), max(to, at-limit), s.Undo
		}
		count := max(next-at, at-next)
		changes, err := between(ctx, read, from, count)
		if err != nil {
			return p, err
		}
		effects, err := a.all(ctx, changes, to < at)
		if err != nil {
			return p, err
		}
		at = next
		limit = store.Revision(state[F, L]{density: (effects + len(changes)) / len(changes)}.batch())
	}
	return past[F, L]{a.e.Graph(int64(to)), p.depth + 1}, nil
}

// between reads so many change sets after a revision.
func between(ctx context.Context, read func(context.Context, store.Revision, int) ([]store.Change, error), from, count store.Revision) ([]store.Change, error) {
	var changes []store.Change
	for done := store.Revision(0); done < count; done = store.Revision(len(changes)) {
		more, err := read(ctx, from+done, int(count-done))
		if err != nil {
			return nil, err
		}
		if len(more) == 0 {
			return nil, fmt.Errorf("%w: the log lacks revisions after %d", store.ErrUnavailable, from+done)
		}
		changes = append(changes, more...)
	}
	return changes, nil
}

// all applies changes, or undoes them.
func (a *applying[F, L]) all(ctx context.Context, changes []store.Change, undo bool) (effects int, err error) {
	if undo {
		slices.Reverse(changes)
	}
	for i := range changes {
		c := changes[i]
		if undo {
			c = c.Inverse()
		}
		if err := ctx.Err(); err != nil {
			return effects, err
		}
		effects += len(c.Effects)
		if err := a.change(&c); err != nil {
			return effects, fmt.Errorf("revision %d: %w", c.Revision, err)
		}
	}
	return effects, nil
}
