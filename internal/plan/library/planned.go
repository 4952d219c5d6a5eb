package library

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// Planned is what installations that are planned add to the use of a licence.
type Planned struct {
	Use
	Adds int // seats; Over is with them
	// At are the sites where an installation is going to count for it, in order.
	At []string
}

// Planned counts the seats that a licence has and needs at an instant, once
// installations have been made that releases from PLANNED on are going to make
// (L3): each is given once. What is installed already adds nothing.
func (s *Seats) Planned(ctx context.Context, licence string, now time.Time, planned iter.Seq[Installation]) (Planned, error) {
	use, err := s.Use(ctx, licence, now)
	p, l := Planned{Use: use}, s.licences[licence]
	if err != nil || l == nil {
		return p, err
	}
	var kept *tally
	if l.Metric != domain.PerInstallation {
		if kept, err = s.tally(ctx, licence, s.counting(licence, now)); err != nil {
			return p, err
		}
	}
	steps, at := pace.Of(ctx), map[string]bool{}
	for one := range planned {
		if err := steps.Step(); err != nil {
			return p, err
		}
		if s.Has(one.Item, one.Site) || s.Assign(one.Item, one.Licence, now) != licence {
			continue
		}
		if first := !at[one.Site]; first || l.Metric == domain.PerInstallation {
			p.Adds += s.takes(l, kept, one.Site)
		}
		at[one.Site] = true
	}
	p.At = slices.Sorted(maps.Keys(at))
	p.Over = over(l, p.Used+p.Adds)
	return p, nil
}

// takes is how many seats one more installation takes at a site.
func (s *Seats) takes(l *domain.Licence, kept *tally, site string) int {
	at, known := s.sites.index[site]
	if l.Metric != domain.PerInstallation && known && kept.at[at] > 0 {
		return 0
	}
	return s.first(l, site)
}
