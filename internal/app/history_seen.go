package app

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

// logPage is how many entries of the log are looked at together for what a
// caller may see of them.
const logPage = 200

// changeSetsSeen is a page of the change sets of which the caller may see
// something. Those of which nothing is seen leave no gap in it; reading past
// them takes time, and that is all that can be told of them.
func (a *App) changeSetsSeen(ctx context.Context, v view, s *run) (*ChangeSetPage, error) {
	oldest, head, err := a.logEnds(ctx)
	if err != nil {
		return nil, err
	}
	from, end := max(s.after, oldest), head
	if s.before > 0 {
		end = min(end, s.before-1)
	}
	r := &seenRun{app: a, view: v, wanted: max(s.first, s.last) + 1}
	if s.last > 0 {
		err = r.back(ctx, from, end)
	} else {
		err = r.on(ctx, from, end)
	}
	if err != nil {
		return nil, err
	}
	page := &ChangeSetPage{HasNext: s.before > 0, HasPrevious: s.after > 0, Cut: oldest > 0}
	if more := len(r.found) == r.wanted; s.last > 0 {
		page.HasPrevious = more
		r.found = r.found[max(0, len(r.found)-s.last):]
	} else {
		page.HasNext = more
		r.found = r.found[:min(len(r.found), s.first)]
	}
	page.Nodes = newChangeSets(newNames(a.entire), r.found)
	return page, nil
}

// seenRun collects change sets of which something is seen.
type seenRun struct {
	app    *App
	view   view
	wanted int
	found  []store.Change
}

// on reads from one revision on.
func (r *seenRun) on(ctx context.Context, from, end store.Revision) error {
	for from < end && len(r.found) < r.wanted {
		upTo := min(end, from+logPage)
		seen, err := r.read(ctx, from, upTo)
		if err != nil {
			return err
		}
		r.found = append(r.found, seen[:min(len(seen), r.wanted-len(r.found))]...)
		from = upTo
	}
	return nil
}

// back reads from the end.
func (r *seenRun) back(ctx context.Context, from, end store.Revision) error {
	for from < end && len(r.found) < r.wanted {
		start := max(from, end-logPage)
		seen, err := r.read(ctx, start, end)
		if err != nil {
			return err
		}
		r.found = slices.Concat(seen[max(0, len(seen)-(r.wanted-len(r.found))):], r.found)
		end = start
	}
	return nil
}

func (r *seenRun) read(ctx context.Context, from, end store.Revision) ([]store.Change, error) {
	changes, err := r.app.store.Changes(ctx, from, int(end-from))
	if err != nil {
		return nil, compacted(err, "after")
	}
	return r.view.seenOf(ctx, changes)
}
