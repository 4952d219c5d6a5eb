package calendar

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	impactarea "releasegraph/internal/app/impact"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/store"
)

// Opening is a maintenance window or a freeze with what it names.
type Opening struct {
	Record   entity.Record
	Sites    []store.Node
	Services []store.Node
	excepted map[string]bool // keys of changes, of a freeze
}

// Opening returns when and for what it is on.
func (o *Opening) Opening() *domain.Opening { return o.Record.(opens).Opens() }

// openings are all maintenance windows and all freezes that are not lifted, by
// key.
type openings struct{ Windows, Freezes []*Opening }

// All returns the windows and the freezes.
func (o openings) All() []*Opening { return slices.Concat(o.Windows, o.Freezes) }

// forget lets freezes hold what they were not to.
func (o openings) forget() {
	for _, f := range o.Freezes {
		f.excepted = nil
	}
}

// ReadOpenings reads all maintenance windows, and all freezes that are not lifted.
func ReadOpenings(ctx context.Context, v estate.View) (o openings, err error) {
	if o.Windows, err = readOpeningsOf(ctx, v, domain.KindMaintenanceWindow, nil, domain.RelWindowAt, domain.RelWindowOf); err != nil {
		return o, err
	}
	standing := store.Compare{Property: "liftedAt", Op: store.IsNull}
	if o.Freezes, err = readOpeningsOf(ctx, v, domain.KindFreeze, standing, domain.RelFreezesAt, domain.RelFreezes); err != nil {
		return o, err
	}
	_, err = readExceptions(ctx, v, o.Freezes)
	return o, err
}

func readOpeningsOf(ctx context.Context, v estate.View, kind string, f store.Filter, at, of string) ([]*Opening, error) {
	found, err := v.Find(ctx, store.Query{Kind: kind, Filter: f, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	sites, err := v.Far(ctx, store.IDsOf(found.Nodes), at, store.Out, domain.KindSite)
	if err != nil {
		return nil, err
	}
	services, err := v.Far(ctx, store.IDsOf(found.Nodes), of, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	list := make([]*Opening, len(found.Nodes))
	for i, r := range estate.Decoded[entity.Record](ctx, v, found.Nodes) {
		id := found.Nodes[i].ID
		list[i] = &Opening{Record: r, Sites: sites[id], Services: services[id]}
	}
	return list, nil
}

// closing is the windows and freezes of a plan within a range.
type closing struct{ windows, freezes *conflict.Windows }

// closing works out when windows and freezes are on within a range.
func (p *planner) closing(ctx context.Context, within domain.TimeRange) (closing, error) {
	regions, err := p.regions.Get(func() (map[string][]impact.Node, error) { return p.readRegions(ctx) })
	if err != nil {
		return closing{}, err
	}
	windows, err := p.opened(ctx, p.openings.Windows, regions, within)
	if err != nil {
		return closing{}, err
	}
	freezes, err := p.opened(ctx, p.openings.Freezes, regions, within)
	return closing{windows, freezes}, err
}

// opened works out when some openings are on within a range, and for what.
func (p *planner) opened(ctx context.Context, list []*Opening, regions map[string][]impact.Node, within domain.TimeRange) (*conflict.Windows, error) {
	windows := make([]conflict.Window, len(list))
	for i, o := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		scope, err := p.scope(ctx, o, regions)
		if err != nil {
			return nil, err
		}
		windows[i] = conflict.Window{Scope: scope, Except: o.excepted}
		if w, errs := calendar.New(Spec(o.Opening())); errs == nil {
			windows[i].Open = calendar.Of(w.Occurrences(within)...)
		}
	}
	return conflict.NewWindows(ctx, p.g, windows)
}

// scope returns what an opening names, in terms of the graph.
func (p *planner) scope(ctx context.Context, o *Opening, regions map[string][]impact.Node) (conflict.Scope, error) {
	of := o.Opening()
	sites, err := impact.Within(ctx, p.g, impactarea.NodesIn(p.g, o.Sites))
	if err != nil {
		return conflict.Scope{}, err
	}
	s := conflict.Scope{
		Everywhere: of.Everywhere, Classes: of.Classes, Environments: of.Environments, Sites: sites, Services: impactarea.NodesIn(p.g, o.Services),
	}
	for _, r := range of.Regions {
		s.Sites = append(s.Sites, regions[r]...)
	}
	return s, nil
}

// readRegions tells, of each region that some opening names, which of the sites that
// were read lie in it.
func (p *planner) readRegions(ctx context.Context) (map[string][]impact.Node, error) {
	if !slices.ContainsFunc(p.openings.All(), func(o *Opening) bool { return len(o.Opening().Regions) > 0 }) {
		return nil, nil
	}
	sites := map[store.ID]bool{}
	for _, w := range p.known() {
		for _, n := range w.Sites {
			sites[store.ID(p.g.ID(n))] = true
		}
	}
	regions := map[string][]impact.Node{}
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(sites)), listing.MaxPage) {
		found, err := p.view.Nodes(ctx, chunk...)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		for _, id := range chunk {
			region, _ := found[id].Props["region"].(string)
			if n, ok := p.g.Lookup(string(id)); ok && region != "" {
				regions[region] = append(regions[region], n)
			}
		}
	}
	return regions, nil
}

// Excepts reports whether a freeze does not hold a change, by the key of that.
func (o *Opening) Excepts(change string) bool { return o.excepted[change] }
