package history

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/wording"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// ChangeSetPage is a page of change sets.
type ChangeSetPage struct {
	Nodes                []*ChangeSet
	HasNext, HasPrevious bool
	// Cut tells that older change sets were compacted away.
	Cut bool
}

// History returns the change sets that touched a record or its relationships,
// the newest first (C4). That of a record of the past ends at its moment.
func (a *Area) History(ctx context.Context, record any, first *int, after *string) (*ChangeSetPage, error) {
	r, ok := record.(entity.Record)
	if !ok || entity.KindOf(record) == nil {
		return nil, fmt.Errorf("%T is no record", record)
	}
	limit, limitErr := listing.PageLength(first)
	before, cursorErr := revisionCursor("after", after)
	if err := refusal.Both(limitErr, cursorErr); err != nil {
		return nil, err
	}
	c := a.estate.CohortOf(ctx, r)
	if before == 0 && c.View.Past {
		before = c.View.At + 1
	}
	key, err := json.Marshal([]any{limit, before})
	if err != nil {
		return nil, err
	}
	pages, err := estate.LoadOf(c, "history "+string(key), func() (map[store.ID]*ChangeSetPage, error) {
		return a.histories(ctx, c.View, c.Members, before, limit)
	})
	if err != nil {
		return nil, err
	}
	page := *pages[store.ID(r.Meta().ID)]
	page.HasPrevious = after != nil
	return &page, nil
}

// histories reads the histories of a cohort.
func (a *Area) histories(ctx context.Context, v estate.View, members []store.ID, before store.Revision, limit int) (map[store.ID]*ChangeSetPage, error) {
	var reader store.Reader = v
	if v.Part == nil { // the log is the same at every moment
		reader = a.estate.Entire
	}
	found, err := reader.History(ctx, store.HistoryQuery{Nodes: members, Before: before, First: max(limit, 1)})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	names, pages := wording.NewNames(a.estate.Entire), make(map[store.ID]*ChangeSetPage, len(members))
	for i, id := range members {
		p := found[i]
		if limit == 0 {
			p.Changes, p.HasNext = nil, len(p.Changes) > 0
		}
		pages[id] = &ChangeSetPage{Nodes: NewChangeSets(names, p.Changes), HasNext: p.HasNext, Cut: p.Cut}
	}
	return pages, nil
}

// ChangeSets returns a page of the log: the oldest first, so that Last gives
// the newest. Of a compacted log the page begins with what is left.
func (a *Area) ChangeSets(ctx context.Context, l listing.List) (*ChangeSetPage, error) {
	if err := a.estate.May(ctx, authz.Read, authz.KindChangeSet); err != nil {
		return nil, err
	}
	s, err := parseRun(l)
	if err != nil {
		return nil, err
	}
	v := a.estate.Today(ctx)
	if v.Part != nil {
		return a.changeSetsSeen(ctx, v, s)
	}
	oldest, head, err := a.logEnds(ctx)
	if err != nil {
		return nil, err
	}
	from, end := s.within(oldest, head)
	page := &ChangeSetPage{HasNext: end < head, HasPrevious: from > oldest, Cut: oldest > 0}
	if from >= end {
		return page, nil
	}
	heads, err := v.Log().Between(ctx, from, end)
	page.Nodes = logged(v, heads)
	return page, refusal.OfStore(err)
}

// run is a page of the log, which has no gaps: revisions after one and before
// another, the first or the last of them.
type run struct {
	after, before store.Revision
	first, last   int
}

func parseRun(l listing.List) (*run, error) {
	var errs domain.Errors
	s := &run{first: listing.Length(&errs, "first", l.First), last: listing.Length(&errs, "last", l.Last)}
	if l.First != nil && l.Last != nil {
		errs = append(errs, refusal.Wrong("last", "cannot be given beside first"))
	}
	if l.First == nil && l.Last == nil {
		s.first = listing.DefaultPage
	}
	var afterErr, beforeErr error
	s.after, afterErr = revisionCursor("after", l.After)
	s.before, beforeErr = revisionCursor("before", l.Before)
	return s, refusal.Both(errs.Err(), afterErr, beforeErr)
}

// within returns the revisions of the page, after one and up to another.
func (s *run) within(oldest, head store.Revision) (from, end store.Revision) {
	from, end = max(s.after, oldest), head
	if s.before > 0 {
		end = min(end, s.before-1)
	}
	if s.last > 0 {
		return max(from, end-store.Revision(s.last)), end
	}
	return from, min(end, from+store.Revision(s.first))
}

// Cursor marks a change set in its list.
func (c *ChangeSet) Cursor() string { return strconv.FormatInt(c.Revision, 10) }

func revisionCursor(field string, cursor *string) (store.Revision, error) {
	if cursor == nil {
		return 0, nil
	}
	n, err := strconv.ParseInt(*cursor, 10, 64)
	if err != nil || n < 1 {
		return 0, refusal.Wrong(field, "is no cursor of a list of change sets")
	}
	return store.Revision(n), nil
}

// ChangeSet finds a change set by its revision, nil when there is none.
func (a *Area) ChangeSet(ctx context.Context, revision int64) (*ChangeSet, error) {
	if err := a.estate.May(ctx, authz.Read, authz.KindChangeSet); err != nil {
		return nil, err
	}
	if revision < 1 {
		return nil, nil
	}
	v := a.estate.Today(ctx)
	heads, err := v.Log().Between(ctx, store.Revision(revision)-1, store.Revision(revision))
	if err != nil || len(heads) == 0 || int64(heads[0].Revision) != revision {
		return nil, refusal.Compacted(err, "revision")
	}
	return logged(v, heads)[0], nil
}

// logEnds returns the revisions between which the log is.
func (a *Area) logEnds(ctx context.Context) (oldest, head store.Revision, err error) {
	if oldest, err = a.estate.Entire.Oldest(ctx); err == nil {
		head, err = a.estate.Store.Head(ctx)
	}
	return oldest, head, refusal.OfStore(err)
}
