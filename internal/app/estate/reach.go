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
	if f == authz.AtYourSite {
		return reaching(kind, domain.KindSite, h.sites, atSites)
	}
	return reaching(kind, domain.KindParty, h.suppliers, supplied)
}

// Which end of a relationship has a fact by the other, as the Catalog says.
func atSites(r *entity.Relationship) entity.End  { return r.AtSites }
func supplied(r *entity.Relationship) entity.End { return r.Supplied }

// reaching follows the relationships by which records of a kind have a fact, to
// those that have it of themselves. No way comes back to its own kind, which a
// test holds.
func reaching(kind, root string, ids []store.ID, end func(*entity.Relationship) entity.End) store.Filter {
	if kind == root {
		values := make([]any, len(ids))
		for i, id := range ids {
			values[i] = string(id)
		}
		return store.Compare{Property: "id", Op: store.OneOf, Value: values}
	}
	var any store.Or
	for _, r := range entity.Relationships() {
		far, direction := r.To, store.Out
		switch at := end(r); {
		case at == entity.FromEnd && r.From == kind:
		case at == entity.ToEnd && r.To == kind:
			far, direction = r.From, store.In
		default:
			continue
		}
		if of := reaching(far, root, ids, end); of != nil {
			any = append(any, store.Related{Rel: r.Name, Direction: direction, Filter: store.OfKind{Kind: far, Filter: of}})
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
