package calendar

import (
	"context"
	"slices"

	"releasegraph/internal/app/booked"
	"releasegraph/internal/app/estate"
	impactarea "releasegraph/internal/app/impact"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/schedule"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// ChangeSchedule is a page of the forward schedule (H5).
type ChangeSchedule struct {
	Nodes      []*ScheduledChange
	TotalCount int
	Part       listing.Part
	// Bookings are those of test environments that meet the period, Rollouts what waves do
	// at sites.
	Bookings *booked.Bookings
	Rollouts *booked.Rollouts
}

// ScheduledChange is one planned change.
type ScheduledChange struct {
	ChangeRequest *domain.ChangeRequest
	Window        domain.TimeRange
	Status        schedule.Status

	p    *planner
	work *conflict.Work
}

// Sites loads where the change takes place.
func (c *ScheduledChange) Sites(ctx context.Context) ([]*domain.Site, error) {
	return c.p.sites(ctx, c.work.Sites)
}

// Items loads what the change affects.
func (c *ScheduledChange) Items(ctx context.Context) ([]*domain.ConfigurationItem, error) {
	return c.p.load.All(ctx, c.work.Items)
}

// ChangeSchedule lists what is planned in a period, at a site or for a service
// where one is named (H5).
func (a *Area) ChangeSchedule(ctx context.Context, during domain.TimeRange, site, service *domain.Ref, first *int, after *string) (*ChangeSchedule, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindChangeRequest); err != nil {
		return nil, err
	}
	limit, firstErr := listing.PageLength(first)
	from, afterErr := listing.ReadPosition(after)
	if err := refusal.Both(checkPeriod(during, "during", longestPeriod), firstErr, afterErr); err != nil {
		return nil, err
	}
	list, besides, err := a.Scheduled(ctx, during, site, service)
	if err != nil {
		return nil, err
	}
	nodes, part := listing.PartOf(list, (*ScheduledChange).position, limit, from)
	requests := make([]*domain.ChangeRequest, len(nodes))
	for i, n := range nodes {
		requests[i] = n.ChangeRequest
	}
	estate.Narrow(ctx, requests...)
	return &ChangeSchedule{Nodes: nodes, TotalCount: len(list), Part: part, Bookings: &besides.Bookings, Rollouts: &besides.Rollouts}, nil
}

func (c *ScheduledChange) position() listing.Position {
	return listing.Position{At: c.Window.From.UnixMicro(), A: c.ChangeRequest.Key}
}

// Scheduled lists what is planned in a period, at a site or for a service where one is
// named, by time, and what takes place besides.
func (a *Area) Scheduled(ctx context.Context, during domain.TimeRange, site, service *domain.Ref) (list []*ScheduledChange, besides *booked.Lists, err error) {
	r := &estate.Refs{View: a.estate.Today(ctx)}
	sites, services := make([]store.Node, 1), make([]store.Node, 1)
	if site != nil {
		r.Want(domain.KindSite, *site, "site", &sites[0])
	}
	if service != nil {
		r.Want(domain.KindConfigurationItem, *service, "service", &services[0])
	}
	if err := r.Resolve(ctx); err != nil {
		return nil, nil, err
	}
	p, err := a.planner(ctx, r.View, calendar.Of(during), domain.ChangeRequestStatuses)
	if err != nil {
		return nil, nil, err
	}
	f, err := p.filter(ctx, site != nil, sites, service != nil, services)
	if err != nil {
		return nil, nil, err
	}
	list, besides = []*ScheduledChange{}, &booked.Lists{}
	works := p.plan.Works()
	for i := range works {
		switch b := p.booked[works[i].Key]; {
		case !f.keeps(&works[i]):
		case b != nil:
			besides.Add(b)
		default:
			request := p.requests[works[i].Key]
			list = append(list, &ScheduledChange{ChangeRequest: request, Window: works[i].When, Status: schedule.StatusOf(request), p: p, work: &works[i]})
		}
	}
	return list, besides, nil
}

// scheduleFilter keeps work at some sites, and work on what a service needs;
// nil keeps all.
type scheduleFilter struct{ sites, items map[impact.Node]bool }

func (f *scheduleFilter) keeps(w *conflict.Work) bool {
	in := func(set map[impact.Node]bool, nodes []impact.Node) bool {
		return set == nil || slices.ContainsFunc(nodes, func(n impact.Node) bool { return set[n] })
	}
	return in(f.sites, w.Sites) && in(f.items, w.Items)
}

// filter looks up what the sites hold and what the services need. Their own
// part of the estate may lie outside that of the plan.
func (p *planner) filter(ctx context.Context, bySite bool, sites []store.Node, byService bool, services []store.Node) (*scheduleFilter, error) {
	f := &scheduleFilter{}
	if bySite {
		g, err := p.app.traversal.SeenEstate(ctx, p.view, traversal.Survey{Sites: sites, Direction: store.Out})
		if err != nil {
			return nil, err
		}
		within, err := impact.Within(ctx, g, impactarea.NodesIn(g, sites))
		if err != nil {
			return nil, err
		}
		f.sites = p.translate(g, within)
	}
	if byService {
		g, err := p.app.traversal.SeenEstate(ctx, p.view, traversal.Survey{Roots: services, Direction: store.Out})
		if err != nil {
			return nil, err
		}
		needs, err := conflict.Needs(ctx, g, impactarea.NodesIn(g, services))
		if err != nil {
			return nil, err
		}
		f.items = p.translate(g, needs)
	}
	return f, nil
}

// translate finds the nodes of another graph in the plan's.
func (p *planner) translate(g *shape.Graph, nodes []impact.Node) map[impact.Node]bool {
	set := map[impact.Node]bool{}
	for _, n := range nodes {
		if own, ok := p.g.Lookup(g.ID(n)); ok {
			set[own] = true
		}
	}
	return set
}
