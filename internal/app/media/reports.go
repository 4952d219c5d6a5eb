package media

import (
	"context"
	"fmt"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// IllegalRow is an installation that its licence does not cover (L3).
type IllegalRow struct {
	Licence *domain.Licence
	*IllegalUse
}

// WasteRow is a site for which a licence is paid and where nothing uses it (L7).
type WasteRow struct {
	Licence *domain.Licence
	Site    *domain.Site
}

// IllegalUses lists the installations that their licences do not cover, by licence
// (L3).
func (a *Area) IllegalUses(ctx context.Context, first *int, after *string) (*listing.Rows[IllegalRow], error) {
	rows, err := listing.NewRows[IllegalRow](first, after)
	if err != nil {
		return nil, err
	}
	return rows, a.eachLicence(ctx, rows.From(), func(l *domain.Licence, u *LicenceUse) (bool, error) {
		illegal, err := u.Illegal(ctx)
		for i, one := range illegal {
			if !rows.Add(l.Key, fmt.Sprintf("%09d", i), &IllegalRow{l, one}) {
				return false, nil
			}
		}
		return true, err
	})
}

// WastedLicences lists the sites for which licences are paid in vain, by licence
// (L7).
func (a *Area) WastedLicences(ctx context.Context, first *int, after *string) (*listing.Rows[WasteRow], error) {
	rows, err := listing.NewRows[WasteRow](first, after)
	if err != nil {
		return nil, err
	}
	return rows, a.eachLicence(ctx, rows.From(), func(l *domain.Licence, u *LicenceUse) (bool, error) {
		waste, err := u.Waste(ctx)
		for _, site := range waste {
			if !rows.Add(l.Key, site.Key, &WasteRow{l, site}) {
				return false, nil
			}
		}
		return true, err
	})
}

// eachLicence counts the licences one by one, by key, until it is told to stop.
func (a *Area) eachLicence(ctx context.Context, from string, yield func(*domain.Licence, *LicenceUse) (bool, error)) error {
	if err := a.estate.May(ctx, authz.Read, domain.KindLicence); err != nil {
		return err
	}
	licences, err := estate.All[*domain.Licence](ctx, a.estate.Today(ctx), store.Query{
		Order: []store.Order{{Property: "key"}}, Filter: store.Compare{Property: "key", Op: store.Gte, Value: from},
	})
	if err != nil {
		return err
	}
	for _, l := range licences {
		use, err := a.Use(ctx, l)
		if err != nil {
			return err
		}
		more, err := yield(l, use)
		if err != nil || !more {
			return err
		}
	}
	return nil
}
