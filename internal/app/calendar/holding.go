package calendar

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// holding works out who is held once a change set is made.
type holding struct {
	app   *Area
	would store.Change // as it was previewed
	view  estate.View  // the graph as it would be
	touched
	freezes  []*Opening                         // all that stand
	moving   map[string]bool                    // keys of those that may hold otherwise
	requests map[store.ID]*domain.ChangeRequest // that may be held otherwise
	estate   bool                               // the change set changes the estate itself
	// unplanned are the granted exceptions that do not say for which plan, with
	// the one that there is.
	unplanned map[store.ID]domain.ExceptedPlan
}

func (h *holding) decide(ctx context.Context, p *estate.Proposal) error {
	h.touch()
	for _, step := range []func(context.Context) error{h.readFreezes, h.readTouched, h.readPlanned, h.readFormer} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if err := h.planExceptions(ctx, p); err != nil {
		return err
	}
	holders, err := h.holders(ctx)
	if err != nil {
		return err
	}
	for _, r := range slices.SortedFunc(maps.Values(h.requests), func(x, y *domain.ChangeRequest) int { return strings.Compare(x.Key, y.Key) }) {
		if h.whole[store.ID(r.ID)] {
			p.Guard(h.asRead(r)...)
		}
		if held := h.heldNow(r, holders[r.Key]); !slices.Equal(held, r.HeldBy) {
			if err := h.rehold(p, r, held); err != nil {
				return err
			}
		}
	}
	p.Guard(h.guards()...)
	return nil
}

// readFreezes reads the freezes that will stand; those that will not any more
// hold nothing.
func (h *holding) readFreezes(ctx context.Context) (err error) {
	h.freezes, err = readOpeningsOf(ctx, h.view, domain.KindFreeze, standing, domain.RelFreezesAt, domain.RelFreezes)
	if err != nil {
		return err
	}
	if h.unplanned, err = readExceptions(ctx, h.view, h.freezes); err != nil {
		return err
	}
	for _, o := range h.freezes {
		m := o.Record.Meta()
		if h.changed[store.ID(m.ID)] || h.needs && len(o.Services) > 0 || h.sites && o.byPlace() {
			h.moving[m.Key] = true
		}
	}
	found, err := h.view.Nodes(ctx, slices.Sorted(maps.Keys(h.changed))...)
	for _, n := range found {
		if n.Version > 1 || !h.bumped[n.ID] { // it was there before
			h.former[n.Props.Text("key")] = true
		}
	}
	return refusal.OfStore(err)
}

// readTouched reads the requests whose own plan, or the items and sites of
// which, change.
func (h *holding) readTouched(ctx context.Context) error {
	for _, of := range []struct {
		ids       map[store.ID]bool
		rel       string
		direction store.Direction
	}{{h.exceptions, domain.RelExceptionFor, store.Out}, {h.items, domain.RelAffects, store.In}} {
		for ids := range slices.Chunk(slices.Sorted(maps.Keys(of.ids)), listing.MaxPage) {
			found, err := h.view.Far(ctx, ids, of.rel, of.direction, domain.KindChangeRequest)
			if err != nil {
				return err
			}
			for _, list := range found {
				for _, n := range list {
					h.whole[n.ID] = true
				}
			}
		}
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(h.whole)), listing.MaxPage) {
		found, err := h.view.Nodes(ctx, ids...)
		if err != nil {
			return refusal.OfStore(err)
		}
		for _, n := range found {
			h.add(ctx, n)
		}
	}
	return nil
}

func (h *holding) add(ctx context.Context, n store.Node) {
	if _, known := h.requests[n.ID]; !known && n.Kind == domain.KindChangeRequest {
		h.requests[n.ID] = estate.Decoded[*domain.ChangeRequest](ctx, h.view, []store.Node{n})[0]
	}
}

// readPlanned reads what is planned while the freezes are on that change
// themselves, or mind how the estate does.
func (h *holding) readPlanned(ctx context.Context) error {
	var on domain.TimeRange
	for _, o := range h.freezes {
		if next, ok := o.next(h.app.estate.Clock()); ok && h.moving[o.Record.Meta().Key] {
			if o.Opening().Recurrence != nil {
				next.To = endOfTime // however often it comes again
			}
			on = on.Span(next)
		}
	}
	if on.Empty() {
		return nil
	}
	found, err := h.view.Find(ctx, store.Query{Kind: domain.KindChangeRequest, Filter: plannedWithin(calendar.Of(on), domain.ChangesPlanned)})
	for _, n := range found.Nodes {
		h.add(ctx, n)
	}
	return refusal.OfStore(err)
}

