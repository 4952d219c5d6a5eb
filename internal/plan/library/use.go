package library

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// Use is how a licence is used.
type Use struct {
	Status domain.LicenceStatus
	Used   int
	Over   int // how many seats it has too few
}

// tally counts, for each site, the installations that count for a licence.
type tally struct {
	licence string
	groups  []int32
	at      map[int32]int32
	users   int
}

// Use counts the seats of a licence at an instant (L3). What it goes through does
// not grow with the installations, unless other items count for the licence than
// when it was asked last.
func (s *Seats) Use(ctx context.Context, licence string, now time.Time) (Use, error) {
	l := s.licences[licence]
	if l == nil {
		return Use{}, nil
	}
	u := Use{Status: l.StatusAt(now)}
	groups := s.counting(licence, now)
	if l.Metric == domain.PerInstallation {
		for _, at := range groups {
			u.Used += s.groups[at].count
		}
	} else {
		t, err := s.tally(ctx, licence, groups)
		if err != nil {
			return Use{}, err
		}
		if u.Used = len(t.at); l.Metric == domain.PerUser {
			u.Used = t.users
		}
	}
	u.Over = over(l, u.Used)
	return u, nil
}

// over is how many seats a licence has too few.
func over(l *domain.Licence, used int) int {
	if l.Seats == nil {
		return 0
	}
	return max(0, used-*l.Seats)
}

// Waste lists, by site, where a licence is paid for and no installation counts for
// it (L7).
func (s *Seats) Waste(ctx context.Context, licence string, now time.Time) ([]string, error) {
	if s.licences[licence] == nil || len(s.paid[licence]) == 0 {
		return nil, nil
	}
	t, err := s.tally(ctx, licence, s.counting(licence, now))
	if err != nil {
		return nil, err
	}
	var list []string
	for site := range s.paid[licence] {
		if at, known := s.sites.index[site]; !known || t.at[at] == 0 {
			list = append(list, site)
		}
	}
	slices.Sort(list)
	return list, nil
}

// counting are the groups whose installations count for a licence at an instant.
func (s *Seats) counting(licence string, now time.Time) (list []int32) {
	for _, at := range s.covering[licence] {
		if g := s.groups[at]; g.names != "" || s.assign(g, now) == licence {
			list = append(list, at)
		}
	}
	return list
}

// tally returns what is kept for a licence, and counts it anew where other groups
// count for it than before.
func (s *Seats) tally(ctx context.Context, licence string, groups []int32) (*tally, error) {
	old := s.tallies[licence]
	if old != nil && slices.Equal(old.groups, groups) {
		return old, nil
	}
	steps, fresh := pace.Of(ctx), &tally{licence: licence, groups: groups, at: map[int32]int32{}}
	for _, at := range groups {
		for site, n := range s.groups[at].at {
			if err := steps.Step(); err != nil {
				return nil, err
			}
			if fresh.at[site] == 0 {
				fresh.users += s.sites.users[site]
			}
			fresh.at[site] += n
		}
	}
	if old != nil {
		s.forget(old)
	}
	for _, at := range groups {
		s.groups[at].tallies = append(s.groups[at].tallies, fresh)
	}
	s.tallies[licence] = fresh
	return fresh, nil
}

// forget gives a tally up.
func (s *Seats) forget(t *tally) {
	delete(s.tallies, t.licence)
	for _, at := range t.groups {
		s.groups[at].tallies = slices.DeleteFunc(s.groups[at].tallies, func(other *tally) bool { return other == t })
	}
}
