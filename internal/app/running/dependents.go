package running

import (
	"context"
	"slices"

	"releasegraph/internal/app/ties"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// dependents are the steps of later waves that have the release and need what some steps
// have, the last ones first (D7, P4). All steps were read.
func (c *course) dependents(ctx context.Context, steps []place) ([]place, error) {
	var all []place
	var taken []int
	later := false
	for _, w := range c.r.Waves {
		for _, s := range w.Steps {
			if slices.Contains(steps, place{w, s}) {
				taken = append(taken, len(all))
			}
			later = later || len(taken) > 0 && undoable(s)
			all = append(all, place{w, s})
		}
	}
	if !later {
		return nil, nil
	}
	for _, w := range c.r.Waves {
		if err := c.ground.Read(ctx, c.grounds(w.Steps...)); err != nil {
			return nil, err
		}
	}
	doing := make([]ties.Step, len(all))
	for i, p := range all {
		doing[i] = ties.Step{Step: c.groundOf(p.step), Wave: p.wave.Ordinal, Has: undoable(p.step)}
	}
	what, err := ties.Read(ctx, c.view, c.ground, doing, func(ctx context.Context, roots []store.Node) (*shape.Graph, error) {
		return c.area.traversal.Graph(ctx, c.view, traversal.Survey{Roots: roots, Direction: store.Out})
	})
	if err != nil {
		return nil, err
	}
	found, err := what.Dependents(ctx, taken)
	list := make([]place, len(found))
	for i, at := range found {
		list[i] = all[at]
	}
	return list, err
}
