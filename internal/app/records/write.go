package records

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Create adds a record, with the links from it that its input names. Its key
// must not be another's (C1).
func (a *Area) Create(ctx context.Context, kind string, values map[string]any, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Create, Kind: kind, Options: o, Input: []any{"create", kind, values}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		own, links := newLinks(k, values)
		r, err := k.New(own, "input")
		r.Meta().Sources = domain.BroughtBy(domain.SourceAPI)
		d, c := a.estate.Creating(r)
		c.By = estate.ByMutation
		return d, r, refusal.Both(err, a.joinNew(ctx, d, r, links))
	})
}

// Update changes a record: fields that the patch does not name stay, null
// empties. With ifVersion it refuses to overwrite what the caller has not seen
// (C5). A record keeps its id when its key changes (C1).
func (a *Area) Update(ctx context.Context, kind string, ref domain.Ref, patch map[string]any, ifVersion *int, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Update, Kind: kind, Options: o, Input: []any{"update", kind, ref, patch, ifVersion}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		return a.DecideUpdate(ctx, authz.Update, k, ref, patch, ifVersion)
	})
}

// DecideUpdate decides on a patch of a record, and who may make it.
func (a *Area) DecideUpdate(ctx context.Context, action authz.Action, k *entity.Kind, ref domain.Ref, patch map[string]any, ifVersion *int) (*estate.Draft, entity.Record, error) {
	before, err := a.estate.Target(ctx, action, k, ref, "input.ref")
	if err != nil {
		return nil, nil, err
	}
	after, patchErr := k.Patch(before, patch, "input.patch")
	if _, said := patch["status"]; said { // a person's word, where a prune withdrew it before
		after.Meta().WithdrawnFrom = ""
	}
	id := store.ID(before.Meta().ID)
	d := &estate.Draft{Explain: a.estate.ExplainTaken("input.patch")}
	c := d.Change(before, after)
	c.By, c.Given, c.Path = estate.ByMutation, Given(patch), "input.patch"
	d.Ops = []store.Op{store.UpdateNode{ID: id, Set: entity.OwnedDifference(k, before, after)}}
	d.Guards = []store.Guard{store.NodeAt{ID: id, Version: int64(before.Meta().Version)}}
	d.Known = []entity.Record{after}
	if err := refusal.Both(refusal.Stale(before, ifVersion), patchErr); err != nil {
		return d, nil, err
	}
	if old, now := before.Meta().Key, after.Meta().Key; old != now {
		ops, guards, err := a.Rename(ctx, k.Name, old, now)
		if err != nil {
			return nil, nil, err
		}
		d.Ops, d.Guards = append(d.Ops, ops...), append(d.Guards, guards...)
	}
	return d, after, nil
}

// Remove deletes a record to which nothing points (C3).
func (a *Area) Remove(ctx context.Context, kind string, ref domain.Ref, ifVersion *int, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Remove, Kind: kind, Options: o, Input: []any{"remove", kind, ref, ifVersion}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		r, err := a.estate.Seen(ctx, authz.Remove, k, ref, ifVersion)
		if err != nil {
			return nil, nil, err
		}
		id := store.ID(r.Meta().ID)
		d := &estate.Draft{Known: []entity.Record{r}, Explain: a.explainInUse(r)}
		c := d.Change(r, nil)
		c.By, c.Path, c.Whole = estate.ByMutation, "input.ref", true
		d.Ops = []store.Op{store.RemoveNode{ID: id}}
		d.Guards = []store.Guard{store.NodeAt{ID: id, Version: int64(r.Meta().Version)}}
		return d, nil, nil
	})
}

// Given tells which fields an input names.
func Given(values map[string]any) func(string) bool {
	return func(field string) bool { _, ok := values[field]; return ok }
}
