package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
	"releasegraph/internal/store/entries"
	"releasegraph/internal/store/scoped"
)

// view is the estate as one question sees it: as it is, or as it was at an
// earlier revision (C4), without what the caller may not see.
type view struct {
	store.Reader
	// entire is the estate with all that is hidden from the caller.
	entire store.Reader
	part   *scoped.Reader // nil when nothing is hidden
	sight  *sight
	app    *App
	past   bool
	// at is the revision of a view of the past.
	at store.Revision
}

// today is the estate as it is.
func (a *App) today(ctx context.Context) view { return a.seenBy(ctx, a.entire) }

// seenBy is what whoever asks may see of an estate.
func (a *App) seenBy(ctx context.Context, beneath store.Reader) view {
	v := view{Reader: beneath, entire: beneath, app: a, sight: a.sightOf(ctx)}
	if !v.sight.unlimited {
		v.part = scoped.New(beneath, v.sight.resolve)
		v.Reader = v.part
	}
	return v
}

// at is the estate as of an earlier revision.
func (a *App) at(ctx context.Context, r store.Revision) view {
	v := a.seenBy(ctx, a.past.At(r))
	v.past, v.at = true, r
	return v
}

// hidden tells which of some records the caller may not see, or are not there.
func (v view) hidden(ctx context.Context, ids ...store.ID) (map[store.ID]bool, error) {
	hidden := map[store.ID]bool{}
	if v.part == nil {
		return hidden, nil
	}
	seen, err := v.part.Seen(ctx, ids...)
	for _, id := range ids {
		if !seen[id] {
			hidden[id] = true
		}
	}
	return hidden, storeError(err)
}

// seenOf keeps, of change sets, what the caller may see.
func (v view) seenOf(ctx context.Context, changes []store.Change) ([]store.Change, error) {
	if v.part == nil || len(changes) == 0 {
		return changes, nil
	}
	kept, err := v.part.SeenOf(ctx, changes)
	return kept, storeError(err)
}

// log is the log as the caller sees it.
func (v view) log() entries.Log {
	l := entries.Log{Store: v.app.store}
	if v.part != nil {
		l.Seen = v.seenOf
	}
	return l
}

// everything is the estate as it is, whoever asks: rules that hold for all work
// look at all of it.
func (a *App) everything() view {
	return view{Reader: a.entire, entire: a.entire, app: a, sight: &sight{app: a, unlimited: true}}
}

// view is the estate as of a moment, or today's where none is given.
func (a *App) view(ctx context.Context, asOf *domain.AsOf, field string) (view, error) {
	if asOf == nil {
		return a.today(ctx), nil
	}
	r, err := a.moment(ctx, asOf, field)
	if err != nil {
		return view{}, err
	}
	return a.at(ctx, r), nil
}

// viewFor is where the relationships of a cohort are read: at the moment asked
// for, else at that of the cohort.
func (a *App) viewFor(ctx context.Context, c *cohort, asOf *domain.AsOf) (view, error) {
	if asOf == nil {
		return c.view, nil
	}
	return a.view(ctx, asOf, "asOf")
}

// moment finds the revision that a moment stands for, and refuses those that
// cannot be read (C4): what lies ahead, what was before the beginning, and what
// the log does not reach back to.
func (a *App) moment(ctx context.Context, asOf *domain.AsOf, field string) (store.Revision, error) {
	r, err := a.named(ctx, asOf, field)
	if err != nil {
		return 0, err
	}
	oldest, err := a.entire.Oldest(ctx)
	if err != nil {
		return 0, storeError(err)
	}
	if r < oldest {
		return 0, &domain.Error{
			Code: domain.Invalid, Rule: "C4", Field: field,
			Message: fmt.Sprintf("the log no longer reaches back to revision %d; the oldest that can be read is %d", r, oldest),
			Details: map[string]any{"oldest": int64(oldest)},
		}
	}
	return r, nil
}

func (a *App) named(ctx context.Context, asOf *domain.AsOf, field string) (store.Revision, error) {
	switch {
	case asOf.Revision != nil && asOf.Time == nil && asOf.Baseline == nil:
		return a.revision(ctx, *asOf.Revision, field+".revision")
	case asOf.Revision == nil && asOf.Time != nil && asOf.Baseline == nil:
		return a.revisionAt(ctx, *asOf.Time, field+".time")
	case asOf.Revision == nil && asOf.Time == nil && asOf.Baseline != nil:
		return a.baselines(ctx, *asOf.Baseline, field+".baseline")
	}
	return 0, wrong(field, "give exactly one of revision, time and baseline")
}

func (a *App) revision(ctx context.Context, n int64, field string) (store.Revision, error) {
	head, err := a.store.Head(ctx)
	if err != nil {
		return 0, storeError(err)
	}
	if n < 0 || n > int64(head) {
		return 0, wrong(field, "is %d; revisions run from 0, the empty estate, to %d, the last change", n, head)
	}
	return store.Revision(n), nil
}

func (a *App) revisionAt(ctx context.Context, t time.Time, field string) (store.Revision, error) {
	if t.After(a.now()) {
		return 0, wrong(field, "lies in the future; leave asOf out to see things as they are")
	}
	r, err := a.entire.RevisionAt(ctx, t)
	if err != nil || r > 0 {
		return r, storeError(err)
	}
	first, err := a.store.Heads(ctx, 0, 1)
	switch {
	case errors.Is(err, store.ErrCompacted):
		return 0, compacted(err, field)
	case err != nil:
		return 0, storeError(err)
	case len(first) == 0:
		return 0, wrong(field, "nothing has been recorded yet")
	}
	return 0, wrong(field, "is before the first change, which was at %s", first[0].At.Format(time.RFC3339Nano))
}
