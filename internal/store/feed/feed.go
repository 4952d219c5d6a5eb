// Package feed hands a store's committed change sets to many readers, in order
// and without gaps. One follower reads the log for all of them; what it read
// last is kept, and a reader that begins earlier reads the log by itself until
// it has caught up.
package feed

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"releasegraph/internal/store"
)

// Options limit what is kept. The zero value is good.
type Options struct {
	// MaxChanges and MaxBytes are how much of the log's end is kept for readers;
	// 0: 4,096 change sets of about 32 MiB together.
	MaxChanges int
	MaxBytes   int64
}

// batch is how many change sets are read or handed over at once.
const batch = 256

// Feed is the end of a store's log. It follows the log while it has readers.
// All methods may be called concurrently.
type Feed struct {
	store store.Store
	opts  Options

	mu      sync.Mutex
	readers int
	stop    context.CancelFunc // of the follower; nil without readers
	done    chan struct{}      // closed when the last follower has ended
	tail    []store.Change     // without gaps, up to the head
	bytes   int64
	head    store.Revision // the last change set that the follower knows of
	moved   chan struct{}  // closed when there is more
	// heard is the head for those who only look whether there is more: thousands do.
	heard atomic.Int64
	past  past
}

// New returns a feed of the store.
func New(s store.Store, o Options) *Feed {
	if o.MaxChanges <= 0 {
		o.MaxChanges = 4096
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 32 << 20
	}
	return &Feed{store: s, opts: o, moved: make(chan struct{})}
}

// Readers is how many read at the moment.
func (f *Feed) Readers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.readers
}

// SlowError says that a reader that had caught up has fallen behind what is
// kept. It may begin again after the revision that it read last.
type SlowError struct{ After store.Revision }

func (e *SlowError) Error() string {
	return fmt.Sprintf("the reader is too slow; it has read up to revision %d", e.After)
}

// From returns a reader of what is committed after a revision. Errors:
// ErrInvalid for a revision beyond the head, ErrCompacted when the log does not
// reach back, ErrUnavailable. Who is given a Reader closes it.
func (f *Feed) From(ctx context.Context, after store.Revision) (*Reader, error) {
	head, err := f.store.Head(ctx)
	if err != nil {
		return nil, err
	}
	oldest, err := f.store.Oldest(ctx)
	switch {
	case err != nil:
		return nil, err
	case after < 0 || after > head:
		return nil, fmt.Errorf("%w: revision %d: the last one is %d", store.ErrInvalid, after, head)
	case after < oldest:
		return nil, fmt.Errorf("%w: it reaches back to revision %d", store.ErrCompacted, oldest)
	}
	f.join(head)
	return &Reader{feed: f, at: after}, nil
}

// join counts a reader, and begins to follow with the first.
func (f *Feed) join(head store.Revision) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.readers++
	if f.stop != nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	before, done := f.done, make(chan struct{})
	f.stop, f.done = stop, done
	if head > f.head {
		f.restart(head)
	}
	go func() {
		defer close(done)
		if before != nil {
			<-before // one at a time
		}
		f.follow(ctx)
	}()
}

// leave ends the following with the last reader.
func (f *Feed) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.readers--
	if f.readers == 0 {
		f.stop()
		f.stop = nil
		f.tail, f.bytes = nil, 0
		f.past.forget()
	}
}

// The pauses after a failure: the store may be gone for long.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
)

// follow reads the log's end until the context ends. Failures are waited out;
// the readers wait as well.
func (f *Feed) follow(ctx context.Context) {
	pause := firstPause
	for ctx.Err() == nil {
		err := f.step(ctx)
		if err == nil {
			pause = firstPause
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
}

func (f *Feed) step(ctx context.Context) error {
	known := f.known()
	head, err := f.store.Await(ctx, known)
	if err != nil || head <= known {
		return err
	}
	changes, err := f.store.Changes(ctx, known, batch)
	switch {
	case errors.Is(err, store.ErrCompacted): // forgotten faster than followed
		f.mu.Lock()
		defer f.mu.Unlock()
		f.restart(head)
		return nil
	case err != nil:
		return err
	}
	f.append(changes)
	return nil
}

func (f *Feed) known() store.Revision {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.head
}

// restart goes on from a head, with nothing kept. The caller holds the lock.
func (f *Feed) restart(head store.Revision) {
	f.tail, f.bytes, f.head = nil, 0, head
	f.heard.Store(int64(head))
	f.wake()
}

func (f *Feed) append(changes []store.Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range changes {
		f.tail = append(f.tail, changes[i])
		f.bytes += int64(changes[i].Bytes())
		f.head = changes[i].Revision
	}
	drop := 0
	for len(f.tail)-drop > 1 && (len(f.tail)-drop > f.opts.MaxChanges || f.bytes > f.opts.MaxBytes) {
		f.bytes -= int64(f.tail[drop].Bytes())
		drop++
	}
	f.tail = f.tail[drop:] // freed when the next growth moves the rest
	f.heard.Store(int64(f.head))
	f.wake()
}

func (f *Feed) wake() {
	close(f.moved)
	f.moved = make(chan struct{})
}
