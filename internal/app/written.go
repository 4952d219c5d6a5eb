package app

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

	told []any // by consequences
}

// written tells what was done to a record, nil when it is gone.
func (a *App) written(ctx context.Context, w *writing, r entity.Record, c *store.Change, known []entity.Record) (*Written, error) {
	list, err := a.changes(ctx, c.Effects, known)
	if err != nil {
		return nil, err
	}
	out := &Written{Revision: int64(c.Revision), DryRun: w.dryRun, Changes: list, told: w.told}
	if r != nil {
		enroll(ctx, a.today(ctx), r)
		out.Record = r
	}
	return out, nil
}

// subject finds the record that a change was about, as it is now, nil when it
// is gone.
func (a *App) subject(ctx context.Context, k *entity.Kind, c *store.Change) (entity.Record, error) {
	for _, e := range c.Effects {
		if e.Node != "" && e.Kind == k.Name {
			id := string(e.Node)
			return find(ctx, a.today(ctx), k, domain.Ref{ID: &id}, "input.ref")
		}
	}
	return nil, nil
}
