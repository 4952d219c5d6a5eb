package records

import (
	"context"
	"fmt"
	"maps"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// newLink is a link that the input of a new record asks for.
type newLink struct {
	rel  *entity.Relationship
	path string
	to   domain.Ref
	says map[string]any
}

// linkEnd is the field of a link's input that names its end.
const linkEnd = "to"

// newLinks parts the input of a new record: what is of the record itself, and
// the links from it, by the fields of their relationships.
func newLinks(k *entity.Kind, values map[string]any) (own map[string]any, links []newLink) {
	own = values
	for _, r := range entity.Relationships() {
		given, ok := values[r.Field]
		if !ok || r.From != k.Name || r.ByVerbs {
			continue
		}
		if len(own) == len(values) {
			own = maps.Clone(values)
		}
		delete(own, r.Field)
		path := refusal.FieldAt("input", r.Field)
		if one, ok := given.(map[string]any); ok && r.ToOne {
			links = append(links, readLink(r, path, one))
			continue
		}
		for i, one := range listed(given) {
			links = append(links, readLink(r, refusal.Element(path, i), one))
		}
	}
	return own, links
}

// listed reads a list of inputs; one stands for a list of one.
func listed(given any) (list []map[string]any) {
	switch given := given.(type) {
	case map[string]any:
		return []map[string]any{given}
	case []map[string]any:
		return given
	case []any:
		for _, one := range given {
			input, _ := one.(map[string]any)
			list = append(list, input)
		}
	}
	return list
}

func readLink(r *entity.Relationship, path string, given map[string]any) newLink {
	l := newLink{rel: r, path: path, says: maps.Clone(given)}
	delete(l.says, linkEnd)
	to, _ := given[linkEnd].(map[string]any)
	if key, ok := to["key"].(string); ok {
		l.to.Key = &key
	}
	if id, ok := to["id"].(string); ok {
		l.to.ID = &id
	}
	return l
}

// joinNew adds the links of a record that comes to be. Nothing joins it yet, so
// there is none to be kept or moved, and no circle to be closed.
func (a *Area) joinNew(ctx context.Context, d *estate.Draft, from entity.Record, links []newLink) error {
	if len(links) == 0 {
		return nil
	}
	if err := a.mayJoinNew(ctx, links); err != nil {
		return err
	}
	ends, err := a.newEnds(ctx, links)
	errs := []error{err}
	given := map[store.EdgeKey]bool{}
	for i, l := range links {
		says, err := l.rel.NewLink(l.says, l.path)
		errs = append(errs, err)
		if err != nil || ends[i] == nil {
			continue
		}
		p := &pair{rel: l.rel, from: from, to: ends[i], link: says}
		if given[p.key()] {
			errs = append(errs, &domain.Error{Code: domain.Conflict, Field: l.path, Message: "is given twice"})
			continue
		}
		given[p.key()] = true
		errs = append(errs, a.estate.Within(ctx, authz.Connect, l.rel.Name, p.to, refusal.FieldAt(l.path, linkEnd)))
		joined := linking(d, p, p.key())
		joined.Path, joined.Inner = l.path, true
		d.Ops = append(d.Ops, store.PutEdge{EdgeKey: p.key(), Props: p.props()})
		d.Known = append(d.Known, p.to)
	}
	return refusal.Both(errs...)
}

// mayJoinNew refuses links that the caller may not make, or not from every
// record: which facts hold of a new one shows when it is there.
func (a *Area) mayJoinNew(ctx context.Context, links []newLink) error {
	asked := map[string]bool{}
	for _, l := range links {
		if asked[l.rel.Name] {
			continue
		}
		asked[l.rel.Name] = true
		if err := a.estate.May(ctx, authz.Connect, l.rel.Name); err != nil {
			return refusal.About(err, l.path)
		}
		if !a.estate.WithAll(ctx, authz.Connect, l.rel.Name) {
			return &domain.Error{Code: domain.Forbidden, Field: l.path, Message: fmt.Sprintf(
				"you may connect some records only by %s: create the record first, and connect it then", l.rel.Name)}
		}
	}
	return nil
}

// newEnds finds the records that links lead to, all at once. In the place of one
// that is not there stands nil.
func (a *Area) newEnds(ctx context.Context, links []newLink) ([]entity.Record, error) {
	view := a.estate.Today(ctx)
	refs := estate.Refs{View: view}
	nodes := make([]store.Node, len(links))
	for i, l := range links {
		refs.Want(l.rel.To, l.to, refusal.FieldAt(l.path, linkEnd), &nodes[i])
	}
	err := refs.Resolve(ctx)
	var there []store.Node
	var places []int
	for i := range nodes {
		if nodes[i].ID != "" {
			there, places = append(there, nodes[i]), append(places, i)
		}
	}
	ends := make([]entity.Record, len(links))
	for i, r := range estate.Decoded[entity.Record](ctx, view, there) {
		ends[places[i]] = r
	}
	return ends, err
}
