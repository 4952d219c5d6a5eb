package work

import (
	"context"
	"maps"
	"slices"
	"time"

	calendararea "releasegraph/internal/app/calendar"
	"releasegraph/internal/app/configuration"
	"releasegraph/internal/app/estate"
	impactarea "releasegraph/internal/app/impact"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/store"
)

// openingAhead is how far ahead the next time of a window or freeze is looked for.
const openingAhead = 366 * 24 * time.Hour

// ServiceOpening is a maintenance window or a freeze that is for a service or
// for something it depends on.
type ServiceOpening struct {
	Record entity.Record
	// Why tells by what it is for the nearest of the items that it is for.
	Why domain.OpeningReason
	// Next is when it is on next, or now; nil when it is not within a year.
	Next *domain.TimeRange

	about *impactarea.Concerns
	hit   impact.Hit
}

// Item loads the nearest of the items that it is for.
func (o *ServiceOpening) Item(ctx context.Context) (*domain.ConfigurationItem, error) {
	return o.about.Load.One(ctx, o.hit.Node)
}

// Chain is one shortest chain of dependencies that leads to the item.
func (o *ServiceOpening) Chain(ctx context.Context) ([]*impactarea.DependencyLink, error) {
	chain, err := o.about.ChainTo(ctx, o.hit)
	return chain.Links, err
}

// HiddenLinks counts the links of the chain that are left out, because the
// caller may not see both their ends.
func (o *ServiceOpening) HiddenLinks(ctx context.Context) (int, error) {
	chain, err := o.about.ChainTo(ctx, o.hit)
	return chain.Hidden, err
}

// Openings returns a page of the maintenance windows, and of the freezes that
// are not lifted, for the service and for what it depends on: windows first,
// then by key.
func (s *ServiceView) Openings(ctx context.Context, first *int, after *string) (*configuration.FindingPage[ServiceOpening], error) {
	v := s.about.Load.View
	for _, kind := range []string{domain.KindMaintenanceWindow, domain.KindFreeze} {
		if err := v.App.May(ctx, authz.Read, kind); err != nil {
			return nil, err
		}
	}
	limit, err := listing.PageLength(first)
	if err != nil {
		return nil, err
	}
	opened, err := calendararea.ReadOpenings(ctx, v)
	if err != nil {
		return nil, err
	}
	items, err := s.about.Asked(ctx)
	if err != nil {
		return nil, err
	}
	scopes, steps := &openingScopes{view: v, about: s.about, items: items}, pace.Of(ctx)
	if err := scopes.read(ctx, opened.All()); err != nil {
		return nil, err
	}
	var all []configuration.Finding[ServiceOpening]
	for rank, list := range [][]*calendararea.Opening{opened.Freezes, opened.Windows} {
		for _, o := range list {
			why, hit, ok, err := scopes.nearest(o, steps)
			if err != nil {
				return nil, err
			}
			if ok {
				all = append(all, configuration.Finding[ServiceOpening]{Size: rank, Name: o.Record.Meta().Key, Node: &ServiceOpening{
					Record: o.Record, Why: why, Next: nextOf(o.Opening(), v.App.Clock()), about: s.about, hit: hit,
				}})
			}
		}
	}
	page, err := configuration.PageOf(all, limit, after)
	if err != nil {
		return nil, err
	}
	records := make([]entity.Record, len(page.Nodes))
	for i, n := range page.Nodes {
		s.about.Load.Want(n.hit.Node)
		records[i] = n.Record
	}
	estate.Narrow(ctx, records...)
	return page, nil
}

// nextOf returns when something is on next, or now, nil when it is not for a
// year.
func nextOf(o *domain.Opening, now time.Time) *domain.TimeRange {
	w, errs := calendar.New(calendararea.Spec(o))
	if len(errs) > 0 {
		return nil
	}
	list := w.Occurrences(domain.TimeRange{From: now, To: now.Add(openingAhead)})
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// openingScopes tells which items a window or freeze is for.
type openingScopes struct {
	view  estate.View
	about *impactarea.Concerns
	items []impact.Hit

	installed map[store.ID][]store.ID // sites by item
	parent    map[store.ID]store.ID   // of a site
	region    map[store.ID]string     // of a site
}

// read reads where the items are installed, if any opening names sites.
func (s *openingScopes) read(ctx context.Context, list []*calendararea.Opening) error {
	s.installed, s.parent, s.region = map[store.ID][]store.ID{}, map[store.ID]store.ID{}, map[store.ID]string{}
	if !slices.ContainsFunc(list, func(o *calendararea.Opening) bool { return len(o.Sites)+len(o.Opening().Regions) > 0 }) {
		return nil
	}
	sites := map[store.ID]bool{}
	for chunk := range slices.Chunk(s.items, listing.MaxPage) {
		ids := make([]store.ID, len(chunk))
		for i, h := range chunk {
			ids[i] = s.id(h)
		}
		pages, err := s.view.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite})
		if err != nil {
			return refusal.OfStore(err)
		}
		for i, p := range pages {
			for _, n := range p.Nodes {
				s.installed[ids[i]] = append(s.installed[ids[i]], n.ID)
				s.region[n.ID], sites[n.ID] = n.Props.Text("region"), true
			}
		}
	}
	above, err := s.view.Walk(ctx, store.Walk{Roots: slices.Sorted(maps.Keys(sites)), Rels: []string{domain.RelPartOf}, Direction: store.Out})
	for _, e := range above.Edges {
		s.parent[e.From] = e.To
	}
	return refusal.OfStore(err)
}

func (s *openingScopes) id(h impact.Hit) store.ID { return store.ID(s.about.Found.Graph().ID(h.Node)) }

// nearest finds the first of the items that an opening is for, and by what.
func (s *openingScopes) nearest(o *calendararea.Opening, steps *pace.Pace) (why domain.OpeningReason, hit impact.Hit, found bool, err error) {
	for _, h := range s.items {
		if err := steps.Step(); err != nil {
			return "", hit, false, err
		}
		if why := s.why(o, h); why != "" {
			return why, h, true, nil
		}
	}
	return "", hit, false, nil
}

// why tells by what an opening is for an item, "" when it is not.
func (s *openingScopes) why(o *calendararea.Opening, h impact.Hit) domain.OpeningReason {
	of, id, facts := o.Opening(), s.id(h), s.about.Found.Graph().Facts(h.Node)
	switch {
	case holds(o.Services, id):
		return domain.OpeningOfService
	case slices.ContainsFunc(s.installed[id], func(site store.ID) bool { return s.within(o.Sites, site) }):
		return domain.OpeningAtSite
	case slices.ContainsFunc(s.installed[id], func(site store.ID) bool { return slices.Contains(of.Regions, s.region[site]) }):
		return domain.OpeningInRegion
	case slices.Contains(of.Classes, facts.Class()):
		return domain.OpeningOfClass
	case slices.Contains(of.Environments, facts.Environment()):
		return domain.OpeningOfEnvironment
	case of.Everywhere:
		return domain.OpeningEverywhere
	}
	return ""
}

// within reports whether a site is one of these, or a part of one.
func (s *openingScopes) within(sites []store.Node, site store.ID) bool {
	for steps := 0; site != "" && steps <= len(s.parent); steps++ {
		if holds(sites, site) {
			return true
		}
		site = s.parent[site]
	}
	return false
}

func holds(nodes []store.Node, id store.ID) bool {
	return slices.ContainsFunc(nodes, func(n store.Node) bool { return n.ID == id })
}
