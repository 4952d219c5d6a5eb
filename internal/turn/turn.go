// Package turn lets those go one after another that are about to move the same thing.
package turn

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// Turns let those go one after another that move the same thing. Where guards hold without,
// it saves work: of many who are about to do at once the same great thing one does it, and
// the others need not begin.
type Turns struct {
	mu sync.Mutex
	// taken are the things that somebody moves, by id. The channel is closed when they are
	// done.
	taken map[string]chan struct{}
}

// New returns turns of which nobody holds any.
func New() *Turns { return &Turns{taken: map[string]chan struct{}{}} }

// Join returns the turn of one who holds nothing yet.
func (t *Turns) Join() *Turn { return &Turn{of: t} }

// Turn is the turn of one who moves things.
type Turn struct {
	of   *Turns
	held []string
}

// Holds reports whether all of some things are held.
func (t *Turn) Holds(ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(t.held, id) })
}

// Take waits until nobody else moves some things. What was held is given back
// before, so that two who wait for each other's do not wait forever.
func (t *Turn) Take(ctx context.Context, ids []string) error {
	all := map[string]bool{}
	for _, id := range slices.Concat(t.held, ids) {
		all[id] = true
	}
	t.Release()
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if err := t.of.take(ctx, id); err != nil {
			return err
		}
		t.held = append(t.held, id)
	}
	return nil
}

// Release gives back what is held.
func (t *Turn) Release() {
	t.of.mu.Lock()
	defer t.of.mu.Unlock()
	for _, id := range t.held {
		close(t.of.taken[id])
		delete(t.of.taken, id)
	}
	t.held = nil
}

func (t *Turns) take(ctx context.Context, id string) error {
	for {
		t.mu.Lock()
		done := t.taken[id]
		if done == nil {
			t.taken[id] = make(chan struct{})
			t.mu.Unlock()
			return nil
		}
		t.mu.Unlock()
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
