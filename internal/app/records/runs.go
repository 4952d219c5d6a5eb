package records

import (
	"context"
	"iter"

	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/store"
)

// firstRun reads the first run of a long page, and says how the rest is read. All runs are
// of one revision: where no store holds one, the page is read at once.
func (a *Area) firstRun(ctx context.Context, q store.Query) (*listing.Page, error) {
	ctx, still := store.WithStandstill(ctx)
	first := q
	first.First = listing.MaxPage
	page, err := a.run(ctx, first)
	if err != nil || !page.HasNext {
		return page, err
	}
	if !still.Held() {
		return a.run(ctx, q)
	}
	q.First -= len(page.Items)
	q.After = store.Cursor(page.Items[len(page.Items)-1].Cursor)
	page.Rest = func(ctx context.Context) iter.Seq2[*listing.Page, error] {
		return a.runs(store.AtStandstill(ctx, still), q)
	}
	return page, nil
}

// runs reads a page run by run.
func (a *Area) runs(ctx context.Context, q store.Query) iter.Seq2[*listing.Page, error] {
	return func(yield func(*listing.Page, error) bool) {
		for left := q.First; left > 0; {
			q.First = min(left, listing.MaxPage)
			page, err := a.run(ctx, q)
			if err != nil {
				yield(nil, refusal.OfStore(err))
				return
			}
			if !yield(page, nil) || !page.HasNext || len(page.Items) == 0 {
				return
			}
			left -= len(page.Items)
			q.After = store.Cursor(page.Items[len(page.Items)-1].Cursor)
		}
	}
}
