package estate

import (
	"context"
	"fmt"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/scoped"
)

// Records finds records of any kinds by their ids, in the order of the ids; they make up
// a cohort. In the place of what is not there, or may not be read, stands nil.
func (v View) Records(ctx context.Context, ids []string) ([]any, error) {
	asked := make([]store.ID, len(ids))
	for i, id := range ids {
		asked[i] = store.ID(id)
	}
	nodes, err := v.Nodes(ctx, asked...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	may := map[string]bool{}
	list, found, places := make([]any, len(ids)), make([]store.Node, 0, len(ids)), make([]int, 0, len(ids))
	for i, id := range asked {
		n, ok := nodes[id]
		if !ok {
			continue
		}
		allowed, known := may[n.Kind]
		if !known {
			allowed = v.App.May(ctx, authz.Read, n.Kind) == nil
			may[n.Kind] = allowed
		}
		if allowed {
			found, places = append(found, n), append(places, i)
		}
	}
	for i, r := range Decoded[entity.Record](ctx, v, found) {
		list[places[i]] = r
	}
	return list, nil
}

// Head returns the revision of the last committed change.
func (a *Estate) Head(ctx context.Context) (int64, error) {
	head, err := a.Store.Head(ctx)
	return int64(head), refusal.OfStore(err)
}

// Record looks a record up by key or id, nil when there is none; it is a cohort by
// itself. The field names the reference in errors.
func (v View) Record(ctx context.Context, k *entity.Kind, ref domain.Ref, field string) (entity.Record, error) {
	if (ref.Key == nil) == (ref.ID == nil) {
		return nil, refusal.Wrong(field, "give either key or id")
	}
	var n store.Node
	var ok bool
	if ref.ID != nil {
		nodes, err := v.Nodes(ctx, store.ID(*ref.ID))
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		n, ok = nodes[store.ID(*ref.ID)]
	} else {
		nodes, err := v.Lookup(ctx, k.Name, "key", domain.SpellingsOfKey(*ref.Key)...)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		n, ok = spelt(nodes, *ref.Key)
	}
	if !ok || n.Kind != k.Name {
		return nil, nil
	}
	return Decoded[entity.Record](ctx, v, []store.Node{n})[0], nil
}

// Target looks a record up that must be there for an action to be done with it:
// where the caller may do that with some records only, with this one.
func (a *Estate) Target(ctx context.Context, action authz.Action, k *entity.Kind, ref domain.Ref, field string) (entity.Record, error) {
	r, err := a.Existing(ctx, k, ref, field)
	if err != nil {
		return nil, err
	}
	return r, a.Within(ctx, action, k.Name, r, field)
}

// Seen returns a target of a mutation, which is as the caller saw it last (C5).
func (a *Estate) Seen(ctx context.Context, action authz.Action, k *entity.Kind, ref domain.Ref, ifVersion *int) (entity.Record, error) {
	r, err := a.Target(ctx, action, k, ref, "input.ref")
	if err != nil {
		return nil, err
	}
	return r, refusal.Stale(r, ifVersion)
}

// Within refuses an action, on a kind or by a relationship, with a record with
// which the caller may not do it.
func (a *Estate) Within(ctx context.Context, action authz.Action, of string, r entity.Record, field string) error {
	s, actor := a.sightOf(ctx), acting.Actor(ctx)
	d := a.Policies.For(actor).Decide(actor, action, of)
	if d.All() {
		return nil
	}
	if _, err := s.resolve(ctx); err != nil {
		return err
	}
	kind := entity.KindOf(r).Name
	rules := scoped.Fixed(scoped.Scope{kind: s.owned.rule(kind, d)})
	id := store.ID(r.Meta().ID)
	seen, err := scoped.New(a.Entire, rules).Seen(ctx, id)
	if err != nil {
		return refusal.OfStore(err)
	}
	if !seen[id] {
		return &domain.Error{
			Code: domain.Forbidden, Field: field,
			Message: fmt.Sprintf("%s may not %s %s %q: it is not among the records that you may do this with", actor.Name, action, kind, r.Meta().Key),
		}
	}
	return nil
}

// WithAll reports whether the caller may do this with every record, on a kind or
// by a relationship.
func (a *Estate) WithAll(ctx context.Context, action authz.Action, of string) bool {
	actor := acting.Actor(ctx)
	return a.Policies.For(actor).Decide(actor, action, of).All()
}

// Existing looks a record up that must be there.
func (a *Estate) Existing(ctx context.Context, k *entity.Kind, ref domain.Ref, field string) (entity.Record, error) {
	r, err := a.Today(ctx).Record(ctx, k, ref, field)
	if err == nil && r == nil {
		err = refusal.Missing(k.Name, ref, field)
	}
	return r, err
}
