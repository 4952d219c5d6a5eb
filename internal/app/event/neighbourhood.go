package event

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/history"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/wording"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// maxNearDepth is how many dependencies away a neighbourhood reaches at most.
const maxNearDepth = 12

// neighbourhood is what concerns an item or what is near it.
type neighbourhood struct {
	app   *Area
	reach *reach
}

func (n *neighbourhood) state() string { return n.reach.state() }

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
	r := &reach{app: a, of: found.ID, field: "depth", kinds: []string{domain.KindConfigurationItem}}
	if depth > 0 {
		for _, d := range []store.Direction{store.Out, store.In} {
			r.walks = append(r.walks, store.Walk{Roots: []store.ID{found.ID}, Rels: []string{domain.RelDependsOn}, Direction: d, Depth: depth})
		}
	}
	reader, err := a.follow(ctx, after, r)
	if err != nil {
		return nil, err
	}
	return newStream[*history.ChangeSet](a, reader, &neighbourhood{app: a, reach: r}), nil
}

// pass keeps up to date what is near.
func (n *neighbourhood) pass(ctx context.Context, c *store.Change) (bool, error) {
	if err := n.reach.pass(ctx, c); err != nil {
		return false, err
	}
	return slices.ContainsFunc(c.Effects, func(e store.Effect) bool { return n.reach.touched(&e) }), nil
}

// of returns the change set with what concerns the neighbourhood only.
func (n *neighbourhood) of(ctx context.Context, c *store.Change) ([]*history.ChangeSet, error) {
	seen, err := n.app.seenOf(ctx, c)
	if err != nil || seen == nil {
		return nil, err
	}
	near := *seen
	near.Effects = slices.DeleteFunc(slices.Clone(seen.Effects), func(e store.Effect) bool { return !n.reach.touched(&e) })
	if len(near.Effects) == 0 {
		return nil, nil
	}
	return history.NewChangeSets(wording.NewNames(n.app.estate.Entire), []store.Change{near}), nil
}
