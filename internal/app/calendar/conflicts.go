package calendar

import (
	"context"
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/app/impact"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/party"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/conflict"
)

// mostConflicts is how many conflicts are looked for, the first by time.
const mostConflicts = 10_000

// longestPeriod is for how long a question about the plan may ask.
const longestPeriod = 2 * 366 * 24 * time.Hour

// checkPeriod tells what is wrong with the period of a question.
func checkPeriod(r domain.TimeRange, field string, most time.Duration) error {
	switch {
	case r.Empty():
		return refusal.Wrong(field+".to", "must be after from, which is %s", r.From.UTC().Format(time.RFC3339))
	case r.Length() > most:
		return refusal.Wrong(field, "is longer than the %d days that can be asked for at once", int(most.Hours()/24))
	}
	return nil
}

// ScheduleConflicts is a page of what does not go together (H6).
type ScheduleConflicts struct {
	Nodes      []*ScheduleConflict
	TotalCount int
	Part       listing.Part
	// Truncated tells that there are more, which begin later than all that are
	// counted.
	Truncated bool

	slots *slots
}

// ScheduleConflict is one thing that does not go together.
type ScheduleConflict struct {
	Kind    domain.ConflictKind
	Overlap domain.TimeRange
	Person  *domain.Person

	p      *planner
	c      conflict.Conflict
	slots  *slots
	beside *beside
}

// ScheduleConflicts finds what does not go together in a period, of one change
// or of all, and of some kinds or of all.
func (a *Area) ScheduleConflicts(ctx context.Context, during domain.TimeRange, change *domain.Ref, kinds []domain.ConflictKind, first *int, after *string) (*ScheduleConflicts, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindChangeRequest); err != nil {
		return nil, err
	}
	limit, firstErr := listing.PageLength(first)
	from, afterErr := listing.ReadPosition(after)
	if err := refusal.Both(checkPeriod(during, "during", longestPeriod), firstErr, afterErr); err != nil {
		return nil, err
	}
	only, err := a.optionalRequest(ctx, change)
	if err != nil {
		return nil, err
	}
	p, err := a.planner(ctx, a.estate.Today(ctx), calendar.Of(during), domain.ChangesPlanned)
	if err != nil {
		return nil, err
	}
	q := conflict.Query{During: &during, Kinds: kinds}
	if only != nil {
		q.Of = only.Key
	}
	soon := a.soonest(during.From)
	page, err := p.page(ctx, q, limit, from, p.outlook(soon).from(soon))
	if err != nil {
		return nil, err
	}
	shown([]*ScheduleConflicts{page}).together(ctx, nil)
	return page, nil
}

// optionalRequest finds the request that a reference names, nil for none.
func (a *Area) optionalRequest(ctx context.Context, ref *domain.Ref) (*domain.ChangeRequest, error) {
	if ref == nil {
		return nil, nil
	}
	return a.request(ctx, *ref, "changeRequest")
}

// conflicts finds what of the plan does not go together, and with windows and
// freezes.
func (p *planner) conflicts(ctx context.Context, q conflict.Query) (conflict.Found, error) {
	c, err := p.closed.Get(func() (closing, error) { return p.closing(ctx, p.plan.Span(p.within.Hull())) })
	if err != nil {
		return conflict.Found{}, err
	}
	if err := p.app.layers.prepare(ctx, p.g, p.plan, q.Of == ""); err != nil {
		return conflict.Found{}, err
	}
	q.Windows, q.Freezes, q.Most = c.windows, c.freezes, mostConflicts
	return p.plan.Find(ctx, q)
}

func (p *planner) placeOf(c *conflict.Conflict) listing.Position {
	other := fmt.Sprint(c.Windows)
	if c.B >= 0 {
		other = p.plan.Works()[c.B].Key
	}
	return listing.Position{At: c.Overlap.From.UnixMicro(), A: p.plan.Works()[c.A].Key, B: other, Kind: string(c.Kind)}
}

