package planning

import (
	"context"
	"time"

	"releasegraph/internal/app/calendar"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/store"
)

// readOpenings reads all maintenance windows and freezes (P7).
func (s *snapshot) readOpenings(ctx context.Context) error {
	o, err := calendar.ReadOpenings(ctx, s.view)
	s.openings.windows, s.openings.freezes = o.Windows, o.Freezes
	return err
}

// takeOpenings tells the openings by the places of sites and items. What was not met
// does not bear on the plan.
func (s *snapshot) takeOpenings(context.Context) error {
	for _, o := range s.openings.windows {
		s.in.Windows = append(s.in.Windows, s.opening(o))
	}
	for _, o := range s.openings.freezes {
		one := s.opening(o)
		one.Excepted = s.excepted(o)
		s.in.Freezes = append(s.in.Freezes, one)
	}
	return nil
}

func (s *snapshot) opening(o *calendar.Opening) rollout.Opening {
	of, meta := o.Opening(), o.Record.Meta()
	return rollout.Opening{
		Key: meta.Key, Name: meta.Name, Spec: calendar.Spec(of), Everywhere: of.Everywhere, Regions: of.Regions,
		Sites: s.sites.all(store.IDsOf(o.Sites)), Services: s.items.all(store.IDsOf(o.Services)),
		Classes: of.Classes, Environments: of.Environments,
	}
}

// excepted reports whether a freeze holds none of the requests that are carried out.
func (s *snapshot) excepted(freeze *calendar.Opening) bool {
	if len(s.implementedKeys) == 0 {
		return false
	}
	for _, key := range s.implementedKeys {
		if !freeze.Excepts(key) {
			return false
		}
	}
	return true
}

// request is a change that is planned besides (H6).
type request struct {
	*domain.ChangeRequest
	items, sites []store.Node
}

// readRequests reads the changes that are planned from now on, but for those that the
// release carries out.
func (s *snapshot) readRequests(ctx context.Context) error {
	planned, err := estate.All[*domain.ChangeRequest](ctx, s.view, store.Query{Order: byKey, Filter: store.And{
		store.Compare{Property: "plannedTo", Op: store.Gt, Value: s.now},
		store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf(domain.ChangesPlanned)},
	}})
	if err != nil {
		return err
	}
	ids := make([]store.ID, len(planned))
	for i, r := range planned {
		ids[i] = store.ID(r.ID)
	}
	items, err := s.view.Far(ctx, ids, domain.RelAffects, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return err
	}
	sites, err := s.view.Far(ctx, ids, domain.RelTakesPlaceAt, store.Out, domain.KindSite)
	for i, r := range planned {
		if id := ids[i]; !s.implemented[id] && r.PlannedFrom != nil {
			s.requests = append(s.requests, request{r, items[id], sites[id]})
		}
	}
	return err
}

// takeRequests tells planned changes that touch what was met. One that names no sites
// takes place where its items are installed.
func (s *snapshot) takeRequests(context.Context) error {
	at := map[rollout.ItemNo][]rollout.SiteNo{}
	for _, i := range s.in.Installed {
		at[i.Item] = append(at[i.Item], i.Site)
	}
	for _, r := range s.requests {
		w := rollout.Work{
			Record: string(domain.NameOf(domain.KindChangeRequest, r.Key)), Name: r.Name,
			When:  domain.TimeRange{From: *r.PlannedFrom, To: *r.PlannedTo},
			Items: s.items.all(store.IDsOf(r.items)), Sites: s.sites.all(store.IDsOf(r.sites)),
		}
		if len(r.sites) == 0 {
			w.Sites = sitesOf(w.Items, at)
		}
		if len(w.Items)+len(w.Sites) > 0 {
			s.in.Works = append(s.in.Works, w)
		}
	}
	return nil
}

func sitesOf(items []rollout.ItemNo, at map[rollout.ItemNo][]rollout.SiteNo) (list []rollout.SiteNo) {
	seen := map[rollout.SiteNo]bool{}
	for _, i := range items {
		for _, site := range at[i] {
			if !seen[site] {
				seen[site], list = true, append(list, site)
			}
		}
	}
	return list
}

// outside lists the items by which other work and services come to what is changed.
func (s *snapshot) outside() (list []store.Node) {
	for _, o := range s.openings.windows {
		list = append(list, o.Services...)
	}
	for _, o := range s.openings.freezes {
		list = append(list, o.Services...)
	}
	for _, r := range s.requests {
		list = append(list, r.items...)
	}
	return list
}

// past is how far back roll-outs tell how long the work takes (P7).
const past = 2 * 366 * 24 * time.Hour
