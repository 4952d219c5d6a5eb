package bulk

import (
	"context"
	"slices"

	"releasegraph/internal/app/rising"
	"releasegraph/internal/interchange"
)

// Foresee tells which numbers would not rise, of the releases of all units that
// some items are about, were these written (R3). It writes nothing.
func (im *Import) Foresee(ctx context.Context, items []*interchange.Item) ([]ImportFall, error) {
	if !slices.ContainsFunc(items, rising.Of) {
		return nil, nil
	}
	b := newImportBatch(im)
	if err := b.nodes(ctx, items); err != nil {
		return nil, err
	}
	if err := (links{b}).edges(ctx, items); err != nil {
		return nil, err
	}
	if len(b.problems) > 0 {
		return nil, b.problems
	}
	return fallsOf(im.app.rising.Foreseen(ctx, b.propose()))
}

func fallsOf(found []rising.Fall, err error) ([]ImportFall, error) {
	list := make([]ImportFall, len(found))
	for i, f := range found {
		list[i] = ImportFall(f)
	}
	return list, err
}

// lineFalls tells which numbers do not rise by a call of ImportLines, or by a dry
// run of one would not.
func (im *Import) lineFalls(ctx context.Context, items []*interchange.Item) ([]ImportFall, error) {
	if im.options.DryRun {
		return im.Foresee(ctx, items)
	}
	return im.Falls(ctx)
}
