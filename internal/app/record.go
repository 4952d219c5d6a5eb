package app

import (
	"context"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Record finds a record by key or id, nil when there is none. With a moment it
// is the record as it was then, and so is what is followed from it (C4).
func (a *App) Record(ctx context.Context, kind string, ref domain.Ref, asOf *domain.AsOf) (any, error) {
	k, err := a.allowedKind(ctx, authz.Read, kind)
	if err != nil {
		return nil, err
	}
	v, err := a.view(ctx, asOf, "asOf")
	if err != nil {
		return nil, err
	}
	r, err := find(ctx, v, k, ref, "ref")
	if err != nil || r == nil {
		return nil, err
	}
	enroll(ctx, v, r)
	return r, nil
}

// RecordsByID finds records of any kind: one for each id, nil where there is
// none. At most a page full of ids may be asked for.
func (a *App) RecordsByID(ctx context.Context, ids []string, asOf *domain.AsOf) ([]any, error) {
	if len(ids) > maxPage {
		return nil, tooMany("ids", len(ids))
	}
	v, err := a.view(ctx, asOf, "asOf")
	if err != nil {
		return nil, err
	}
	return recordsByID(ctx, v, ids)
}

// Records returns a page of the records of a kind.
func (a *App) Records(ctx context.Context, kind string, l List) (*Page, error) {
	k, err := a.allowedKind(ctx, authz.Read, kind)
	if err != nil {
		return nil, err
	}
	s, err := a.parseSelection(ctx, k, l)
	if err != nil {
		return nil, err
	}
	found, err := a.today(ctx).Find(ctx, store.Query{
		Kind: kind, Filter: s.filter, Order: s.order, After: s.after, Before: s.before, First: s.first, Last: s.last,
	})
	if err != nil {
		return nil, s.explain(err)
	}
	page := &Page{HasNext: found.HasNext, HasPrevious: found.HasPrevious}
	records := make([]entity.Record, len(found.Nodes))
	for i, n := range found.Nodes {
		records[i] = k.Decode(n)
		page.Items = append(page.Items, Item{Record: records[i], Cursor: string(found.Cursors[i])})
	}
	enroll(ctx, a.today(ctx), records...)
	page.Total = func(ctx context.Context) (int, error) {
		n, err := a.today(ctx).Count(ctx, kind, s.filter)
		return int(n), storeError(err)
	}
	return s.trim(page), nil
}
