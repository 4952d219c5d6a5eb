package asof

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

// Since tells, for each of some revisions, what differs between it and a later
// one: the effects that a Difference of both has, of those that are wanted for
// it. It follows the log once, however many revisions there are. What is wanted
// must be decided by what an effect is about, not by its properties.
func (h *History) Since(ctx context.Context, from []store.Revision, to store.Revision, wanted func(i int, e *store.Effect) bool) ([][]store.Effect, error) {
	if len(from) == 0 {
		return nil, nil
	}
	low := slices.Min(from)
	if err := h.between(ctx, low, to); err != nil {
		return nil, err
	}
	done, err := h.follow(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	all := make([]*following, len(from))
	for i, r := range from {
		all[i] = newFollowing(&Difference{store: h.store, from: r, to: to}, func(e *store.Effect) bool { return wanted(i, e) })
	}
	err = h.run(ctx, low, to, func(changes []store.Change) error {
		size := int64(0)
		for _, f := range all {
			if err := f.changes(ctx, changes); err != nil {
				return err
			}
			size += f.size()
		}
		if size > h.max {
			return &TooMuchError{low, changes[len(changes)-1].Revision, h.max}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return tellAll(ctx, h.store, all)
}

// changes follows those of some change sets that are later than the revision
// from which it follows.
func (f *following) changes(ctx context.Context, list []store.Change) error {
	for i := range list {
		if list[i].Revision > f.from {
			f.change(&list[i])
		}
	}
	return ctx.Err()
}

// tellAll returns what each following came to. It reads where things were
// created of all at once.
func tellAll(ctx context.Context, s store.Store, all []*following) ([][]store.Effect, error) {
	m, places := makings{}, make([][]int32, len(all))
	for i, f := range all {
		if err := f.effects(ctx); err != nil {
			return nil, err
		}
		for n := range f.list {
			places[i] = append(places[i], int32(n)) //nolint:gosec // there are fewer
		}
		f.want(places[i], m)
	}
	if err := m.read(ctx, s); err != nil {
		return nil, err
	}
	told := make([][]store.Effect, len(all))
	for i, f := range all {
		told[i] = f.tell(places[i], m)
	}
	return told, nil
}
