package records

import (
	"context"
	"encoding/json"
	"fmt"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/party"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Related returns a page of the records that a relationship joins to a record.
// It is fetched for the record's whole cohort at once.
func (a *Area) Related(ctx context.Context, record any, via Via, l listing.List) (*listing.Page, error) {
	r, ok := record.(entity.Record)
	if !ok || entity.KindOf(record) == nil {
		return nil, fmt.Errorf("%T is no record", record)
	}
	c := a.estate.CohortOf(ctx, r)
	e, err := a.endOf(ctx, c.Kind, via)
	if err != nil {
		return nil, err
	}
	key, err := json.Marshal([]any{via, l})
	if err != nil {
		return nil, refusal.Wrong("filter", "cannot be read: %s", err)
	}
	pages, err := estate.LoadOf(c, "pages "+string(key), func() (map[store.ID]*listing.Page, error) {
		v, err := a.estate.ViewFor(ctx, c, l.AsOf)
		if err != nil {
			return nil, err
		}
		return a.loadPages(ctx, v, c, e, l)
	})
	if err != nil {
		return nil, err
	}
	return pages[store.ID(r.Meta().ID)], nil
}

// RelatedOne returns the record that a to-one relationship joins to a record,
// nil when there is none.
func (a *Area) RelatedOne(ctx context.Context, record any, via Via, asOf *domain.AsOf) (any, error) {
	one := 1
	p, err := a.Related(ctx, record, via, listing.List{First: &one, AsOf: asOf})
	if err != nil || len(p.Items) == 0 {
		return nil, err
	}
	return p.Items[0].Record, nil
}

// farEnd is a relationship as seen from one of its ends.
type farEnd struct {
	rel       *entity.Relationship
	direction store.Direction
	kind      *entity.Kind // at the other end
}

func (a *Area) endOf(ctx context.Context, near *entity.Kind, via Via) (*farEnd, error) {
	list, err := a.estate.AllowedRelationship(ctx, authz.Read, via.Rel)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		e := &farEnd{rel: r, direction: store.Out, kind: entity.KindNamed(r.To)}
		from := r.From
		if via.In {
			e.direction, e.kind, from = store.In, entity.KindNamed(r.From), r.To
		}
		if from == near.Name && (via.Kind == "" || via.Kind == e.kind.Name) {
			return e, nil
		}
	}
	return nil, fmt.Errorf("%s does not join %s to %q in this direction", via.Rel, near.Name, via.Kind)
}

func (e *farEnd) query(c *estate.Cohort, s *listing.Selection) store.EdgeQuery {
	return store.EdgeQuery{
		Nodes: c.Members, Rel: e.rel.Name, Direction: e.direction, Kind: e.kind.Name, Filter: s.Filter, Order: s.Order,
		After: s.After, Before: s.Before, First: s.First, Last: s.Last,
	}
}

// loadPages fetches the page of each member. The records on them, each once,
// are the next cohort.
func (a *Area) loadPages(ctx context.Context, v estate.View, c *estate.Cohort, e *farEnd, l listing.List) (map[store.ID]*listing.Page, error) {
	s, err := a.estate.ParseSelection(ctx, e.kind, l)
	if err != nil {
		return nil, err
	}
	q := e.query(c, s)
	found, err := v.Edges(ctx, q)
	if err != nil {
		return nil, s.Explain(err)
	}
	totalKey, err := json.Marshal([]any{e.rel.Name, e.direction, e.kind.Name, l.Filter, l.AsOf})
	if err != nil {
		return nil, err
	}
	var nodes []store.Node
	for i := range found {
		nodes = append(nodes, found[i].Nodes...)
	}
	next := estate.Decoded[entity.Record](ctx, v, nodes)
	parties := party.PartiesIn(ctx, v)
	pages := make(map[store.ID]*listing.Page, len(c.Members))
	for i, id := range c.Members {
		n := len(found[i].Nodes)
		p := e.page(&found[i], next[:n])
		next = next[n:]
		p.Total = func(ctx context.Context) (int, error) { return total(ctx, v, c, string(totalKey), id, q) }
		pages[id] = s.Trim(p)
		for _, item := range p.Items {
			parties.Want(entity.PersonsIn(item.Link, e.rel.Properties)...)
		}
	}
	return pages, nil
}

// page returns the page of a member; records are those of its nodes.
func (e *farEnd) page(found *store.EdgePage, records []entity.Record) *listing.Page {
	p := &listing.Page{HasNext: found.HasNext, HasPrevious: found.HasPrevious, Items: make([]listing.Item, len(found.Nodes))}
	for i, r := range records {
		p.Items[i] = listing.Item{Record: r, Cursor: string(found.Cursors[i]), Link: e.rel.LinkOf(found.Edges[i])}
	}
	return p
}

// total counts the links of one member, for the whole cohort at once.
func total(ctx context.Context, v estate.View, c *estate.Cohort, key string, id store.ID, q store.EdgeQuery) (int, error) {
	totals, err := estate.LoadOf(c, "totals "+key, func() (map[store.ID]int, error) {
		q.After, q.Before, q.First, q.Last, q.Order = "", "", 0, 0, nil
		counts, err := v.CountEdges(ctx, q)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		all := make(map[store.ID]int, len(counts))
		for i, n := range counts {
			all[c.Members[i]] = int(n)
		}
		return all, nil
	})
	return totals[id], err
}

// CountRelated counts the links that a relationship joins to a record, for its
// whole cohort at once. Only those count whose other end has one of the
// statuses.
func (a *Area) CountRelated(ctx context.Context, record any, via Via, statuses []any) (int, error) {
	r, ok := record.(entity.Record)
	if !ok || entity.KindOf(record) == nil {
		return 0, fmt.Errorf("%T is no record", record)
	}
	c := a.estate.CohortOf(ctx, r)
	e, err := a.endOf(ctx, c.Kind, via)
	if err != nil {
		return 0, err
	}
	key := fmt.Sprint("by status", via, statuses)
	q := e.query(c, &listing.Selection{Filter: store.Compare{Property: "status", Op: store.OneOf, Value: statuses}})
	return total(ctx, c.View, c, key, store.ID(r.Meta().ID), q)
}
