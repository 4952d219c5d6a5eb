package running

import (
	"context"
	"maps"
	"slices"
	"sync"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/plan/running"
)

// turns let those go one after another that move the same deployment or waves of it. The
// guards of their change sets hold without: of many who do at once the same great thing,
// such as bringing a deployment to its end, one does it, and the others need not begin.
type turns struct {
	mu sync.Mutex
	// taken are the deployments that somebody moves, by id. The channel is closed when
	// they are done.
	taken map[string]chan struct{}
}

func newTurns() *turns { return &turns{taken: map[string]chan struct{}{}} }

// join returns the turn of one who holds nothing yet.
func (t *turns) join() *turn { return &turn{of: t} }

// turn is the turn of one who moves deployments.
type turn struct {
	of   *turns
	held []string
}

// holds reports whether all of some deployments are held.
func (t *turn) holds(ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(t.held, id) })
}

// take waits until nobody else moves some deployments. What was held is given back
// before, so that two who wait for each other's do not wait forever.
func (t *turn) take(ctx context.Context, ids []string) error {
	all := map[string]bool{}
	for _, id := range slices.Concat(t.held, ids) {
		all[id] = true
	}
	t.release()
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if err := t.of.take(ctx, id); err != nil {
			return err
		}
		t.held = append(t.held, id)
	}
	return nil
}

// release gives back what is held.
func (t *turn) release() {
	t.of.mu.Lock()
	defer t.of.mu.Unlock()
	for _, id := range t.held {
		close(t.of.taken[id])
		delete(t.of.taken, id)
	}
	t.held = nil
}

func (t *turns) take(ctx context.Context, id string) error {
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

// draft takes reports, and writes what they have done. Where they move more than their
// sites it waits for its turn first, and takes them anew: then others may have done it.
func (t *turn) draft(ctx context.Context, take func() (*taking, error)) (*estate.Draft, error) {
	for {
		taken, err := take()
		if err != nil {
			return nil, err
		}
		moved := taken.moved()
		if len(moved) == 0 {
			t.release()
		}
		if t.holds(moved) {
			return taken.draft(ctx)
		}
		if err := t.take(ctx, moved); err != nil {
			return nil, err
		}
	}
}

// moved are the ids of the deployments of which reports move more than sites.
func (t *taking) moved() (ids []string) {
	for _, c := range t.order {
		if c.moves() {
			ids = append(ids, c.was.ID)
		}
	}
	return ids
}

// moves reports whether more than sites of the deployment moves, or is to.
func (c *course) moves() bool {
	if c.r.Deployment != c.was || len(c.r.Due(c.now)) > 0 {
		return true
	}
	return slices.ContainsFunc(c.r.Waves, func(w *running.Wave) bool { return c.wasWaves[w.ID] != w.Wave })
}
