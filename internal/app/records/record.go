package records

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Record finds a record by key or id, nil when there is none. With a moment it
// is the record as it was then, and so is what is followed from it (C4).
func (a *Area) Record(ctx context.Context, kind string, ref domain.Ref, asOf *domain.AsOf) (any, error) {
	k, err := a.estate.AllowedKind(ctx, authz.Read, kind)
	if err != nil {
		return nil, err
	}
	v, err := a.estate.View(ctx, asOf, "asOf")
	if err != nil {
		return nil, err
	}
	r, err := v.Record(ctx, k, ref, "ref")
	if err != nil || r == nil {
		return nil, err
	}
	return r, nil
}

// RecordsByID finds records of any kind: one for each id, nil where there is
// none. At most a page full of ids may be asked for.
func (a *Area) RecordsByID(ctx context.Context, ids []string, asOf *domain.AsOf) ([]any, error) {
	if len(ids) > listing.MaxPage {
		return nil, listing.TooMany("ids", len(ids))
	}
	v, err := a.estate.View(ctx, asOf, "asOf")
	if err != nil {
		return nil, err
	}
	return v.Records(ctx, ids)
}

// Records returns a page of the records of a kind.
func (a *Area) Records(ctx context.Context, kind string, l listing.List) (*listing.Page, error) {
	k, err := a.estate.AllowedKind(ctx, authz.Read, kind)
	if err != nil {
		return nil, err
	}
	s, err := a.estate.ParseSelection(ctx, k, l)
	if err != nil {
		return nil, err
	}
	return a.page(ctx, s, store.Query{
		Kind: kind, Filter: s.Filter, Order: s.Order, After: s.After, Before: s.Before, First: s.First, Last: s.Last,
	})
}

// page reads a page of a kind. A longer one than others may be is read in runs.
func (a *Area) page(ctx context.Context, s *listing.Selection, q store.Query) (*listing.Page, error) {
	var page *listing.Page
	var err error
	if q.First > listing.MaxPage {
		page, err = a.firstRun(ctx, q)
	} else {
		page, err = a.run(ctx, q)
	}
	if err != nil {
		return nil, s.Explain(err)
	}
	page.Total = func(ctx context.Context) (int, error) {
		n, err := a.estate.Today(ctx).Count(ctx, q.Kind, q.Filter)
		return int(n), refusal.OfStore(err)
	}
	return s.Trim(page), nil
}

func (a *Area) run(ctx context.Context, q store.Query) (*listing.Page, error) {
	today := a.estate.Today(ctx)
	found, err := today.Find(ctx, q)
	if err != nil {
		return nil, err
	}
	page := &listing.Page{HasNext: found.HasNext, HasPrevious: found.HasPrevious, Items: make([]listing.Item, len(found.Nodes))}
	for i, r := range estate.Decoded[entity.Record](ctx, today, found.Nodes) {
		page.Items[i] = listing.Item{Record: r, Cursor: string(found.Cursors[i])}
	}
	return page, nil
}
