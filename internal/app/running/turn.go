package running

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/turn"
)

// draftInTurn takes reports, and writes what they have done. Where they move more than their
// sites it waits for its turn first, and takes them anew: then others may have done it.
func draftInTurn(ctx context.Context, t *turn.Turn, take func() (*taking, error)) (*estate.Draft, error) {
	for {
		taken, err := take()
		if err != nil {
			return nil, err
		}
		moved := taken.moved()
		if len(moved) == 0 {
			t.Release()
		}
		if t.Holds(moved) {
			return taken.draft(ctx)
		}
		if err := t.Take(ctx, moved); err != nil {
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
