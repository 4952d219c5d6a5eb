package app

import (
	"context"
	"slices"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
	"releasegraph/internal/store/feed"
)

// The limits of a neighbourhood.
const (
	maxNearDepth = 12
	maxNear      = 10_000
)

// NeighbourhoodStream tells of the change sets that concern an item or what is
// near it. It is for one goroutine; who is given one closes it.
type NeighbourhoodStream struct {
	app     *App
	reader  *feed.Reader
	item    store.ID
	depth   int
	near    map[store.ID]bool
	pending []store.Change
}

// ConfigurationChanges begins to tell of changes to an item and to what is up
// to depth dependencies away from it, in either direction, after a revision;
// from now on when it is nil.
func (a *App) ConfigurationChanges(ctx context.Context, item domain.Ref, depth int, after *int64) (*NeighbourhoodStream, error) {
	if err := a.may(ctx, authz.Read, authz.KindChangeSet); err != nil {
		return nil, err
	}
	if depth < 0 || depth > maxNearDepth {
		return nil, wrong("depth", "is %d; it runs from 0 to %d", depth, maxNearDepth)
	}
	wanted := refs{view: a.today(ctx)}
	var found store.Node
	wanted.want(domain.KindConfigurationItem, item, "item", &found)
	if err := wanted.resolve(ctx); err != nil {
		return nil, err
	}
	reader, err := a.follow(ctx, after)
	if err != nil {
		return nil, err
	}
	s := &NeighbourhoodStream{app: a, reader: reader, item: found.ID, depth: depth}
	if s.near, err = s.around(ctx, reader.At()); err != nil {
		reader.Close()
		return nil, err
	}
	return s, nil
}

// Next waits for the next change set that concerns the neighbourhood, of which
// it has only what does.
func (s *NeighbourhoodStream) Next(ctx context.Context) (*ChangeSet, error) {
	for {
		for len(s.pending) == 0 {
			changes, err := s.reader.Next(ctx)
			if err != nil {
				return nil, s.app.followError(ctx, err, s.reader.At())
			}
			if changes, err = s.app.today(ctx).seenOf(ctx, changes); err != nil {
				return nil, err
			}
			s.pending = changes
		}
		c := s.pending[0]
		s.pending = s.pending[1:]
		near, err := s.passing(ctx, &c)
		if err != nil {
			return nil, err
		}
		c.Effects = slices.DeleteFunc(slices.Clone(c.Effects), func(e store.Effect) bool { return !atAny(&e, near) })
		if len(c.Effects) > 0 {
			return newChangeSets(newNames(s.app.entire), []store.Change{c})[0], nil
		}
	}
}

// Close ends the stream.
func (s *NeighbourhoodStream) Close() { s.reader.Close() }

// passing goes on to a change set: what was near before it or is near after it.
func (s *NeighbourhoodStream) passing(ctx context.Context, c *store.Change) (map[store.ID]bool, error) {
	before := s.near
	moved := slices.ContainsFunc(c.Effects, func(e store.Effect) bool {
		return e.Node == "" && e.Edge.Rel == domain.RelDependsOn && e.Verb() != store.Updated && atAny(&e, before)
	})
	if s.depth == 0 || !moved {
		return before, nil
	}
	after, err := s.around(ctx, c.Revision)
	if err != nil {
		return nil, err
	}
	s.near = after
	both := make(map[store.ID]bool, len(before)+len(after))
	for _, set := range []map[store.ID]bool{before, after} {
		for id := range set {
			both[id] = true
		}
	}
	return both, nil
}

// around is what was near the item at a revision.
func (s *NeighbourhoodStream) around(ctx context.Context, at store.Revision) (map[store.ID]bool, error) {
	near := map[store.ID]bool{s.item: true}
	if s.depth == 0 {
		return near, nil
	}
	reader, err := s.reading(ctx, at)
	if err != nil {
		return nil, err
	}
	for _, d := range []store.Direction{store.Out, store.In} {
		found, err := reader.Walk(ctx, store.Walk{
			Roots: []store.ID{s.item}, Rels: []string{domain.RelDependsOn}, Direction: d, Depth: s.depth, Limit: maxNear,
		})
		if err != nil {
			return nil, compacted(err, "after")
		}
		if found.Truncated {
			return nil, &domain.Error{
				Code: domain.Limit, Field: "depth", Message: "more items are near than can be followed: follow fewer dependencies",
				Details: map[string]any{"limit": maxNear},
			}
		}
		for _, h := range found.Hits {
			near[h.ID] = true
		}
	}
	return near, nil
}

// reading reads as of a revision: today's graph when that is the last one.
func (s *NeighbourhoodStream) reading(ctx context.Context, at store.Revision) (store.Reader, error) {
	head, err := s.app.store.Head(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	if at >= head {
		return s.app.today(ctx), nil
	}
	return s.app.at(ctx, at), nil
}

// atAny tells whether an effect is of one of the nodes, or of an edge at one.
func atAny(e *store.Effect, near map[store.ID]bool) bool {
	return near[e.Node] || e.Node == "" && (near[e.Edge.From] || near[e.Edge.To])
}
