package wording

import (
	"context"
	"slices"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Changes tells the effects of a change set. It reads the keys of those records that
// are neither known nor among the effects.
func Changes(ctx context.Context, from store.Reader, effects []store.Effect, known []entity.Record) ([]domain.Change, error) {
	names := nameBook{}
	for _, r := range known {
		names.add(r)
	}
	names.learn(effects)
	if unknown := names.unknown(effects); len(unknown) > 0 {
		nodes, err := from.Nodes(ctx, unknown...)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		for _, n := range nodes {
			names[n.ID] = domain.ChangeEnd{Kind: n.Kind, ID: string(n.ID), Key: n.Props.Text("key")}
		}
	}
	list := make([]domain.Change, len(effects))
	for i := range effects {
		list[i] = names.change(&effects[i])
	}
	return list, nil
}

// during returns the book with the keys that records had when these effects
// took place.
func (b nameBook) during(effects []store.Effect) nameBook {
	then := nameBook{}
	then.learn(effects)
	for _, id := range then.unknown(effects) {
		then[id] = b[id]
	}
	return then
}

// nameBook knows records by id.
type nameBook map[store.ID]domain.ChangeEnd

func (b nameBook) add(r entity.Record) {
	m := r.Meta()
	b[store.ID(m.ID)] = domain.ChangeEnd{Kind: entity.KindOf(r).Name, ID: m.ID, Key: m.Key}
}

// learn takes keys from the effects: those that are, or of what has gone, were.
func (b nameBook) learn(effects []store.Effect) {
	for _, e := range effects {
		props := e.After
		if props == nil {
			props = e.Before
		}
		if key, ok := props["key"].(string); ok && e.Node != "" {
			b[e.Node] = domain.ChangeEnd{Kind: e.Kind, ID: string(e.Node), Key: key}
		}
	}
}

func (b nameBook) unknown(effects []store.Effect) []store.ID {
	var ids []store.ID
	for _, e := range effects {
		for _, id := range []store.ID{e.Node, e.Edge.From, e.Edge.To} {
			if _, ok := b[id]; id != "" && !ok && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func (b nameBook) change(e *store.Effect) domain.Change {
	c := domain.Change{Type: domain.ChangeType(e.Verb()), Kind: e.Kind}
	if e.Node != "" {
		named := b[e.Node]
		id := string(e.Node)
		c.ID, c.Key = &id, &named.Key
		c.Fields = FieldChanges(Order(e.Kind, ""), e.Before, e.After)
		return c
	}
	from, to := b[e.Edge.From], b[e.Edge.To]
	c.Kind, c.From, c.To = e.Edge.Rel, &from, &to
	c.Fields = FieldChanges(Order("", e.Edge.Rel), e.Before, e.After)
	return c
}
