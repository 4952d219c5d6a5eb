package feed

import (
	"context"
	"strconv"
	"sync/atomic"

	"golang.org/x/sync/singleflight"

	"releasegraph/internal/bytecache"
	"releasegraph/internal/store"
)

const (
	// pageLength is how many change sets are read at once for those who catch up.
	pageLength = 64
	// pastBytes bounds the pages that are kept.
	pastBytes = 32 << 20
)

// past is what those who catch up read of the log, a page at a time. Many do so at once when
// their server was restarted, and each page is read once for all of them.
type past struct {
	reads singleflight.Group
	pages atomic.Pointer[bytecache.Cache[[]store.Change]] // nil: none are kept
}

// forget drops what is kept.
func (p *past) forget() { p.pages.Store(nil) }

// before returns change sets after a revision that are no longer among the last ones.
func (f *Feed) before(ctx context.Context, after store.Revision) ([]store.Change, error) {
	begin := after - after%pageLength
	page, err := f.page(ctx, begin)
	if err == nil && len(page) > int(after-begin) {
		page = page[after-begin:]
		return page[:len(page):len(page)], nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// The page is of long change sets, or begins before what the log still has.
	return f.store.Changes(ctx, after, pageLength)
}

// page returns the change sets of a page, those that there are. One that is full stays as it
// is, and is kept.
func (f *Feed) page(ctx context.Context, begin store.Revision) ([]store.Change, error) {
	key := strconv.FormatInt(int64(begin), 10)
	pages := f.past.pages.Load()
	if pages == nil {
		pages = bytecache.New(pastBytes, weight)
		f.past.pages.Store(pages)
	}
	if page, ok := pages.Get(ctx, key); ok {
		return page, nil
	}
	read := f.past.reads.DoChan(key, func() (any, error) {
		// No reader's own end cuts it short for the others.
		page, err := f.store.Changes(context.WithoutCancel(ctx), begin, pageLength)
		if len(page) == pageLength {
			pages.Add(ctx, key, page)
		}
		return page, err
	})
	select {
	case r := <-read:
		page, _ := r.Val.([]store.Change)
		return page, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func weight(_ string, page []store.Change) (sum int) {
	for i := range page {
		sum += page[i].Bytes()
	}
	return sum
}
