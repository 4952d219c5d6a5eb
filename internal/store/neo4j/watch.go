package neo4j

import (
	"context"
	"sync"
	"time"

	"releasegraph/internal/store"
)

// watch knows the head of the log and wakes those who wait for it to rise. Own
// commits are told at once; those of other instances are found by looking,
// while somebody waits.
type watch struct {
	store *Store
	end   context.CancelFunc
	done  chan struct{}

	mu      sync.Mutex
	head    store.Revision
	risen   chan struct{} // closed when the head rises
	waiters int
	wanted  chan struct{} // somebody began to wait
}

func newWatch(s *Store) *watch {
	ctx, cancel := context.WithCancel(context.Background())
	w := &watch{store: s, end: cancel, done: make(chan struct{}), risen: make(chan struct{}), wanted: make(chan struct{}, 1)}
	go w.look(ctx)
	return w
}

func (w *watch) advance(head store.Revision) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if head > w.head {
		w.head = head
		close(w.risen)
		w.risen = make(chan struct{})
	}
}

// Await implements store.Store. While the server is away it goes on waiting.
func (s *Store) Await(ctx context.Context, after store.Revision) (store.Revision, error) {
	w := s.watch
	w.join(1)
	defer w.join(-1)
	for {
		w.mu.Lock()
		head, risen := w.head, w.risen
		w.mu.Unlock()
		if head > after {
			return head, nil
		}
		select {
		case <-risen:
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-w.done:
			return 0, errClosed
		}
	}
}

func (w *watch) join(n int) {
	w.mu.Lock()
	w.waiters += n
	w.mu.Unlock()
	select {
	case w.wanted <- struct{}{}:
	default:
	}
}

func (w *watch) needed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.waiters > 0
}

// look polls the head while somebody waits, more slowly while the server is
// away.
func (w *watch) look(ctx context.Context) {
	defer close(w.done)
	for ctx.Err() == nil {
		if !w.needed() {
			select {
			case <-w.wanted:
			case <-ctx.Done():
			}
			continue
		}
		wait := w.store.options.Poll
		head, err := w.store.Head(ctx)
		if err == nil {
			w.advance(head)
		} else {
			wait = max(wait, time.Second)
		}
		_ = sleep(ctx, wait)
	}
}

func (w *watch) close() {
	w.end()
	<-w.done
}
