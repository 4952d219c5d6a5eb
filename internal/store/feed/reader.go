package feed

import (
	"context"
	"sync"

	"releasegraph/internal/store"
)

// Reader reads a feed from one revision on. It is for one goroutine; Close may
// be called by any.
type Reader struct {
	feed   *Feed
	at     store.Revision // the last one handed over
	live   bool           // it has caught up once
	closed sync.Once
}

// At is the revision up to which was read.
func (r *Reader) At() store.Revision { return r.at }

// Head is the last revision that the feed has heard of.
func (r *Reader) Head() store.Revision { return store.Revision(r.feed.heard.Load()) }

// Next waits for the next change sets, at least one. Errors: a SlowError when
// the reader had caught up and then fell behind what is kept; ErrCompacted when
// the log was compacted under a reader that was catching up; the context's
// error; ErrUnavailable, after which Next may be called again.
func (r *Reader) Next(ctx context.Context) ([]store.Change, error) {
	for {
		changes, behind, moved := r.kept()
		switch {
		case len(changes) > 0:
			return changes, nil
		case behind && r.live:
			return nil, &SlowError{After: r.at}
		case behind:
			changes, err := r.feed.before(ctx, r.at)
			if err != nil {
				return nil, err
			}
			if len(changes) > 0 {
				r.at = changes[len(changes)-1].Revision
				return changes, nil
			}
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Ready returns what Next would return without waiting for anything; none: Next has to wait,
// or to look into the log, or fails.
func (r *Reader) Ready() []store.Change {
	if r.at >= r.Head() {
		return nil
	}
	changes, _, _ := r.kept()
	return changes
}

// kept takes what the feed has in memory for the reader; behind tells that the
// reader must look into the log itself.
func (r *Reader) kept() (changes []store.Change, behind bool, moved <-chan struct{}) {
	f := r.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.at >= f.head {
		r.live = true
		return nil, false, f.moved
	}
	first := f.head + 1
	if len(f.tail) > 0 {
		first = f.tail[0].Revision
	}
	if r.at+1 < first {
		return nil, true, f.moved
	}
	from := int(r.at + 1 - first)
	end := min(from+batch, len(f.tail))
	r.at, r.live = f.tail[end-1].Revision, true
	return f.tail[from:end:end], false, f.moved
}

// Close ends the reading.
func (r *Reader) Close() { r.closed.Do(r.feed.leave) }
