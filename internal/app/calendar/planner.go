package calendar

import (
	"context"
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/app/booked"
	"releasegraph/internal/app/estate"
	impactarea "releasegraph/internal/app/impact"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/domain"
	"releasegraph/internal/once"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// planner is what is planned in some periods, with all that bears on it: the shape
// of the estate, maintenance windows, freezes and exceptions.
type planner struct {
	app    *Area
	view   estate.View
	within calendar.Ranges

	requests map[string]*domain.ChangeRequest // what is planned, by key
	also     []*domain.ChangeRequest          // what may take place besides
	booked   map[string]booked.Work           // what takes place besides, by key
	affects  map[store.ID][]store.Node
	places   map[store.ID][]store.Node
	openings openings

	g    *shape.Graph
	plan *conflict.Plan
	load *traversal.Items

	*reckoned
}

// reckoned is what is worked out of what a planner read.
type reckoned struct {
	closed  once.Value[closing] // within all that is planned
	regions once.Value[map[string][]impact.Node]
	bySite  once.Value[map[conflict.Node]*domain.Site]
}

func (a *Area) newPlanner(v estate.View) *planner {
	return &planner{app: a, view: v, requests: map[string]*domain.ChangeRequest{}, reckoned: &reckoned{}}
}

// plannedWithin selects requests for change by status and planned time.
func plannedWithin(periods calendar.Ranges, statuses []domain.ChangeRequestStatus) store.Filter {
	var any store.Or
	for _, within := range periods.Few(mostPeriods) {
		any = append(any, store.And{
			store.Compare{Property: "plannedFrom", Op: store.Lt, Value: within.To},
			store.Compare{Property: "plannedTo", Op: store.Gt, Value: within.From},
		})
	}
	return store.And{any, store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf(statuses)}}
}

// mostPeriods is for how many periods the store is asked at once.
const mostPeriods = 16

// planner reads what is planned in some periods by requests in some statuses. For
// the requests in also it reads what the plan needs besides.
func (a *Area) planner(ctx context.Context, v estate.View, within calendar.Ranges, statuses []domain.ChangeRequestStatus, also ...*domain.ChangeRequest) (*planner, error) {
	p := a.newPlanner(v)
	p.within, p.also = within, also
	planned, err := estate.All[*domain.ChangeRequest](ctx, v, store.Query{Filter: plannedWithin(within, statuses)})
	if err != nil {
		return nil, err
	}
	for _, r := range planned {
		p.requests[r.Key] = r
	}
	if err := p.readEnds(ctx); err != nil {
		return nil, err
	}
	if p.booked, err = booked.Within(ctx, v, within.Few(mostPeriods), wavesWith(statuses)); err != nil {
		return nil, err
	}
	if p.openings, err = ReadOpenings(ctx, v); err != nil {
		return nil, err
	}
	if p.g, err = a.traversal.SeenEstate(ctx, v, p.survey()); err != nil {
		return nil, err
	}
	p.load = traversal.NewItems(v, p.g, nil)
	p.plan = conflict.New(p.g, p.works())
	return p, nil
}

// take lets requests that were read before stand for what was read of them now, unless
// they have changed since: what is loaded for them is known already.
func (p *planner) take(requests []*domain.ChangeRequest) {
	for _, r := range requests {
		if same := p.requests[r.Key]; same != nil && same.ID == r.ID && same.Version == r.Version {
			p.requests[r.Key] = r
		}
	}
}

// about returns the plan with a request as the caller has it, which was among those read
// besides: it may be of the past, and planned otherwise than today.
func (p *planner) about(r *domain.ChangeRequest) *planner {
	if p.requests[r.Key] == r {
		return p
	}
	own := *p
	own.requests = maps.Clone(p.requests)
	own.requests[r.Key] = r
	own.plan = p.plan.With(p.work(r))
	return &own
}

// ids lists the ids of the requests that were read, those that are planned in the order
// of their keys.
func (p *planner) ids() []store.ID {
	ids := make([]store.ID, 0, len(p.requests)+len(p.also))
	for _, key := range p.keys() {
		ids = append(ids, store.ID(p.requests[key].ID))
	}
	for _, r := range p.also {
		if planned := p.requests[r.Key]; planned == nil || planned.ID != r.ID {
			ids = append(ids, store.ID(r.ID))
		}
	}
	return ids
}

