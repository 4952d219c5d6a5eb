package media

import (
	"context"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/seat"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/store"
)

// LicenceUse is how a licence is used (L3, L7).
type LicenceUse struct {
	Used, Over int

	by      counter
	view    estate.View
	licence *domain.Licence
	now     time.Time
	scanned *licenceReading // nil: the seats are kept
}

// IllegalUse is an installation that its licence does not cover.
type IllegalUse struct {
	Item  *domain.ConfigurationItem
	Site  *domain.Site
	Since *time.Time
	Why   IllegalReason
}

// IllegalReason says why an installation is not covered.
type IllegalReason string

// counter counts the seats of licences.
type counter struct{ *Area }

// kept has the seats of all licences looked at, as they are.
func (a counter) kept(ctx context.Context, look func(*library.Seats) error) error {
	return refusal.OfStore(a.seats.Ask(ctx, look))
}

// Use counts the seats of a licence (L3). Who may see all is answered from what is
// kept, whatever the number of installations. For others, and for the past, what is
// read grows with the installations that may count for it.
func (a *Area) Use(ctx context.Context, l *domain.Licence) (*LicenceUse, error) {
	c := a.estate.CohortOf(ctx, l)
	if !keeps(c.View) {
		return counter{a}.scannedUse(ctx, c.View, l)
	}
	uses, err := estate.EachOf(c, "licence use", func(licences []*domain.Licence) ([]*LicenceUse, error) {
		return counter{a}.keptUses(ctx, c.View, licences)
	})
	return uses[store.ID(l.ID)], err
}

func (a counter) keptUses(ctx context.Context, v estate.View, licences []*domain.Licence) ([]*LicenceUse, error) {
	list := make([]*LicenceUse, len(licences))
	return list, a.kept(ctx, func(s *library.Seats) error {
		for i, l := range licences {
			list[i] = a.newUse(v, l)
			if err := list[i].count(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a counter) scannedUse(ctx context.Context, v estate.View, l *domain.Licence) (*LicenceUse, error) {
	u := a.newUse(v, l)
	var err error
	if u.scanned, err = a.readUse(ctx, v, l); err != nil {
		return nil, err
	}
	return u, u.count(ctx, u.scanned.seats)
}

func (a counter) newUse(v estate.View, l *domain.Licence) *LicenceUse {
	return &LicenceUse{by: a, view: v, licence: l, now: a.estate.Clock()}
}

func (u *LicenceUse) count(ctx context.Context, s *library.Seats) error {
	use, err := s.Use(ctx, u.licence.Key, u.now)
	u.Used, u.Over = use.Used, use.Over
	return err
}

// keeps reports whether what a view shows is what is kept: all, as it is now.
func keeps(v estate.View) bool { return v.Part == nil && !v.Past }

// Illegal lists the installations that the licence does not cover (L3).
func (u *LicenceUse) Illegal(ctx context.Context) ([]*IllegalUse, error) {
	list := []*IllegalUse{}
	if u.Over == 0 && u.licence.StatusAt(u.now) == domain.LicenceValid {
		return list, nil
	}
	r, err := u.reading(ctx)
	if err != nil {
		return nil, err
	}
	illegal, err := r.seats.IllegalUse(ctx, u.licence.Key, r.installations, u.now)
	if err != nil {
		return nil, err
	}
	for _, one := range illegal {
		row := &IllegalUse{Item: r.items[one.Item], Site: r.sites[one.Site], Why: IllegalReason(one.Why)}
		if !one.Since.IsZero() {
			row.Since = &one.Since
		}
		list = append(list, row)
	}
	return list, nil
}

// reading is the licence with its installations, each by itself.
func (u *LicenceUse) reading(ctx context.Context) (*licenceReading, error) {
	if u.scanned != nil {
		return u.scanned, nil
	}
	return u.by.readUse(ctx, u.view, u.licence)
}

// Waste lists the sites for which it is paid and where nothing uses it (L7).
func (u *LicenceUse) Waste(ctx context.Context) ([]*domain.Site, error) {
	id := store.ID(u.licence.ID)
	far, err := estate.Linked[*domain.Site](ctx, u.view, []store.ID{id}, domain.RelPaidAt, store.Out)
	if err != nil || len(far[id]) == 0 {
		return []*domain.Site{}, err
	}
	wasted, name := map[string]bool{}, func(s *domain.Site) string { return s.Key }
	note := func(s *library.Seats) error {
		list, err := s.Waste(ctx, u.licence.Key, u.now)
		for _, site := range list {
			wasted[site] = true
		}
		return err
	}
	if u.scanned != nil {
		err = note(u.scanned.seats)
	} else {
		name = func(s *domain.Site) string { return seat.Short(store.ID(s.ID)) }
		err = u.by.kept(ctx, note)
	}
	list := []*domain.Site{}
	for _, site := range far[id] {
		if wasted[name(site)] {
			list = append(list, site)
		}
	}
	return list, err
}
