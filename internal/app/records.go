package app

import (
	"context"
	"fmt"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/scoped"
)

// recordsByID finds any number of records; they make up a cohort.
func recordsByID(ctx context.Context, v view, ids []string) ([]any, error) {
	asked := make([]store.ID, len(ids))
	for i, id := range ids {
		asked[i] = store.ID(id)
	}
	nodes, err := v.Nodes(ctx, asked...)
	if err != nil {
		return nil, storeError(err)
	}
	found := map[store.ID]entity.Record{}
	for id, n := range nodes {
		if r := entity.DecodeNode(n); r != nil && v.app.may(ctx, authz.Read, n.Kind) == nil {
			found[id] = r
		}
	}
	enroll(ctx, v, values(found)...)
	list := make([]any, len(ids))
	for i, id := range asked {
		if r, ok := found[id]; ok {
			list[i] = r
		}
	}
	return list, nil
}

// Head is the revision of the last committed change.
func (a *App) Head(ctx context.Context) (int64, error) {
	head, err := a.store.Head(ctx)
	return int64(head), storeError(err)
}

// find looks a record up by key or id, nil when there is none. The field names
// the reference in errors.
func find(ctx context.Context, v view, k *entity.Kind, ref domain.Ref, field string) (entity.Record, error) {
	if (ref.Key == nil) == (ref.ID == nil) {
		return nil, wrong(field, "give either key or id")
	}
	var n store.Node
	var ok bool
	if ref.ID != nil {
		nodes, err := v.Nodes(ctx, store.ID(*ref.ID))
		if err != nil {
			return nil, storeError(err)
		}
		n, ok = nodes[store.ID(*ref.ID)]
	} else {
		nodes, err := v.Lookup(ctx, k.Name, "key", domain.SpellingsOfKey(*ref.Key)...)
		if err != nil {
			return nil, storeError(err)
		}
		n, ok = spelt(nodes, *ref.Key)
	}
	if !ok || n.Kind != k.Name {
		return nil, nil
	}
	return k.Decode(n), nil
}

// target looks a record up that must be there for an action to be done with it:
// where the caller may do that with some records only, with this one.
func (a *App) target(ctx context.Context, action authz.Action, k *entity.Kind, ref domain.Ref, field string) (entity.Record, error) {
	r, err := a.existing(ctx, k, ref, field)
	if err != nil {
		return nil, err
	}
	return r, a.within(ctx, action, k.Name, r, field)
}

// seen is a target of a mutation, which is as the caller saw it last (C5).
func (a *App) seen(ctx context.Context, action authz.Action, k *entity.Kind, ref domain.Ref, ifVersion *int) (entity.Record, error) {
	r, err := a.target(ctx, action, k, ref, "input.ref")
	if err != nil {
		return nil, err
	}
	return r, checkVersion(r, ifVersion)
}

// within refuses an action, on a kind or by a relationship, with a record with
// which the caller may not do it.
func (a *App) within(ctx context.Context, action authz.Action, of string, r entity.Record, field string) error {
	s, actor := a.sightOf(ctx), ActorFrom(ctx)
	d := a.policies.For(actor).Decide(actor, action, of)
	if d.All() {
		return nil
	}
	if _, err := s.resolve(ctx); err != nil {
		return err
	}
	kind := entity.KindOf(r).Name
	rules := scoped.Fixed(scoped.Scope{kind: s.owned.rule(kind, d)})
	id := store.ID(r.Meta().ID)
	seen, err := scoped.New(a.entire, rules).Seen(ctx, id)
	if err != nil {
		return storeError(err)
	}
	if !seen[id] {
		return &domain.Error{
			Code: domain.Forbidden, Field: field,
			Message: fmt.Sprintf("%s may not %s %s %q: it is not among the records that you may do this with", actor.Name, action, kind, r.Meta().Key),
		}
	}
	return nil
}

// existing looks a record up that must be there.
func (a *App) existing(ctx context.Context, k *entity.Kind, ref domain.Ref, field string) (entity.Record, error) {
	r, err := find(ctx, a.today(ctx), k, ref, field)
	if err == nil && r == nil {
		err = missing(k.Name, ref, field)
	}
	return r, err
}

func values(m map[store.ID]entity.Record) []entity.Record {
	list := make([]entity.Record, 0, len(m))
	for _, r := range m {
		list = append(list, r)
	}
	return list
}