func (p *planner) keys() []string {
	keys := make([]string, 0, len(p.requests))
	for key := range p.requests {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (p *planner) readEnds(ctx context.Context) (err error) {
	if p.affects, err = p.view.Far(ctx, p.ids(), domain.RelAffects, store.Out, domain.KindConfigurationItem); err != nil {
		return err
	}
	p.places, err = p.view.Far(ctx, p.ids(), domain.RelTakesPlaceAt, store.Out, domain.KindSite)
	return err
}

// survey says what part of the estate bears on the plan: all that is touched,
// and all that it needs, since what depends on it and is planned is touched, too.
func (p *planner) survey() traversal.Survey {
	s := traversal.Survey{Direction: store.Out, Outcomes: true, Around: true}
	for _, list := range p.affects {
		s.Roots = append(s.Roots, list...)
	}
	for _, list := range p.places {
		s.Sites = append(s.Sites, list...)
	}
	for _, b := range p.booked {
		items, sites := b.Touched()
		s.Roots, s.Sites = append(s.Roots, items...), append(s.Sites, sites...)
	}
	for _, o := range p.openings.All() {
		s.Roots = append(s.Roots, o.Services...)
		s.Sites = append(s.Sites, o.Sites...)
	}
	return s
}

// works returns the requests and what takes place besides as the search for conflicts sees them.
func (p *planner) works() []conflict.Work {
	var works []conflict.Work
	for _, key := range p.keys() {
		if w := p.work(p.requests[key]); !w.When.Empty() {
			works = append(works, w)
		}
	}
	for _, b := range p.booked {
		works = append(works, b.Seen(func(list []store.Node) []impact.Node { return impactarea.NodesIn(p.g, list) }))
	}
	return works
}

// work returns a request as planned; one that names no sites takes place where
// its items are installed.
func (p *planner) work(r *domain.ChangeRequest) conflict.Work {
	w := conflict.Work{Key: r.Key, Items: impactarea.NodesIn(p.g, p.affects[store.ID(r.ID)]), Sites: impactarea.NodesIn(p.g, p.places[store.ID(r.ID)])}
	if r.PlannedFrom != nil && r.PlannedTo != nil {
		w.When = domain.TimeRange{From: *r.PlannedFrom, To: *r.PlannedTo}
	}
	if r.Assignee != nil {
		w.Person = domain.FoldName(*r.Assignee)
	}
	if len(w.Sites) == 0 {
		w.Sites = installedAt(p.g, w.Items)
	}
	return w
}

// installedAt lists the sites where items are installed, by key.
func installedAt(g *shape.Graph, items []impact.Node) (sites []impact.Node) {
	for _, n := range items {
		for _, a := range g.Out(n) {
			if g.Labels()[a.Label].Rel == domain.RelInstalledAt && !slices.Contains(sites, a.Node) {
				sites = append(sites, a.Node)
			}
		}
	}
	slices.SortFunc(sites, func(a, b impact.Node) int { return strings.Compare(g.Key(a), g.Key(b)) })
	return sites
}

// known lists all work that was read: what is planned, and what may take place besides.
func (p *planner) known() []conflict.Work {
	list := slices.Clone(p.plan.Works())
	for _, r := range p.also {
		list = append(list, p.work(r))
	}
	return list
}

// sites loads sites, without those that are gone or that the caller may not
// see: all that were read at once, when the first is asked for.
func (p *planner) sites(ctx context.Context, nodes []conflict.Node) ([]*domain.Site, error) {
	bySite, err := p.bySite.Get(func() (map[conflict.Node]*domain.Site, error) { return p.loadSites(ctx) })
	list := []*domain.Site{}
	for _, n := range nodes {
		if s := bySite[n]; s != nil {
			list = append(list, s)
		}
	}
	return list, err
}

func (p *planner) loadSites(ctx context.Context) (map[conflict.Node]*domain.Site, error) {
	bySite := map[conflict.Node]*domain.Site{}
	for _, w := range p.known() {
		for _, n := range w.Sites {
			bySite[n] = nil
		}
		p.load.Want(w.Items...)
	}
	all := make([]string, 0, len(bySite))
	for n := range bySite {
		all = append(all, p.g.ID(n))
	}
	for ids := range slices.Chunk(all, listing.MaxPage) {
		records, err := p.view.Records(ctx, ids)
		if err != nil {
			return nil, err
		}
		for i, r := range records {
			if n, ok := p.g.Lookup(ids[i]); ok {
				bySite[n], _ = r.(*domain.Site)
			}
		}
	}
	return bySite, nil
}
