package app

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/conflict"
)

// longestPeriod is for how long a question about the plan may ask.
const longestPeriod = 2 * 366 * 24 * time.Hour

// checkPeriod tells what is wrong with the period of a question.
func checkPeriod(r domain.TimeRange, field string, most time.Duration) error {
	switch {
	case r.Empty():
		return wrong(field+".to", "must be after from, which is %s", r.From.UTC().Format(time.RFC3339))
	case r.Length() > most:
		return wrong(field, "is longer than the %d days that can be asked for at once", int(most.Hours()/24))
	}
	return nil
}

// ScheduleConflicts is a page of what does not go together in a period (H6).
type ScheduleConflicts struct {
	Nodes      []*ScheduleConflict
	TotalCount int
	Part       Part

	slots *slots
}

// ScheduleConflict is one thing that does not go together.
type ScheduleConflict struct {
	Kind    domain.ConflictKind
	Overlap domain.TimeRange
	Person  *string

	p     *planner
	c     conflict.Conflict
	slots *slots
}

// ScheduleConflicts finds what does not go together in a period, of one change
// or of all, and of some kinds or of all.
func (a *App) ScheduleConflicts(ctx context.Context, during domain.TimeRange, change *domain.Ref, kinds []domain.ConflictKind, first *int, after *string) (*ScheduleConflicts, error) {
	if err := a.may(ctx, authz.Read, domain.KindChangeRequest); err != nil {
		return nil, err
	}
	limit, firstErr := pageLength(first)
	from, afterErr := readPosition(after)
	if err := both(checkPeriod(during, "during", longestPeriod), firstErr, afterErr); err != nil {
		return nil, err
	}
	only, err := a.optionalRequest(ctx, change)
	if err != nil {
		return nil, err
	}
	p, err := a.planner(ctx, a.today(ctx), during, domain.ChangesPlanned)
	if err != nil {
		return nil, err
	}
	found, err := p.conflicts(ctx, only)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(c conflict.Conflict) bool {
		return !c.Overlap.Overlaps(during) || len(kinds) > 0 && !slices.Contains(kinds, c.Kind)
	})
	return p.page(found, p.slotsFrom(during.From), limit, from), nil
}

// optionalRequest finds the request that a reference names, nil for none.
func (a *App) optionalRequest(ctx context.Context, ref *domain.Ref) (*domain.ChangeRequest, error) {
	if ref == nil {
		return nil, nil
	}
	return a.request(ctx, *ref, "changeRequest")
}

// ChangeConflicts finds what does not go together with one request for change.
func (a *App) ChangeConflicts(ctx context.Context, r *domain.ChangeRequest) ([]*ScheduleConflict, error) {
	if r.PlannedFrom == nil || r.PlannedTo == nil || !domain.ChangePlanned(r.Status) {
		return []*ScheduleConflict{}, nil
	}
	within := domain.TimeRange{From: *r.PlannedFrom, To: *r.PlannedTo}
	p, err := a.planner(ctx, a.today(ctx), within, domain.ChangesPlanned, r)
	if err != nil {
		return nil, err
	}
	found, err := p.conflicts(ctx, r)
	if err != nil {
		return nil, err
	}
	return p.page(found, p.slotsFrom(within.From), len(found), nil).Nodes, nil
}

// conflicts finds all conflicts of the plan, or those of one request.
func (p *planner) conflicts(ctx context.Context, only *domain.ChangeRequest) ([]conflict.Conflict, error) {
	c, err := p.closing(ctx, p.span())
	if err != nil {
		return nil, err
	}
	p.app.layers.prepare(p.g, p.plan, only == nil)
	if only != nil {
		return append(p.plan.Of(only.Key), p.plan.ClosedTo(only.Key, c.windows, c.freezes)...), nil
	}
	return append(p.plan.All(), p.plan.Closed(c.windows, c.freezes)...), nil
}

