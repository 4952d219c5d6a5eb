package estate

import (
	"context"
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Changes tells the effects of a change set. Records that are neither known
// nor among the effects are read to learn their keys.
func (a *Estate) Changes(ctx context.Context, effects []store.Effect, known []entity.Record) ([]domain.Change, error) {
	effects, err := seenEffects(ctx, a.Today(ctx), effects)
	if err != nil {
		return nil, err
	}
	names := nameBook{}
	for _, r := range known {
		names.add(r)
	}
	names.learn(effects)
	if unknown := names.unknown(effects); len(unknown) > 0 {
		nodes, err := a.Entire.Nodes(ctx, unknown...)
		if err != nil {
			return nil, StoreError(err)
		}
		for _, n := range nodes {
			names[n.ID] = domain.ChangeEnd{Kind: n.Kind, ID: string(n.ID), Key: Text(n.Props["key"])}
		}
	}
	list := make([]domain.Change, len(effects))
	for i := range effects {
		list[i] = names.change(&effects[i])
	}
	return list, nil
}

// seenEffects keeps what the caller may see of what they did: a link may have
// been moved away from a record that is hidden from them.
func seenEffects(ctx context.Context, v View, effects []store.Effect) ([]store.Effect, error) {
	seen, err := v.SeenOf(ctx, []store.Change{{Effects: effects}})
	if err != nil || len(seen) == 0 {
		return nil, err
	}
	return seen[0].Effects, nil
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
		key, ok := e.After["key"]
		if e.After == nil {
			key, ok = e.Before["key"]
		}
		if e.Node != "" && ok {
			b[e.Node] = domain.ChangeEnd{Kind: e.Kind, ID: string(e.Node), Key: Text(key)}
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

// Order lists the fields of a kind, or of a relationship, as declared.
func Order(kind, rel string) []string {
	var fields []entity.Field
	if k := entity.KindNamed(kind); k != nil {
		fields = k.Fields
	}
	for _, r := range entity.RelationshipsNamed(rel) {
		fields = append(fields, r.Properties...)
	}
	names := make([]string, len(fields))
	for i := range fields {
		names[i] = fields[i].Name
	}
	return names
}

// FieldChanges lists what differs, in the order of the fields; attributes come
// by name where their field stands.
func FieldChanges(order []string, before, after store.Props) []domain.FieldChange {
	all := map[string]bool{}
	for _, props := range []store.Props{before, after} {
		for name := range props {
			all[name] = !entity.Kept(name)
		}
	}
	maps.DeleteFunc(all, func(_ string, shown bool) bool { return !shown })
	place := func(name string) int {
		return slices.Index(order, strings.SplitN(name, ".", 2)[0])
	}
	names := slices.SortedFunc(maps.Keys(all), func(x, y string) int {
		if d := place(x) - place(y); d != 0 {
			return d
		}
		return strings.Compare(x, y)
	})
	list := make([]domain.FieldChange, len(names))
	for i, name := range names {
		list[i] = domain.FieldChange{Field: name, Before: Format(before[name]), After: Format(after[name])}
	}
	return list
}

// Format returns a value as text, nil where there is none.
func Format(v any) *string {
	if v == nil {
		return nil
	}
	s := entity.FormatValue(v)
	return &s
}

// Text returns a property that is a text, empty where it is none.
func Text(v any) string {
	s, _ := v.(string)
	return s
}
