package neo4j

import (
	"context"
	"sync"

	"releasegraph/internal/store"
)

// Head implements store.Store. Every mutation asks for the head, so that those who ask at
// the same time share an exchange with the server.
func (s *Store) Head(ctx context.Context) (store.Revision, error) {
	call := s.heads.join(func() (store.Revision, error) {
		ctx, cancel := context.WithTimeout(context.Background(), s.options.Timeout) // others wait for it too
		defer cancel()
		return s.readHead(ctx)
	})
	select {
	case <-call.done:
		return call.head, call.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (s *Store) readHead(ctx context.Context) (store.Revision, error) {
	var head store.Revision
	err := s.ask(ctx, func(t tx) (err error) {
		head, err = t.head()
		return err
	})
	return head, err
}

// heads are the questions for the head that are under way. One that has begun may have
// missed what was committed since: who comes later waits for the one after it.
type heads struct {
	mu            sync.Mutex
	running, next *headCall
}

// headCall is one question for all who share it.
type headCall struct {
	done chan struct{}
	head store.Revision
	err  error
}

// join returns a question that begins after the call.
func (h *heads) join(read func() (store.Revision, error)) *headCall {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running == nil {
		h.running = &headCall{done: make(chan struct{})}
		go h.run(h.running, read)
		return h.running
	}
	if h.next == nil {
		h.next = &headCall{done: make(chan struct{})}
	}
	return h.next
}

// run asks until nobody waits.
func (h *heads) run(call *headCall, read func() (store.Revision, error)) {
	for call != nil {
		call.head, call.err = read()
		close(call.done)
		h.mu.Lock()
		call, h.next = h.next, nil
		h.running = call
		h.mu.Unlock()
	}
}
