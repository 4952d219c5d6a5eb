package estate

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Written is what a mutation of a record did, or with a dry run would do.
type Written struct {
	Record   any // nil when removed
	Revision int64
	DryRun   bool
	Changes  []domain.Change

	Told []any // by consequences
}

// written tells what was done to a record, nil when it is gone.
func (a *Estate) written(ctx context.Context, w *Writing, r entity.Record, c *store.Change, known []entity.Record) (*Written, error) {
	list, err := a.Changes(ctx, c.Effects, known)
	if err != nil {
		return nil, err
	}
	out := &Written{Revision: int64(c.Revision), DryRun: w.DryRun, Changes: list, Told: w.told}
	if r != nil {
		out.Record = r
	}
	return out, nil
}

// Subject finds the record that a change was about, as it is now, nil when it
// is gone.
func (a *Estate) Subject(ctx context.Context, k *entity.Kind, c *store.Change) (entity.Record, error) {
	for _, e := range c.Effects {
		if e.Node != "" && e.Kind == k.Name {
			id := string(e.Node)
			return Find(ctx, a.Today(ctx), k, domain.Ref{ID: &id}, "input.ref")
		}
	}
	return nil, nil
}