// span is the period and all work that reaches out of it.
func (p *planner) span() domain.TimeRange {
	span := p.within
	for _, w := range p.plan.Works() {
		if w.When.From.Before(span.From) {
			span.From = w.When.From
		}
		if w.When.To.After(span.To) {
			span.To = w.When.To
		}
	}
	return span
}

func (p *planner) placeOf(c *conflict.Conflict) position {
	other := fmt.Sprint(c.Windows)
	if c.B >= 0 {
		other = p.plan.Works()[c.B].Key
	}
	return position{c.Overlap.From.UnixMicro(), p.plan.Works()[c.A].Key, other, string(c.Kind)}
}

// page is a part of the conflicts.
func (p *planner) page(found []conflict.Conflict, s *slots, limit int, after *position) *ScheduleConflicts {
	slices.SortFunc(found, func(x, y conflict.Conflict) int { return p.placeOf(&x).compare(p.placeOf(&y)) })
	list, part := partOf(found, func(c conflict.Conflict) position { return p.placeOf(&c) }, limit, after)
	out := &ScheduleConflicts{Nodes: []*ScheduleConflict{}, TotalCount: len(found), Part: part, slots: s}
	for _, c := range list {
		n := &ScheduleConflict{Kind: c.Kind, Overlap: c.Overlap, p: p, c: c, slots: s}
		if c.Kind == domain.ConflictPerson {
			n.Person = &p.plan.Works()[c.A].Person
		}
		out.Nodes = append(out.Nodes, n)
	}
	return out
}

// Between lists both sides: two changes, or a change and windows or a freeze.
func (c *ScheduleConflict) Between() []any {
	works := c.p.plan.Works()
	sides := []any{c.p.requests[works[c.c.A].Key]}
	if c.c.B >= 0 {
		return append(sides, c.p.requests[works[c.c.B].Key])
	}
	list := c.p.openings.windows
	if c.Kind == domain.ConflictFreeze {
		list = c.p.openings.freezes
	}
	for _, i := range c.c.Windows {
		sides = append(sides, list[i].record)
	}
	return sides
}

// Chain is a shortest chain of dependencies between both sides (DEPENDENCY).
func (c *ScheduleConflict) Chain() []*DependencyLink {
	chain := []*DependencyLink{}
	for _, l := range c.p.plan.Chain(&c.c) {
		chain = append(chain, newDependencyLink(c.p.load, l.From, l.To, l.Link))
	}
	return chain
}

// Items loads the items that are concerned.
func (c *ScheduleConflict) Items(ctx context.Context) ([]*domain.ConfigurationItem, error) {
	return c.p.load.all(ctx, c.c.Items)
}

// Sites loads the sites that are concerned.
func (c *ScheduleConflict) Sites(ctx context.Context) ([]*domain.Site, error) {
	return c.p.sites(ctx, c.c.Sites)
}

// FreeSlots are times to which the later of two changes could be moved.
func (c *ScheduleConflict) FreeSlots(ctx context.Context, first int) ([]*domain.TimeRange, error) {
	side := c.c.A
	if c.c.B >= 0 {
		side = c.c.B
	}
	return c.slots.of(ctx, first, c.p.requests[c.p.plan.Works()[side].Key])
}

// FreeSlots are times at which any of the changes on the page could take place.
func (s *ScheduleConflicts) FreeSlots(ctx context.Context, first int) ([]*domain.TimeRange, error) {
	var all []*domain.ChangeRequest
	for _, c := range s.Nodes {
		for _, side := range c.Between() {
			if r, ok := side.(*domain.ChangeRequest); ok && !slices.Contains(all, r) {
				all = append(all, r)
			}
		}
	}
	if len(all) == 0 {
		return []*domain.TimeRange{}, nil
	}
	return s.slots.of(ctx, first, all...)
}

// slots finds free time for the changes of an answer; what is planned in it is
// read once.
type slots struct {
	p      *planner
	within domain.TimeRange

	once    sync.Once
	err     error
	wide    *planner
	closing closing
}
