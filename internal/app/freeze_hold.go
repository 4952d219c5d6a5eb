package app

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/store"
)

// holdAhead is how far ahead a freeze that comes again and again holds work.
const holdAhead = 2 * 366 * 24 * time.Hour

// holdPeriod is when work can be put on hold: from now on.
func (a *App) holdPeriod() domain.TimeRange {
	now := a.clock()
	return domain.TimeRange{From: now, To: now.Add(holdAhead)}
}

// hold puts on hold what is planned in a freeze as it will be, and releases
// what it held and no longer does. It tells which changes that moves, by key.
// Who declares a freeze holds all work, also what they may not see. The freeze's
// key may have been another one.
func (a *App) hold(ctx context.Context, d *draft, freeze *opening, former string) ([]*domain.ChangeRequest, error) {
	p, err := a.planner(ctx, a.everything(), a.holdPeriod(), domain.ChangesPlanned)
	if err != nil {
		return nil, err
	}
	if freeze.excepted == nil {
		freeze.excepted = map[string]bool{}
	}
	p.openings = openings{freezes: []*opening{freeze}}
	// The freeze's own sites and services may lie outside what the plan touches.
	if p.g, err = a.seenEstate(ctx, p.view, p.survey()); err != nil {
		return nil, err
	}
	p.plan = conflict.New(p.g, p.works())
	c, err := p.closing(ctx, p.span())
	if err != nil {
		return nil, err
	}
	key := freeze.record.Meta().Key
	held := map[string]bool{}
	for _, w := range p.plan.Works() {
		if len(c.freezes.Holding(&w)) > 0 {
			held[w.Key] = true
		}
	}
	var moved []*domain.ChangeRequest
	for _, name := range p.keys() {
		r := p.requests[name]
		if holds := slices.Contains(r.HeldBy, former); holds != held[name] || holds && former != key {
			moved = append(moved, d.rehold(r, former, key, held[name]))
		}
	}
	return moved, nil
}

// release takes a freeze off all that it holds, or off one change.
func (a *App) release(ctx context.Context, d *draft, key string, only *domain.ChangeRequest) ([]*domain.ChangeRequest, error) {
	f := store.Filter(store.Not{Filter: store.Compare{Property: "heldBy", Op: store.IsNull}})
	if only != nil {
		f = store.Compare{Property: "id", Op: store.Eq, Value: only.ID}
	}
	found, err := a.entire.Find(ctx, store.Query{Kind: domain.KindChangeRequest, Filter: f, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return nil, storeError(err)
	}
	var moved []*domain.ChangeRequest
	for _, n := range found.Nodes {
		r := entity.KindNamed(domain.KindChangeRequest).Decode(n).(*domain.ChangeRequest)
		if slices.Contains(r.HeldBy, key) {
			moved = append(moved, d.rehold(r, key, key, false))
		}
	}
	return moved, nil
}

// rehold adds that a freeze, formerly of another key, holds a change or does not.
func (d *draft) rehold(before *domain.ChangeRequest, former, freeze string, holds bool) *domain.ChangeRequest {
	after := entity.Clone(before).(*domain.ChangeRequest)
	after.HeldBy = slices.DeleteFunc(slices.Clone(before.HeldBy), func(key string) bool { return key == former || key == freeze })
	if holds {
		after.HeldBy = append(after.HeldBy, freeze)
		slices.Sort(after.HeldBy)
	}
	d.update(before, after)
	return after
}

// reholdChange works out anew which freezes hold a change whose planned time
// moves (H6).
func (a *App) reholdChange(ctx context.Context, before, after entity.Record) error {
	was, ok := before.(*domain.ChangeRequest)
	if !ok {
		return nil
	}
	is := after.(*domain.ChangeRequest)
	if sameTime(was.PlannedFrom, is.PlannedFrom) && sameTime(was.PlannedTo, is.PlannedTo) && was.Key == is.Key || !domain.ChangePlanned(is.Status) {
		return nil
	}
	held, err := a.heldBy(ctx, is, func(*planner) {})
	is.HeldBy = held
	return err
}

// heldBy lists the freezes that hold a change, as it is planned once the plan
// has been altered (H6).
func (a *App) heldBy(ctx context.Context, is *domain.ChangeRequest, alter func(*planner)) ([]string, error) {
	if !domain.ChangePlanned(is.Status) || is.PlannedFrom == nil || is.PlannedTo == nil || !is.PlannedTo.After(*is.PlannedFrom) {
		return nil, nil
	}
	within := domain.TimeRange{From: *is.PlannedFrom, To: *is.PlannedTo}
	p, err := a.planner(ctx, a.everything(), within, nil, is)
	if err != nil {
		return nil, err
	}
	alter(p)
	if p.g, err = a.seenEstate(ctx, p.view, p.survey()); err != nil {
		return nil, err
	}
	c, err := p.closing(ctx, within)
	if err != nil {
		return nil, err
	}
	w := p.work(is)
	var held []string
	for _, i := range c.freezes.Holding(&w) {
		held = append(held, p.openings.freezes[i].record.Meta().Key)
	}
	return held, nil
}

// heldByLinks lists the freezes that hold a change once it has gained a link, or
// lost it.
func (a *App) heldByLinks(ctx context.Context, c *domain.ChangeRequest, p *pair, gains bool) ([]string, error) {
	if p.rel.Name != domain.RelAffects && p.rel.Name != domain.RelTakesPlaceAt {
		return c.HeldBy, nil
	}
	return a.heldBy(ctx, c, func(plan *planner) { plan.moveEnd(p, gains) })
}

// moveEnd has a request affect an item, or take place at a site, or no more.
func (p *planner) moveEnd(link *pair, gains bool) {
	ends := p.affects
	if link.rel.Name == domain.RelTakesPlaceAt {
		ends = p.places
	}
	id := link.fromID()
	list := slices.DeleteFunc(slices.Clone(ends[id]), func(n store.Node) bool { return n.ID == link.toID() })
	if gains {
		k := entity.KindOf(link.to)
		list = append(list, store.Node{ID: link.toID(), Kind: k.Name, Props: k.Encode(link.to)})
	}
	ends[id] = list
}

func sameTime(a, b *time.Time) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Equal(*b))
}

