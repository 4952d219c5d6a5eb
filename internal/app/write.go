package app

import (
	"context"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Create adds a record. Its key must not be another's (C1).
func (a *App) Create(ctx context.Context, kind string, values map[string]any, o *domain.WriteOptions) (*Written, error) {
	m := mutation{authz.Create, kind, o, []any{"create", kind, values}}
	return a.mutate(ctx, m, func(k *entity.Kind) (*draft, entity.Record, error) {
		r, err := k.New(values, "input")
		r.Meta().Sources = domain.BroughtBy(domain.SourceAPI)
		d, c := a.creating(r)
		c.By = ByMutation
		return d, r, err
	})
}

// Update changes a record: fields that the patch does not name stay, null
// empties. With ifVersion it refuses to overwrite what the caller has not seen
// (C5). A record keeps its id when its key changes (C1).
func (a *App) Update(ctx context.Context, kind string, ref domain.Ref, patch map[string]any, ifVersion *int, o *domain.WriteOptions) (*Written, error) {
	m := mutation{authz.Update, kind, o, []any{"update", kind, ref, patch, ifVersion}}
	return a.mutate(ctx, m, func(k *entity.Kind) (*draft, entity.Record, error) {
		return a.decideUpdate(ctx, authz.Update, k, ref, patch, ifVersion)
	})
}

func (a *App) decideUpdate(ctx context.Context, action authz.Action, k *entity.Kind, ref domain.Ref, patch map[string]any, ifVersion *int) (*draft, entity.Record, error) {
	before, err := a.target(ctx, action, k, ref, "input.ref")
	if err != nil {
		return nil, nil, err
	}
	after, patchErr := k.Patch(before, patch, "input.patch")
	if _, said := patch["status"]; said { // a person's word, where a prune withdrew it before
		after.Meta().WithdrawnFrom = ""
	}
	id := store.ID(before.Meta().ID)
	d := &draft{explain: a.explainTaken("input.patch")}
	c := d.change(before, after)
	c.By, c.given, c.path = ByMutation, given(patch), "input.patch"
	d.ops = []store.Op{store.UpdateNode{ID: id, Set: entity.OwnedDifference(k, before, after)}}
	d.guards = []store.Guard{store.NodeAt{ID: id, Version: int64(before.Meta().Version)}}
	d.known = []entity.Record{after}
	if err := both(checkVersion(before, ifVersion), patchErr); err != nil {
		return d, nil, err
	}
	if old, now := before.Meta().Key, after.Meta().Key; old != now {
		ops, guards, err := a.rename(ctx, k.Name, old, now)
		if err != nil {
			return nil, nil, err
		}
		d.ops, d.guards = append(d.ops, ops...), append(d.guards, guards...)
	}
	return d, after, nil
}

// Remove deletes a record to which nothing points (C3).
func (a *App) Remove(ctx context.Context, kind string, ref domain.Ref, ifVersion *int, o *domain.WriteOptions) (*Written, error) {
	m := mutation{authz.Remove, kind, o, []any{"remove", kind, ref, ifVersion}}
	return a.mutate(ctx, m, func(k *entity.Kind) (*draft, entity.Record, error) {
		r, err := a.seen(ctx, authz.Remove, k, ref, ifVersion)
		if err != nil {
			return nil, nil, err
		}
		id := store.ID(r.Meta().ID)
		d := &draft{known: []entity.Record{r}, explain: a.explainInUse(r)}
		c := d.change(r, nil)
		c.By, c.path, c.whole = ByMutation, "input.ref", true
		d.ops = []store.Op{store.RemoveNode{ID: id}}
		d.guards = []store.Guard{store.NodeAt{ID: id, Version: int64(r.Meta().Version)}}
		return d, nil, nil
	})
}

// given tells which fields an input names.
func given(values map[string]any) func(string) bool {
	return func(field string) bool { _, ok := values[field]; return ok }
}
