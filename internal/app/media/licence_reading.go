package media

import (
	"context"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/store"
)

// licenceReading is all that counting the seats of a licence looks at, read from a
// view.
type licenceReading struct {
	seats         *library.Seats
	installations []library.Installation
	items         map[string]*domain.ConfigurationItem // by key
	sites         map[string]*domain.Site              // by key
}

// readUse reads the software of a licence, where it is installed, and the other
// licences of that software, which an installation may count for instead.
func (a counter) readUse(ctx context.Context, v estate.View, l *domain.Licence) (*licenceReading, error) {
	r := &licenceReading{seats: library.NewSeats(), items: map[string]*domain.ConfigurationItem{}, sites: map[string]*domain.Site{}}
	id := store.ID(l.ID)
	licensed, err := estate.Linked[*domain.ConfigurationItem](ctx, v, []store.ID{id}, domain.RelLicensedBy, store.In)
	if err != nil {
		return nil, err
	}
	named, err := a.itemsNaming(ctx, v, l.Key)
	if err != nil {
		return nil, err
	}
	var items []*domain.ConfigurationItem
	var ids []store.ID
	for _, i := range append(licensed[id], named...) {
		if r.items[i.Key] == nil {
			r.items[i.Key] = i
			items, ids = append(items, i), append(ids, store.ID(i.ID))
		}
	}
	if err := r.readLicences(ctx, v, l, items, ids); err != nil {
		return nil, err
	}
	return r, r.readInstallations(ctx, v, items, ids)
}

// itemsNaming reads the items of which an installation names a licence. What is
// kept tells whether there is any today; the past is looked through.
func (a counter) itemsNaming(ctx context.Context, v estate.View, licence string) ([]*domain.ConfigurationItem, error) {
	if !v.Past {
		some := false
		err := a.kept(ctx, func(s *library.Seats) error {
			some = s.Naming(licence) > 0
			return nil
		})
		if err != nil || !some {
			return nil, err
		}
	}
	return estate.All[*domain.ConfigurationItem](ctx, v, store.Query{
		Order: []store.Order{{Property: "key"}},
		Filter: store.Related{
			Rel: domain.RelInstalledAt, Direction: store.Out, EdgeFilter: store.Compare{Property: "licence", Op: store.Eq, Value: licence},
		},
	})
}

// readLicences reads the licences of the software, and where the licence is paid
// for.
func (r *licenceReading) readLicences(ctx context.Context, v estate.View, l *domain.Licence, items []*domain.ConfigurationItem, ids []store.ID) error {
	far, err := estate.Linked[*domain.Licence](ctx, v, ids, domain.RelLicensedBy, store.Out)
	if err != nil {
		return err
	}
	r.seats.PutLicence(l)
	for i, item := range items {
		var keys []string
		for _, one := range far[ids[i]] {
			r.seats.PutLicence(one)
			keys = append(keys, one.Key)
		}
		r.seats.License(item.Key, keys...)
	}
	id := store.ID(l.ID)
	paid, err := estate.Linked[*domain.Site](ctx, v, []store.ID{id}, domain.RelPaidAt, store.Out)
	for _, s := range paid[id] {
		r.know(s)
		r.seats.Pay(l.Key, s.Key, true)
	}
	return err
}

func (r *licenceReading) know(s *domain.Site) {
	r.sites[s.Key] = s
	r.seats.PutUsers(s.Key, optional.Or(s.Users, 0))
}

// readInstallations reads where the software runs.
func (r *licenceReading) readInstallations(ctx context.Context, v estate.View, items []*domain.ConfigurationItem, ids []store.ID) error {
	if len(ids) == 0 {
		return nil
	}
	pages, err := v.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return refusal.OfStore(err)
	}
	for i, page := range pages {
		for j, s := range estate.Decoded[*domain.Site](ctx, v, page.Nodes) {
			r.know(s)
			one := library.Installation{Item: items[i].Key, Site: s.Key, Licence: page.Edges[j].Props.Text("licence")}
			one.Since, _ = page.Edges[j].Props["since"].(time.Time)
			r.installations = append(r.installations, one)
			r.seats.Put(one)
		}
	}
	return nil
}
