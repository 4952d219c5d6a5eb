package work

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/configuration"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/work"
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

	a       *Area
	sources []*work.Source
}

// WorkCount counts what waits for one reason.
type WorkCount struct {
	Why   domain.WorkReason
	Count int
}

// MyWork lists what waits for the caller.
func (a *Area) MyWork(ctx context.Context, first *int, after *string) (*WorkPage, error) {
	limit, err := listing.PageLength(first)
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
func (p *WorkPage) add(ctx context.Context, s *work.Source, first int, after *string) (more bool, err error) {
	page, err := p.a.records.Records(ctx, s.Kind, listing.List{
		Filter: s.Filter, OrderBy: []map[string]any{{"field": entity.UpperSnake(s.Since)}}, First: &first, After: after,
	})
	if err != nil {
		return false, err
	}
	for _, i := range page.Items {
		record := i.Record.(entity.Record)
		p.Nodes = append(p.Nodes, &Work{
			Why: s.Why, Record: record, Since: since(record, s.Since), Cursor: string(s.Why) + " " + i.Cursor,
		})
	}
	return page.HasNext, nil
}

// since returns the time in a field, or where it is empty when the record was
// last changed.
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
	from = slices.IndexFunc(p.sources, func(s *work.Source) bool { return string(s.Why) == why })
	if !ok || from < 0 {
		return 0, nil, refusal.Wrong("after", "is no cursor of this list")
	}
	return from, &rest, nil
}

// ByReason counts what waits, by reason; what nothing waits for is left out.
func (p *WorkPage) ByReason(ctx context.Context) ([]*WorkCount, error) {
	list := []*WorkCount{}
	zero := 0
	for _, s := range p.sources {
		page, err := p.a.records.Records(ctx, s.Kind, listing.List{Filter: s.Filter, First: &zero})
		if err != nil {
			return nil, err
		}
		n, err := page.Total(ctx)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			list = append(list, &WorkCount{Why: s.Why, Count: n})
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
func (a *Area) workSources(ctx context.Context) ([]*work.Source, error) {
	actor := acting.Actor(ctx)
	names, namesErr := a.estate.Book(domain.KindChangeRequest, "requester", "assignee").Spellings(ctx, actor.Name)
	owners, ownersErr := a.estate.Book(domain.KindTask, "owner").Spellings(ctx, actor.Name)
	said, saidErr := a.estate.Book(domain.KindReleaseReview, "reviewedBy").Spellings(ctx, actor.Name)
	keys, keysErr := a.estate.Book(domain.KindParty, "key").Spellings(ctx, actor.Name)
	if err := errors.Join(namesErr, ownersErr, saidErr, keysErr); err != nil {
		return nil, refusal.OfStore(err)
	}
	var mine []*work.Source
	for _, s := range work.Sources(slices.Concat(names[actor.Name], owners[actor.Name], said[actor.Name]), keys[actor.Name], a.estate.Clock()) {
		roles := s.Why.WorkFor()
		waits := roles == nil || slices.ContainsFunc(actor.Roles, func(r domain.Role) bool { return slices.Contains(roles, r) })
		if !waits || a.estate.May(ctx, authz.Read, s.Kind) != nil {
			continue
		}
		if s.Why == domain.WorkVote {
			ids, err := a.awaitedVotes(ctx, acting.Doer(ctx))
			if err != nil {
				return nil, err
			}
			s.Filter = configuration.Doubtful{"id": configuration.Doubtful{"in": ids}}
		}
		mine = append(mine, s)
	}
	return mine, nil
}
