package bulk

import (
	"context"

	"releasegraph/internal/store"
)

// decided is a batch of which is known what it does.
type decided struct {
	*importBatch
	cs   store.Changeset
	held []ImportHold
}

// write commits the batch, and keeps in mind what it wrote.
func (d *decided) write(ctx context.Context) (Imported, error) {
	change, err := d.commit(ctx)
	return d.settle(ctx, change, err)
}

// commit writes the change set of the batch, unless there is nothing to write or it is a
// dry run: then there is no change. It touches nothing of the import.
func (d *decided) commit(ctx context.Context) (*store.Change, error) {
	if d.writesNothing() {
		return nil, nil //nolint:nilnil // there is none
	}
	change, err := d.im.app.estate.Commit(ctx, d.cs)
	return &change, err
}

func (d *decided) writesNothing() bool { return len(d.Ops) == 0 || d.im.options.DryRun }

// settle keeps in mind what was written, and tells it.
func (d *decided) settle(ctx context.Context, change *store.Change, err error) (Imported, error) {
	if err != nil {
		return Imported{}, err
	}
	done := Imported{Changes: d.changes, Kept: d.kept, Whole: d.whole, Held: d.held}
	for _, name := range d.order {
		done.Counts = append(done.Counts, *d.counts[name])
	}
	if change == nil {
		for end := range d.ids {
			d.im.fresh[end] = true
		}
		head, err := d.im.app.estate.Store.Head(ctx)
		done.Revision = int64(head)
		return done, err
	}
	for end, id := range d.ids {
		d.im.remember(end, met{id, d.created[id] && !d.parted[id]})
	}
	for _, end := range d.gone {
		d.im.unlearn(end)
	}
	done.Revision = int64(change.Revision)
	return done, nil
}
