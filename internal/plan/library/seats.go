package library

import (
	"context"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// claim is what installations have in common that count for the same licence at
// every instant.
type claim struct{ item, named string }

// Counts keeps the installations in the form in which seats are counted, so that
// one more or less costs a step, whatever their number. Which licence each counts
// for depends on the instant: what has been counted for a licence is kept until
// other claims count for it. It is for one goroutine at a time.
type Counts struct {
	sites  map[claim]map[string]struct{}
	naming map[string][]claim // by the licence that they name
	items  map[string][]claim // by item
	kept   map[string]*tally  // by licence
	minded map[claim][]*tally // the tallies that a claim is in
}

// tally counts, for each site, the claims that have it.
type tally struct {
	claims []claim
	sites  map[string]int
}

// NewCounts counts nothing yet.
func NewCounts() *Counts {
	return &Counts{
		sites: map[claim]map[string]struct{}{}, naming: map[string][]claim{}, items: map[string][]claim{},
		kept: map[string]*tally{}, minded: map[claim][]*tally{},
	}
}

// Add counts an installation. Adding it again changes nothing. One that has come
// to name another licence is removed as it was first.
func (c *Counts) Add(i Installation) {
	k := claim{i.Item, i.Licence}
	at := c.sites[k]
	if at == nil {
		at = map[string]struct{}{}
		c.sites[k] = at
		c.items[i.Item] = append(c.items[i.Item], k)
		if i.Licence != "" {
			c.naming[i.Licence] = append(c.naming[i.Licence], k)
		}
	}
	if _, known := at[i.Site]; known {
		return
	}
	at[i.Site] = struct{}{}
	for _, kept := range c.minded[k] {
		kept.sites[i.Site]++
	}
}

// Remove forgets an installation, as it was added.
func (c *Counts) Remove(i Installation) {
	k := claim{i.Item, i.Licence}
	if _, known := c.sites[k][i.Site]; !known {
		return
	}
	delete(c.sites[k], i.Site)
	for _, kept := range c.minded[k] {
		if kept.sites[i.Site]--; kept.sites[i.Site] == 0 {
			delete(kept.sites, i.Site)
		}
	}
}

// Use is how a licence is used.
type Use struct {
	Licence string
	Status  domain.LicenceStatus
	Used    int
	Over    int // how many seats it has too few
	// Waste are the sites that it is paid for and where no installation counts for
	// it, by key.
	Waste []string
}

// Users tells how many users a site has.
type Users func(site string) int

// Use counts the seats of a licence at an instant (L3). Where nothing but single
// installations came or went since it was asked last, it goes through the claims
// of the licence alone, and through its sites where users are counted.
func (c *Counts) Use(ctx context.Context, t *Terms, licence string, users Users, now time.Time) (Use, error) {
	return c.use(ctx, t, licence, users, now, nil)
}

// PlannedUse is Use as it will be once installations have been made that
// releases from PLANNED on are going to make. What is installed already adds
// nothing.
func (c *Counts) PlannedUse(ctx context.Context, t *Terms, licence string, users Users, now time.Time, planned []Installation) (Use, error) {
	more := NewCounts()
	for _, p := range planned {
		if !c.has(p) {
			more.Add(p)
		}
	}
	return c.use(ctx, t, licence, users, now, more)
}

// has reports whether the item is at the site, whatever licence it names there.
func (c *Counts) has(i Installation) bool {
	return slices.ContainsFunc(c.items[i.Item], func(k claim) bool {
		_, ok := c.sites[k][i.Site]
		return ok
	})
}

// claims are those that count for a licence.
func (c *Counts) claims(t *Terms, l *Licence, now time.Time) (list []claim) {
	if c == nil {
		return nil
	}
	list = slices.Clone(c.naming[l.Key])
	for _, item := range l.Items {
		k := claim{item: item}
		if c.sites[k] != nil && t.Assign(item, "", now) == l.Key {
			list = append(list, k)
		}
	}
	return list
}

func (c *Counts) use(ctx context.Context, t *Terms, licence string, users Users, now time.Time, more *Counts) (Use, error) {
	l := t.licences[licence]
	if l == nil {
		return Use{Licence: licence}, nil
	}
	u := Use{Licence: licence, Status: l.StatusAt(now)}
	claims, planned := c.claims(t, l, now), more.claims(t, l, now)
	var at []map[string]struct{}
	for _, k := range claims {
		at = append(at, c.sites[k])
	}
	for _, k := range planned {
		at = append(at, more.sites[k])
	}
	if l.Metric == domain.PerInstallation {
		for _, sites := range at {
			u.Used += len(sites)
		}
	} else if err := c.places(ctx, l, claims, at[len(claims):], users, &u); err != nil {
		return Use{}, err
	}
	if l.Seats != nil {
		u.Over = max(0, u.Used-*l.Seats)
	}
	for _, site := range slices.Sorted(maps.Keys(l.PaidAt)) {
		if !anyHas(at, site) {
			u.Waste = append(u.Waste, site)
		}
	}
	return u, nil
}

// places adds up the seats of the sites at which anything counts.
func (c *Counts) places(ctx context.Context, l *Licence, claims []claim, planned []map[string]struct{}, users Users, u *Use) error {
	steps := pace.Of(ctx)
	kept, err := c.tally(steps, l.Key, claims)
	if err != nil {
		return err
	}
	u.Used = len(kept.sites)
	if l.Metric == domain.PerUser {
		u.Used = 0
		for site := range kept.sites {
			if err := steps.Step(); err != nil {
				return err
			}
			u.Used += users(site)
		}
	}
	for i, sites := range planned {
		for site := range sites {
			if err := steps.Step(); err != nil {
				return err
			}
			if kept.sites[site] == 0 && !anyHas(planned[:i], site) {
				u.Used += l.takes(site, users)
			}
		}
	}
	return nil
}

// tally returns what is kept for a licence, and counts it anew where other claims
// count for it than before.
func (c *Counts) tally(steps *pace.Pace, licence string, claims []claim) (*tally, error) {
	old := c.kept[licence]
	if old != nil && slices.Equal(old.claims, claims) {
		return old, nil
	}
	fresh := &tally{claims, map[string]int{}}
	for _, k := range claims {
		for site := range c.sites[k] {
			if err := steps.Step(); err != nil {
				return nil, err
			}
			fresh.sites[site]++
		}
	}
	if old != nil {
		for _, k := range old.claims {
			c.minded[k] = slices.DeleteFunc(c.minded[k], func(other *tally) bool { return other == old })
		}
	}
	for _, k := range claims {
		c.minded[k] = append(c.minded[k], fresh)
	}
	c.kept[licence] = fresh
	return fresh, nil
}

func anyHas(at []map[string]struct{}, site string) bool {
	return slices.ContainsFunc(at, func(sites map[string]struct{}) bool {
		_, ok := sites[site]
		return ok
	})
}

// takes is how many seats the first installation at a site takes.
func (l *Licence) takes(site string, users Users) int {
	if l.Metric == domain.PerUser {
		return users(site)
	}
	return 1
}

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
func (t *Terms) IllegalUse(ctx context.Context, licence string, installations []Installation, users Users, now time.Time) ([]Illegal, error) {
	l := t.licences[licence]
	if l == nil {
		return nil, nil
	}
	steps := pace.Of(ctx)
	var counting []Installation
	for _, i := range installations {
		if err := steps.Step(); err != nil {
			return nil, err
		}
		if t.Assign(i.Item, i.Licence, now) == licence {
			counting = append(counting, i)
		}
	}
	slices.SortFunc(counting, Installation.compare)
	var list []Illegal
	sum, covered := 0, map[string]bool{}
	for _, i := range counting {
		if why, all := map[domain.LicenceStatus]Why{domain.LicenceFuture: NotYetValid, domain.LicenceExpired: IsExpired, domain.LicenceEnded: IsEnded}[l.StatusAt(now)]; all {
			list = append(list, Illegal{i, why})
			continue
		}
		legal, seen := covered[i.Site]
		if !seen || l.Metric == domain.PerInstallation {
			sum += l.takes(i.Site, users)
			legal = l.Seats == nil || sum <= *l.Seats
			covered[i.Site] = legal
		}
		if !legal {
			list = append(list, Illegal{i, OverSeats})
		}
	}
	return list, nil
}

// Waste lists, by key, the sites at which something is paid for and not used: a
// licence, a support contract or a team (L3, L7).
func Waste(paidAt []string, uses func(site string) bool) []string {
	list := slices.DeleteFunc(slices.Clone(paidAt), uses)
	slices.Sort(list)
	return slices.Compact(list)
}
