package estate

import (
	"context"

	"releasegraph/internal/app/wording"
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
// is gone: the first of the kind that was written, or else that was joined to
// something.
func (a *Estate) Subject(ctx context.Context, k *entity.Kind, c *store.Change) (entity.Record, error) {
	id := subject(k, c.Effects)
	if id == "" {
		return nil, nil
	}
	return a.Today(ctx).Record(ctx, k, domain.Ref{ID: &id}, "input.ref")
}

func subject(k *entity.Kind, effects []store.Effect) string {
	for _, e := range effects {
		if e.Node != "" && e.Kind == k.Name {
			return string(e.Node)
		}
	}
	for _, e := range effects {
		for _, r := range entity.RelationshipsNamed(e.Edge.Rel) {
			switch {
			case e.Node != "":
			case r.To == k.Name:
				return string(e.Edge.To)
			case r.From == k.Name:
				return string(e.Edge.From)
			}
		}
	}
	return ""
}

// Changes tells the effects of a change set as far as the caller may see them: a link
// may have been moved away from a record that is hidden from them.
func (a *Estate) Changes(ctx context.Context, effects []store.Effect, known []entity.Record) ([]domain.Change, error) {
	seen, err := a.Today(ctx).SeenOf(ctx, []store.Change{{Effects: effects}})
	switch {
	case err != nil:
		return nil, err
	case len(seen) == 0:
		return []domain.Change{}, nil
	}
	return wording.Changes(ctx, a.Entire, seen[0].Effects, known)
}