// page returns a part of the conflicts, by time. Free time is looked for by the slots.
func (p *planner) page(ctx context.Context, q conflict.Query, limit int, after *listing.Position, free *slots) (*ScheduleConflicts, error) {
	found, err := p.conflicts(ctx, q)
	if err != nil {
		return nil, err
	}
	type placed struct {
		listing.Position
		*conflict.Conflict
	}
	all := make([]placed, len(found.Conflicts))
	for i := range all {
		c := &found.Conflicts[i]
		all[i] = placed{p.placeOf(c), c}
	}
	slices.SortFunc(all, func(x, y placed) int { return x.Compare(y.Position) })
	list, part := listing.PartOf(all, func(x placed) listing.Position { return x.Position }, limit, after)
	out := &ScheduleConflicts{Nodes: []*ScheduleConflict{}, TotalCount: len(all), Part: part, Truncated: found.Truncated, slots: free}
	for _, one := range list {
		c := *one.Conflict
		n := &ScheduleConflict{Kind: c.Kind, Overlap: c.Overlap, p: p, c: c, slots: free}
		if c.Kind == domain.ConflictPerson {
			request := p.requests[p.plan.Works()[c.A].Key]
			n.Person = domain.PersonOf(request, *request.Assignee)
			party.PartiesIn(ctx, p.view).Want(n.Person.Name)
		}
		out.Nodes = append(out.Nodes, n)
	}
	return out, nil
}

// sides lists what is on a side of any conflict of the page, each once.
func (s *ScheduleConflicts) sides() (list []entity.Record) {
	known := map[entity.Record]bool{}
	for _, c := range s.Nodes {
		for _, side := range c.Between() {
			if r := side.(entity.Record); !known[r] {
				known[r] = true
				list = append(list, r)
			}
		}
	}
	return list
}

// Between lists both sides: two changes or bookings, or one and windows or a freeze.
func (c *ScheduleConflict) Between() []any {
	sides := []any{c.p.side(c.c.A)}
	if c.c.B >= 0 {
		return append(sides, c.p.side(c.c.B))
	}
	list := c.p.openings.Windows
	if c.Kind == domain.ConflictFreeze {
		list = c.p.openings.Freezes
	}
	for _, i := range c.c.Windows {
		sides = append(sides, list[i].Record)
	}
	return sides
}

// Chain returns a shortest chain of dependencies between both sides (DEPENDENCY). Those
// of all conflicts that are shown are found together, since what they name is loaded
// together.
func (c *ScheduleConflict) Chain(ctx context.Context) ([]*impact.DependencyLink, error) {
	chains, err := c.beside.chains.Get(func() (map[*ScheduleConflict][]*impact.DependencyLink, error) { return c.beside.allChains(ctx) })
	return chains[c], err
}

func (c *ScheduleConflict) chain(ctx context.Context) ([]*impact.DependencyLink, error) {
	links, err := c.p.plan.Chain(ctx, &c.c)
	chain := []*impact.DependencyLink{}
	for _, l := range links {
		chain = append(chain, impact.NewDependencyLink(c.p.load, l.From, l.To, l.Link))
	}
	return chain, err
}

// Items loads the items that are concerned.
func (c *ScheduleConflict) Items(ctx context.Context) ([]*domain.ConfigurationItem, error) {
	c.beside.want()
	items, _ := c.p.plan.Touched(&c.c)
	return c.p.load.All(ctx, items)
}

// Sites loads the sites that are concerned.
func (c *ScheduleConflict) Sites(ctx context.Context) ([]*domain.Site, error) {
	_, sites := c.p.plan.Touched(&c.c)
	return c.p.sites(ctx, sites)
}

// FreeSlots are times to which the later of two changes, or the only one, could be
// moved; none where there are only bookings and waves, which are moved where they are made.
func (c *ScheduleConflict) FreeSlots(ctx context.Context, first int) ([]*domain.TimeRange, error) {
	sides := []int{c.c.A}
	if c.c.B >= 0 {
		sides = []int{c.c.B, c.c.A}
	}
	for _, side := range sides {
		if r, ok := c.p.side(side).(*domain.ChangeRequest); ok {
			return c.slots.of(ctx, first, r)
		}
	}
	return []*domain.TimeRange{}, checkSlots(first)
}

// FreeSlots are times at which any of the changes on the page could take place.
func (s *ScheduleConflicts) FreeSlots(ctx context.Context, first int) ([]*domain.TimeRange, error) {
	var all []*domain.ChangeRequest
	for _, side := range s.sides() {
		if r, ok := side.(*domain.ChangeRequest); ok {
			all = append(all, r)
		}
	}
	if len(all) == 0 {
		return []*domain.TimeRange{}, nil
	}
	return s.slots.of(ctx, first, all...)
}
