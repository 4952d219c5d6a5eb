package history

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
)

// changeSetsSeen returns a page of the change sets of which the caller may see
// something. Those of which nothing is seen leave no gap in it; reading past
// them takes time, and that is all that can be told of them.
func (a *Area) changeSetsSeen(ctx context.Context, v estate.View, s *run) (*ChangeSetPage, error) {
	oldest, head, err := a.logEnds(ctx)
	if err != nil {
		return nil, err
	}
	from, end := max(s.after, oldest), head
	if s.before > 0 {
		end = min(end, s.before-1)
	}
	read, wanted := v.Log().First, max(s.first, s.last)
	if s.last > 0 {
		read = v.Log().Last
	}
	found, err := read(ctx, from, end, wanted+1)
	if err != nil {
		return nil, refusal.Compacted(err, "after")
	}
	page := &ChangeSetPage{HasNext: s.before > 0, HasPrevious: s.after > 0, Cut: oldest > 0}
	if more := len(found) > wanted; s.last > 0 {
		page.HasPrevious = more
		found = found[max(0, len(found)-s.last):]
	} else {
		page.HasNext = more
		found = found[:min(len(found), s.first)]
	}
	page.Nodes = logged(v, found)
	return page, nil
}
