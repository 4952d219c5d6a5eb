package readiness

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/calendar"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	plan "releasegraph/internal/plan/calendar"
	"releasegraph/internal/store"
)

// Freeze is a freeze that is on at a moment, with all that it is for (P7).
type Freeze struct {
	key string
	of  *domain.Opening
	// On is when it is on.
	On    domain.TimeRange
	sites map[store.ID]bool // that it names, with their parts
	items map[store.ID]bool // that the services which it names need
}

// FreezesOn reads the freezes that are on at a moment, but for those that hold none of
// some requests: by these the work is excepted (H6).
func FreezesOn(ctx context.Context, v estate.View, at time.Time, requests []string) ([]*Freeze, error) {
	all, err := calendar.ReadOpenings(ctx, v)
	if err != nil {
		return nil, err
	}
	var list []*Freeze
	for _, o := range all.Freezes {
		excepted := len(requests) > 0 && !slices.ContainsFunc(requests, func(key string) bool { return !o.Excepts(key) })
		on, is := isOn(o, at)
		if excepted || !is {
			continue
		}
		f := &Freeze{key: o.Record.Meta().Key, of: o.Opening(), On: on}
		if f.sites, err = below(ctx, v, o.Sites, domain.RelPartOf, store.In); err != nil {
			return nil, err
		}
		if f.items, err = below(ctx, v, o.Services, domain.RelDependsOn, store.Out); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// isOn is when an opening is on that is on at a moment.
func isOn(o *calendar.Opening, at time.Time) (domain.TimeRange, bool) {
	w, errs := plan.New(calendar.Spec(o.Opening()))
	if len(errs) > 0 {
		return domain.TimeRange{}, false // it was checked when it was written
	}
	for _, r := range w.Occurrences(domain.TimeRange{From: at, To: at.Add(time.Microsecond)}) {
		if !at.Before(r.From) && at.Before(r.To) {
			return r, true
		}
	}
	return domain.TimeRange{}, false
}

// below are some records, and all that a relationship reaches from them.
func below(ctx context.Context, v estate.View, roots []store.Node, rel string, d store.Direction) (map[store.ID]bool, error) {
	reached := map[store.ID]bool{}
	if len(roots) == 0 {
		return reached, nil
	}
	found, err := v.Walk(ctx, store.Walk{Roots: store.DistinctIDs(roots), Rels: []string{rel}, Direction: d})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	for _, hit := range found.Hits {
		reached[hit.ID] = true
	}
	return reached, nil
}

// HoldsSite reports whether a freeze is for a site.
func (f *Freeze) HoldsSite(site store.Node) bool {
	return f.of.Everywhere || f.sites[site.ID] || slices.Contains(f.of.Regions, site.Props.Text("region")) && site.Props.Text("region") != ""
}

// HoldsItem reports whether a freeze is for an item, wherever that is.
func (f *Freeze) HoldsItem(id store.ID, class domain.Class, environment domain.Environment) bool {
	if f.of.Everywhere || f.items[id] {
		return true
	}
	return slices.Contains(f.of.Classes, class) || slices.Contains(f.of.Environments, environment)
}

// until is when the freeze ends, in its own zone.
func (f *Freeze) until() time.Time {
	if f.of.TimeZone != nil {
		if zone, err := time.LoadLocation(*f.of.TimeZone); err == nil {
			return f.On.To.In(zone)
		}
	}
	return f.On.To.UTC()
}
