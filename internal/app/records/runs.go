package records

import (
	"context"

	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/store"
)

// firstRun reads the first run of a long page, which leads to the next one. All runs are of
// one revision: where no store holds one, the page is read at once.
func (a *Area) firstRun(ctx context.Context, q store.Query) (*listing.Page, error) {
	still := &store.Standstill{}
	page, err := a.runAt(ctx, still, q)
	if err != nil || page.Next == nil || still.Held() {
		return page, err
	}
	return a.run(ctx, q)
}

// runAt reads a run of a long page at the revision of those before it.
func (a *Area) runAt(ctx context.Context, still *store.Standstill, q store.Query) (*listing.Page, error) {
	one := q
	one.First = min(q.First, listing.MaxPage)
	page, err := a.run(store.AtStandstill(ctx, still), one)
	if err != nil {
		return nil, err
	}
	if q.First -= len(page.Items); q.First > 0 && page.HasNext {
		q.After = store.Cursor(page.Items[len(page.Items)-1].Cursor)
		page.Next = func(ctx context.Context) (*listing.Page, error) {
			next, err := a.runAt(ctx, still, q)
			return next, refusal.OfStore(err)
		}
	}
	return page, nil
}
