package library

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// Why says why an installation is illegal.
type Why string

// Why installations are illegal.
const (
	OverSeats   Why = "OVER_SEATS"
	NotYetValid Why = "NOT_YET_VALID"
	IsExpired   Why = "EXPIRED"
	IsEnded     Why = "ENDED"
)

// Illegal is an installation that its licence does not cover.
type Illegal struct {
	Installation
	Why Why
}

// IllegalUse lists which of some installations a licence does not cover at an
// instant: in the order of since, site and item those after which the seats do
// not suffice, and all when the licence is not valid (L3). Given are all
// installations that may count for the licence; those that do not are left out.
//
// A seat of a site or of its users covers all that is installed there: the first
// installation takes it, and those that follow at the site are as legal as the
// first.
func (s *Seats) IllegalUse(ctx context.Context, licence string, installations []Installation, now time.Time) ([]Illegal, error) {
	l := s.licences[licence]
	if l == nil {
		return nil, nil
	}
	steps := pace.Of(ctx)
	var counting []Installation
	for _, i := range installations {
		if err := steps.Step(); err != nil {
			return nil, err
		}
		if s.Assign(i.Item, i.Licence, now) == licence {
			counting = append(counting, i)
		}
	}
	slices.SortFunc(counting, Installation.compare)
	why, all := map[domain.LicenceStatus]Why{domain.LicenceFuture: NotYetValid, domain.LicenceExpired: IsExpired, domain.LicenceEnded: IsEnded}[l.StatusAt(now)]
	var list []Illegal
	sum, covered := 0, map[string]bool{}
	for _, i := range counting {
		if all {
			list = append(list, Illegal{i, why})
			continue
		}
		legal, seen := covered[i.Site]
		if !seen || l.Metric == domain.PerInstallation {
			sum += s.first(l, i.Site)
			legal = l.Seats == nil || sum <= *l.Seats
			covered[i.Site] = legal
		}
		if !legal {
			list = append(list, Illegal{i, OverSeats})
		}
	}
	return list, nil
}

// first is how many seats the first installation at a site takes.
func (s *Seats) first(l *domain.Licence, site string) int {
	if l.Metric != domain.PerUser {
		return 1
	}
	if at, known := s.sites.index[site]; known {
		return s.sites.users[at]
	}
	return 0
}

// Waste lists, by key, the sites at which something is paid for and not used: a
// support contract or a team (L7).
func Waste(paidAt []string, uses func(site string) bool) []string {
	list := slices.DeleteFunc(slices.Clone(paidAt), uses)
	slices.Sort(list)
	return slices.Compact(list)
}