// reholdFreeze puts on hold and releases what follows from a change of a
// freeze's fields.
func (a *App) reholdFreeze(ctx context.Context, d *draft, before, after entity.Record) error {
	was, ok := before.(*domain.Freeze)
	if !ok || was.LiftedAt != nil {
		return nil
	}
	is := after.(*domain.Freeze)
	o, err := a.standing(ctx, is)
	if err != nil {
		return err
	}
	_, err = a.hold(ctx, d, o, was.Key)
	return err
}

// standing is a stored freeze with its scope and its exceptions.
func (a *App) standing(ctx context.Context, f *domain.Freeze) (*opening, error) {
	v, id := a.everything(), store.ID(f.ID)
	sites, err := farNodes(ctx, v, []store.ID{id}, domain.RelFreezesAt, store.Out, domain.KindSite)
	if err != nil {
		return nil, err
	}
	services, err := farNodes(ctx, v, []store.ID{id}, domain.RelFreezes, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	o := &opening{record: f, sites: sites[id], services: services[id]}
	return o, readExceptions(ctx, v, []*opening{o})
}

// reholdLink puts on hold and releases what follows from a freeze's scope that
// gains a site or service, or loses it.
func (a *App) reholdLink(ctx context.Context, d *draft, p *pair, gains bool) error {
	if x, ok := p.from.(*domain.FreezeException); ok {
		return x.CheckStays("input.from")
	}
	f, ok := p.from.(*domain.Freeze)
	if !ok || f.LiftedAt != nil {
		return nil
	}
	o, err := a.standing(ctx, f)
	if err != nil {
		return err
	}
	list := &o.sites
	if p.rel.Name == domain.RelFreezes {
		list = &o.services
	}
	*list = slices.DeleteFunc(*list, func(n store.Node) bool { return n.ID == p.toID() })
	if gains {
		k := entity.KindOf(p.to)
		*list = append(*list, store.Node{ID: p.toID(), Kind: k.Name, Props: k.Encode(p.to)})
	}
	_, err = a.hold(ctx, d, o, f.Key)
	return err
}

// removesFreeze releases what a freeze held that is removed. A decision on an
// exception stays.
func (a *App) removesFreeze(ctx context.Context, d *draft, r entity.Record) error {
	if x, ok := r.(*domain.FreezeException); ok {
		return x.CheckStays("input.ref")
	}
	f, ok := r.(*domain.Freeze)
	if !ok {
		return nil
	}
	_, err := a.release(ctx, d, f.Key, nil)
	return err
}
