package estate

import (
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// holders are the records whose facts an actor has: the own sites, and the
// parties for which they act.
type holders struct{ sites, suppliers []store.ID }

// fact returns the filter that selects the records of a kind that have a fact;
// nil when none can have it.
func (h *holders) fact(kind string, f authz.Facts) store.Filter {
	switch f {
	case authz.AtYourSite:
		return reaching(kind, domain.KindSite, h.sites, atSites)
	case authz.Draft:
		return draft(entity.KindNamed(kind))
	}
	return reaching(kind, domain.KindParty, h.suppliers, supplied)
}

// draft returns the filter that selects the drafts of a kind, nil of one that has
// none.
func draft(k *entity.Kind) store.Filter {
	if k.Draft == nil {
		return nil
	}
	return store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf(k.Draft)}
}

// Which end of a relationship has a fact by the other, as the Catalog says.
func atSites(r *entity.Relationship) entity.End  { return r.AtSites }
func supplied(r *entity.Relationship) entity.End { return r.Supplied }

// way leads from records of a kind to those by which they have a fact.
type way struct {
	rel       string
	direction store.Direction
	far       string
}

// waysFrom lists the ways from a kind.
func waysFrom(kind string, end func(*entity.Relationship) entity.End) (list []way) {
	for _, r := range entity.Relationships() {
		switch at := end(r); {
		case at == entity.FromEnd && r.From == kind:
			list = append(list, way{r.Name, store.Out, r.To})
		case at == entity.ToEnd && r.To == kind:
			list = append(list, way{r.Name, store.In, r.From})
		}
	}
	return list
}

// reaching returns the filter on records of a kind that have a fact. It follows the
// relationships by which they have it to the root, whose records have it of themselves. A
// test makes sure that no way leads back to a kind that it passed.
func reaching(kind, root string, ids []store.ID, end func(*entity.Relationship) entity.End) store.Filter {
	if kind == root {
		values := make([]any, len(ids))
		for i, id := range ids {
			values[i] = string(id)
		}
		return store.Compare{Property: "id", Op: store.OneOf, Value: values}
	}
	var any store.Or
	for _, w := range waysFrom(kind, end) {
		if of := reaching(w.far, root, ids, end); of != nil {
			any = append(any, store.Related{Rel: w.rel, Direction: w.direction, Filter: store.OfKind{Kind: w.far, Filter: of}})
		}
	}
	switch len(any) {
	case 0:
		return nil
	case 1:
		return any[0]
	}
	return any
}

// deciding lists the relationships that decide whether records of a kind have a
// fact.
func deciding(kind string, end func(*entity.Relationship) entity.End) (rels []string) {
	for _, w := range waysFrom(kind, end) {
		rels = append(append(rels, w.rel), deciding(w.far, end)...)
	}
	return rels
}
