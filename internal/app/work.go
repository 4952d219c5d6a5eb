package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// Work is something that waits for the caller.
type Work struct {
	Why    domain.WorkReason
	Record entity.Record
	// Since is when it began to wait, as far as is known.
	Since  time.Time
	Cursor string
}

// Text says in words what waits.
func (w *Work) Text() string { return w.Why.Text() }

// WorkPage is a page of what waits for the caller: by reason, in the order of
// the sources, and of each what waits longest first.
type WorkPage struct {
	Nodes                []*Work
	HasNext, HasPrevious bool

	a       *App
	sources []*workSource
}

// WorkCount counts what waits for one reason.
type WorkCount struct {
	Why   domain.WorkReason
	Count int
}

// workSource is where work of one reason is found.
type workSource struct {
	why    domain.WorkReason
	kind   string
	filter map[string]any
	since  string // the field by which it is ordered
}

// MyWork lists what waits for the caller.
func (a *App) MyWork(ctx context.Context, first *int, after *string) (*WorkPage, error) {
	limit, err := pageLength(first)
	if err != nil {
		return nil, err
	}
	sources, err := a.workSources(ctx)
	if err != nil {
		return nil, err
	}
	p := &WorkPage{a: a, sources: sources, Nodes: []*Work{}, HasPrevious: after != nil}
	from, cursor, err := p.place(after)
	if err != nil {
		return nil, err
	}
	for _, s := range p.sources[from:] {
		if p.HasNext, err = p.add(ctx, s, limit-len(p.Nodes), cursor); err != nil || p.HasNext {
			return p, err
		}
		cursor = nil
	}
	return p, nil
}

// add lists what one source has, up to a number, and tells whether it has more.
func (p *WorkPage) add(ctx context.Context, s *workSource, first int, after *string) (more bool, err error) {
	page, err := p.a.Records(ctx, s.kind, List{
		Filter: s.filter, OrderBy: []map[string]any{{"field": entity.UpperSnake(s.since)}}, First: &first, After: after,
	})
	if err != nil {
		return false, err
	}
	for _, i := range page.Items {
		record := i.Record.(entity.Record)
		p.Nodes = append(p.Nodes, &Work{
			Why: s.why, Record: record, Since: since(record, s.since), Cursor: string(s.why) + " " + i.Cursor,
		})
	}
	return page.HasNext, nil
}

// since is the time in a field, or where it is empty when the record was last
// changed.
func since(r entity.Record, field string) time.Time {
	at, ok := entity.KindOf(r).Encode(r)[field].(time.Time)
	if !ok {
		at = r.Meta().UpdatedAt
	}
	return at
}

// place reads a cursor: from which source on, and from where in that.
func (p *WorkPage) place(after *string) (from int, cursor *string, err error) {
	if after == nil {
		return 0, nil, nil
	}
	why, rest, ok := strings.Cut(*after, " ")
	from = slices.IndexFunc(p.sources, func(s *workSource) bool { return string(s.why) == why })
	if !ok || from < 0 {
		return 0, nil, wrong("after", "is no cursor of this list")
	}
	return from, &rest, nil
}

// ByReason counts what waits, by reason; what nothing waits for is left out.
func (p *WorkPage) ByReason(ctx context.Context) ([]*WorkCount, error) {
	list := []*WorkCount{}
	zero := 0
	for _, s := range p.sources {
		page, err := p.a.Records(ctx, s.kind, List{Filter: s.filter, First: &zero})
		if err != nil {
			return nil, err
		}
		n, err := page.Total(ctx)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			list = append(list, &WorkCount{Why: s.why, Count: n})
		}
	}
	return list, nil
}

// Total counts all that waits.
func (p *WorkPage) Total(ctx context.Context) (n int, err error) {
	counts, err := p.ByReason(ctx)
	for _, c := range counts {
		n += c.Count
	}
	return n, err
}

// workSources lists where work for the caller can be found: by their roles, and
// by their name.
func (a *App) workSources(ctx context.Context) ([]*workSource, error) {
	actor := ActorFrom(ctx)
	var mine []*workSource
	for _, s := range allWork(actor.Name, a.clock()) {
		roles := s.why.WorkFor()
		waits := roles == nil || slices.ContainsFunc(actor.Roles, func(r domain.Role) bool { return slices.Contains(roles, r) })
		if !waits || a.may(ctx, authz.Read, s.kind) != nil {
			continue
		}
		if s.why == domain.WorkVote {
			ids, err := a.awaitedVotes(ctx, doer(ctx))
			if err != nil {
				return nil, err
			}
			s.filter = doubtful{"id": doubtful{"in": ids}}
		}
		mine = append(mine, s)
	}
	return mine, nil
}

// allWork lists every source, for a person of this name.
func allWork(name string, now time.Time) []*workSource {
	is := func(value string) doubtful { return doubtful{"eq": value} }
	request := func(why domain.WorkReason, since string, more doubtful, statuses ...domain.ChangeRequestStatus) *workSource {
		more["status"] = doubtful{"in": anyOf(statuses)}
		return &workSource{why, domain.KindChangeRequest, more, since}
	}
	problem := func(why domain.WorkReason, status domain.ProblemStatus) *workSource {
		return &workSource{why, domain.KindProblem, doubtful{"status": is(string(status))}, "statusSince"}
	}
	return []*workSource{
		request(domain.WorkVote, "submittedAt", doubtful{}, domain.ChangeAssessed), // of these, those on which a vote is awaited
		request(domain.WorkAssess, "submittedAt", doubtful{}, domain.ChangeSubmitted, domain.ChangeBackedOut),
		request(domain.WorkReview, "implementedAt", doubtful{}, domain.ChangeImplemented),
		problem(domain.WorkDiagnose, domain.ProblemOpen),
		problem(domain.WorkResolve, domain.ProblemDiagnosed),
		problem(domain.WorkClose, domain.ProblemResolved),
		{domain.WorkPublish, domain.KindKnownError, doubtful{"status": is(string(domain.KnownErrorDraft))}, "statusSince"},
		request(domain.WorkRevise, "decidedAt", doubtful{"requester": is(name)}, domain.ChangeRejected),
		request(domain.WorkSubmit, "updatedAt", doubtful{"requester": is(name)}, domain.ChangeDraft),
		request(domain.WorkCarryOut, "decidedAt", doubtful{"or": []any{
			doubtful{"assignee": is(name)}, doubtful{"assignee": doubtful{"isNull": true}, "requester": is(name)},
		}}, domain.ChangeAuthorised),
		{domain.WorkConfirm, domain.KindConfigurationItem, doubtful{
			"ownedBy":   doubtful{"some": doubtful{"key": is(name)}},
			"updatedAt": doubtful{"lt": now.Add(-domain.ConfirmAfter)},
			"status":    doubtful{"in": anyOf([]domain.ItemStatus{domain.ItemInTest, domain.ItemLive, domain.ItemPlanned, domain.ItemOrdered, domain.ItemInDevelopment})},
		}, "updatedAt"},
	}
}