// readFormer reads what is held by freezes that hold nothing any more, or have
// another key.
func (h *holding) readFormer(ctx context.Context) error {
	if len(h.former) == 0 {
		return nil
	}
	held := store.Not{Filter: store.Compare{Property: "heldBy", Op: store.IsNull}}
	found, err := h.view.Find(ctx, store.Query{Kind: domain.KindChangeRequest, Filter: held})
	for _, n := range found.Nodes {
		by, _ := n.Props["heldBy"].([]string)
		if slices.ContainsFunc(by, func(key string) bool { return h.former[key] }) {
			h.add(ctx, n)
		}
	}
	return refusal.OfStore(err)
}

// holders lists, by the key of each request, the freezes in which it is
// planned.
func (h *holding) holders(ctx context.Context) (map[string][]*Opening, error) {
	p := h.app.newPlanner(h.view)
	var planned []domain.TimeRange
	for _, r := range h.requests {
		if when := plannedTime(r); !when.Empty() {
			p.requests[r.Key], planned = r, append(planned, when)
		}
	}
	seasons := calendar.Of(planned...).Near(season)
	p.openings.Freezes = within(h.freezes, seasons)
	if len(p.requests) == 0 || len(p.openings.Freezes) == 0 {
		return nil, nil
	}
	err := p.readEnds(ctx)
	if err == nil {
		p.g, err = h.graph(ctx, p.survey())
	}
	if err != nil {
		return nil, err
	}
	p.plan = conflict.New(p.g, p.works())
	holders := map[string][]*Opening{}
	for _, one := range seasons {
		c, err := p.closing(ctx, one)
		if err != nil {
			return nil, err
		}
		for _, w := range p.plan.Works() {
			if !one.Contains(w.When) {
				continue
			}
			for _, i := range c.freezes.Holding(&w) {
				holders[w.Key] = append(holders[w.Key], p.openings.Freezes[i])
			}
		}
	}
	return holders, nil
}

// season is how far apart plans lie between which nothing is looked at.
const season = 366 * 24 * time.Hour

// endOfTime is after all that is planned.
var endOfTime = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// graph returns the estate as it would be.
func (h *holding) graph(ctx context.Context, s traversal.Survey) (*shape.Graph, error) {
	if !h.estate {
		return h.app.traversal.Graph(ctx, h.app.estate.Everything(), s)
	}
	r := traversal.NewPartReader(ctx, h.view.Reader)
	if err := r.Read(s); err != nil {
		return nil, refusal.OfStore(err)
	}
	return r.B.Graph(int64(h.would.Revision)), nil
}

// heldNow returns the keys of the freezes that hold a request from now on. If the request
// itself changes, these are all freezes in which it is planned. Otherwise only freezes
// that change come or go; the others hold it as before.
func (h *holding) heldNow(r *domain.ChangeRequest, in []*Opening) (held []string) {
	whole := h.whole[store.ID(r.ID)]
	for _, key := range r.HeldBy {
		if !whole && !h.former[key] && !h.moving[key] {
			held = append(held, key)
		}
	}
	for _, o := range in {
		if key := o.Record.Meta().Key; whole || h.moving[key] {
			held = append(held, key)
		}
	}
	slices.Sort(held)
	return slices.Compact(held)
}

// plannedTime returns when a change is planned, empty when it is not.
func plannedTime(r *domain.ChangeRequest) (when domain.TimeRange) {
	if domain.ChangePlanned(r.Status) && r.PlannedFrom != nil && r.PlannedTo != nil {
		when = domain.TimeRange{From: *r.PlannedFrom, To: *r.PlannedTo}
	}
	return when
}

// within returns the freezes that are ever on within some ranges.
func within(freezes []*Opening, ranges calendar.Ranges) (on []*Opening) {
	for _, o := range freezes {
		w, errs := calendar.New(Spec(o.Opening()))
		if errs == nil && slices.ContainsFunc(ranges, func(r domain.TimeRange) bool { return len(w.Occurrences(r)) > 0 }) {
			on = append(on, o)
		}
	}
	return on
}

// toCome returns the freezes that are on now or later.
func toCome(freezes []*Opening, now time.Time) []*Opening {
	return slices.DeleteFunc(slices.Clone(freezes), func(o *Opening) bool { _, ok := o.next(now); return !ok })
}

// next returns when an opening is on now or next, however far ahead.
func (o *Opening) next(now time.Time) (domain.TimeRange, bool) {
	w, errs := calendar.New(Spec(o.Opening()))
	if errs != nil {
		return domain.TimeRange{}, false
	}
	list := w.Next(now, 1)
	if len(list) == 0 {
		return domain.TimeRange{}, false
	}
	return list[0], true
}
