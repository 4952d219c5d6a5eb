package event

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/history"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/wording"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// The limits of a neighbourhood.
const (
	maxNearDepth = 12
	maxNear      = 10_000
)

// neighbourhood is what concerns an item or what is near it.
type neighbourhood struct {
	app   *Area
	item  store.ID
	depth int
	near  *nearby // after the change set that was passed last
	told  *nearby // before or after it
}

// nearby are items, with a digest of which they are.
type nearby struct {
	ids    map[store.ID]bool
	digest string
}

func newNearby(ids map[store.ID]bool) *nearby {
	h := sha256.New()
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		h.Write(append([]byte(id), 0))
	}
	return &nearby{ids, string(h.Sum(nil))}
}

func (n *neighbourhood) state() string { return n.told.digest }

// ConfigurationChanges begins to tell of changes to an item and to what is up
// to depth dependencies away from it, in either direction, after a revision;
// from now on when it is nil.
func (a *Area) ConfigurationChanges(ctx context.Context, item domain.Ref, depth int, after *int64) (*Stream[*history.ChangeSet], error) {
	if err := a.estate.May(ctx, authz.Read, authz.KindChangeSet); err != nil {
		return nil, err
	}
	if depth < 0 || depth > maxNearDepth {
		return nil, refusal.Wrong("depth", "is %d; it runs from 0 to %d", depth, maxNearDepth)
	}
	wanted := estate.Refs{View: a.estate.Today(ctx)}
	var found store.Node
	wanted.Want(domain.KindConfigurationItem, item, "item", &found)
	if err := wanted.Resolve(ctx); err != nil {
		return nil, err
	}
	reader, err := a.follow(ctx, after)
	if err != nil {
		return nil, err
	}
	n := &neighbourhood{app: a, item: found.ID, depth: depth}
	if n.near, err = n.around(ctx, reader.At()); err != nil {
		reader.Close()
		return nil, err
	}
	return &Stream[*history.ChangeSet]{app: a, reader: reader, topic: n}, nil
}

// pass keeps up to date what is near.
func (n *neighbourhood) pass(ctx context.Context, c *store.Change) (bool, error) {
	told, err := n.passing(ctx, c)
	if err != nil {
		return false, err
	}
	n.told = told
	return slices.ContainsFunc(c.Effects, func(e store.Effect) bool { return n.told.touched(&e) }), nil
}

// of returns the change set with what concerns the neighbourhood only.
func (n *neighbourhood) of(ctx context.Context, c *store.Change) ([]*history.ChangeSet, error) {
	seen, err := n.app.seenOf(ctx, c)
	if err != nil || seen == nil {
		return nil, err
	}
	near := *seen
	near.Effects = slices.DeleteFunc(slices.Clone(seen.Effects), func(e store.Effect) bool { return !n.told.touched(&e) })
	if len(near.Effects) == 0 {
		return nil, nil
	}
	return history.NewChangeSets(wording.NewNames(n.app.estate.Entire), []store.Change{near}), nil
}

// passing goes on to a change set: what was near before it or is near after it.
func (n *neighbourhood) passing(ctx context.Context, c *store.Change) (*nearby, error) {
	before := n.near
	if n.depth == 0 || !n.moves(ctx, c) {
		return before, nil
	}
	after, err := n.around(ctx, c.Revision)
	if err != nil {
		return nil, err
	}
	n.near = after
	both := maps.Clone(before.ids)
	maps.Copy(both, after.ids)
	return newNearby(both), nil
}

// moves reports whether a change set may change what is near: by a dependency of
// what was near, or by what decides which items the caller sees. It must not
// depend on anything else, since what is hidden would show by it.
func (n *neighbourhood) moves(ctx context.Context, c *store.Change) bool {
	deciding := n.app.estate.Today(ctx).Deciding(domain.KindConfigurationItem)
	return slices.ContainsFunc(c.Effects, func(e store.Effect) bool {
		switch {
		case e.Node != "" || e.Verb() == store.Updated:
			return false
		case e.Edge.Rel == domain.RelDependsOn:
			return n.near.touched(&e)
		}
		return slices.Contains(deciding, e.Edge.Rel)
	})
}

// around returns what was near the item at a revision.
func (n *neighbourhood) around(ctx context.Context, at store.Revision) (*nearby, error) {
	near := map[store.ID]bool{n.item: true}
	if n.depth == 0 {
		return newNearby(near), nil
	}
	// Today's graph, even while at is its revision, may be a later one when it is read.
	reader := n.app.estate.At(ctx, at)
	for _, d := range []store.Direction{store.Out, store.In} {
		found, err := reader.Walk(ctx, store.Walk{
			Roots: []store.ID{n.item}, Rels: []string{domain.RelDependsOn}, Direction: d, Depth: n.depth, Limit: maxNear,
		})
		if err != nil {
			return nil, refusal.Compacted(err, "after")
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
	return newNearby(near), nil
}

// touched reports whether an effect is of one of the items, or of an edge at
// one.
func (n *nearby) touched(e *store.Effect) bool {
	return n.ids[e.Node] || e.Node == "" && (n.ids[e.Edge.From] || n.ids[e.Edge.To])
}
