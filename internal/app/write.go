package app

import (
	"context"
	"errors"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Written is what a mutation of a record did, or with a dry run would do.
type Written struct {
	Record   any // nil when removed
	Revision int64
	DryRun   bool
	Changes  []domain.Change

	told []any // by consequences
}

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
	d.ops = []store.Op{store.UpdateNode{ID: id, Set: ownedDifference(k, before, after)}}
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

// written tells what was done to a record, nil when it is gone.
func (w *writing) written(ctx context.Context, r entity.Record, c *store.Change, known []entity.Record) (*Written, error) {
	list, err := w.app.changes(ctx, c.Effects, known)
	if err != nil {
		return nil, err
	}
	out := &Written{Revision: int64(c.Revision), DryRun: w.dryRun, Changes: list, told: w.told}
	if r != nil {
		enroll(ctx, w.app.today(ctx), r)
		out.Record = r
	}
	return out, nil
}

// subject finds the record that a change was about, as it is now, nil when it
// is gone.
func (a *App) subject(ctx context.Context, k *entity.Kind, c *store.Change) (entity.Record, error) {
	for _, e := range c.Effects {
		if e.Node != "" && e.Kind == k.Name {
			id := string(e.Node)
			return find(ctx, a.today(ctx), k, domain.Ref{ID: &id}, "input.ref")
		}
	}
	return nil, nil
}

// explainTaken names the holder of a unique value (C1). Of one that is hidden
// from the caller it says no more than that there is one.
func (a *App) explainTaken(path string) func(context.Context, error) error {
	return func(ctx context.Context, err error) error {
		var e *store.TakenError
		if !errors.As(err, &e) || e.Property == "" {
			return nil
		}
		hidden, hiddenErr := a.today(ctx).hidden(ctx, e.Holder)
		if hiddenErr != nil {
			return hiddenErr
		}
		return taken(e, path, hidden[e.Holder])
	}
}

// ownedDifference is what has to be set to get from before to after, with the
// changed fields now set by a person (C6), which after tells as well.
func ownedDifference(k *entity.Kind, before, after entity.Record) store.Props {
	had, has := k.Encode(before), k.Encode(after)
	if had["status"] != has["status"] { // that a prune withdrew it is no longer so
		after.Meta().WithdrawnFrom = ""
		delete(has, entity.WithdrawnFromProperty)
	}
	set := difference(had, has)
	claimed := claims(had, set)
	if _, said := set[entity.WithdrawnFromProperty]; said && had["status"] == has["status"] {
		claimed = append(claimed, domain.FieldClaim{Field: "status", Had: true, Has: true}) // a person says so, too
	}
	after.Meta().Sources, _ = domain.Own(before.Meta().Sources, domain.SourceAPI, false, claimed...)
	if sources := entity.EncodeSources(after.Meta().Sources); !store.EqualValues(had[entity.SourcesProperty], sources) {
		set[entity.SourcesProperty] = sources
	}
	return set
}

// claims are the fields that a difference changes, except the one that belongs
// to no source.
func claims(had, set store.Props) []domain.FieldClaim {
	list := make([]domain.FieldClaim, 0, len(set))
	for name, value := range set {
		if name == domain.FieldConfirmedAt || entity.Kept(name) {
			continue
		}
		_, before := had[name]
		list = append(list, domain.FieldClaim{Field: name, Had: before, Has: value != nil})
	}
	return list
}

// difference is what has to be set to get from before to after; nil removes.
func difference(before, after store.Props) store.Props {
	set := store.Props{}
	for name, v := range after {
		if old, ok := before[name]; !ok || !store.EqualValues(old, v) {
			set[name] = v
		}
	}
	for name := range before {
		if _, stays := after[name]; !stays {
			set[name] = nil
		}
	}
	return set
}
