package running

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/pace"
)

// Ties are what the order between the steps of a roll-out follows from (P4, P9).
type Ties struct {
	// Depends lists by item what it depends on, in an order that counts (I11); Needs by
	// site which sites it needs (SITE_NEEDS); At by item the sites that have it, or had it
	// before a step.
	Depends, Needs, At map[string][]string
	// Requires lists by release those that must be there before.
	Requires map[string][]string
	Steps    []Taken
}

// Taken is what a step does at its site.
type Taken struct {
	Site, Release string
	Wave          int
	// Gets are the items that it puts there, Loses those that it takes away. What comes
	// along as it is belongs to neither (P2).
	Gets, Loses []string
	// Has says that its site has the release, or may have it.
	Has bool
}

// Dependents returns the steps of later waves that have the release and need what some
// steps have, with those that need these in turn, as places in Ties.Steps: the last ones
// first (D7). A step comes after what it needs: along any chain of dependencies, on the
// instance that serves it; as a site that needs another; after what its release requires
// at its site. What was removed is needed the other way round: who depended on it left
// first, and comes back last.
func (t *Ties) Dependents(ctx context.Context, steps []int) ([]int, error) {
	f := newFollower(ctx, t)
	going, seen := slices.Clone(steps), map[int]bool{}
	for _, i := range steps {
		seen[i] = true
	}
	var found []int
	for len(going) > 0 {
		one := going[0]
		going = going[1:]
		after, err := f.after(one)
		if err != nil {
			return nil, err
		}
		for _, i := range after {
			if s := &t.Steps[i]; !seen[i] && s.Has && s.Wave > t.Steps[one].Wave {
				seen[i] = true
				found, going = append(found, i), append(going, i)
			}
		}
	}
	slices.SortFunc(found, func(a, b int) int { return b - a })
	return found, nil
}

// spot is an item at a site.
type spot struct{ item, site string }

// follower follows ties, both ways.
type follower struct {
	*Ties
	pace *pace.Pace
	// users and needing turn Depends and Needs round; has are the spots of At.
	users, needing map[string][]string
	has            map[spot]bool
	// by are the steps of a site, all sites where steps or items are, needed those that
	// sites need, as far as that was asked.
	by     map[string][]int
	all    []string
	needed map[string]map[string]bool
}

func newFollower(ctx context.Context, t *Ties) *follower {
	f := &follower{Ties: t, pace: pace.Of(ctx), users: turned(t.Depends), needing: turned(t.Needs), has: map[spot]bool{}, by: map[string][]int{}, needed: map[string]map[string]bool{}}
	sites := map[string]bool{}
	for item, at := range t.At {
		for _, site := range at {
			f.has[spot{item, site}], sites[site] = true, true
		}
	}
	for i := range t.Steps {
		f.by[t.Steps[i].Site], sites[t.Steps[i].Site] = append(f.by[t.Steps[i].Site], i), true
	}
	f.all = slices.Sorted(maps.Keys(sites))
	return f
}

func turned(links map[string][]string) map[string][]string {
	list := map[string][]string{}
	for from, far := range links {
		for _, to := range far {
			list[to] = append(list[to], from)
		}
	}
	return list
}

// after lists the steps that come after one.
func (f *follower) after(step int) ([]int, error) {
	s, found := &f.Steps[step], map[int]bool{}
	note := func(site string, does func(*Taken) []string, items map[string]bool) {
		for _, i := range f.by[site] {
			if o := &f.Steps[i]; o.Release == s.Release && site != s.Site && slices.ContainsFunc(does(o), func(item string) bool { return items == nil || items[item] }) {
				found[i] = true
			}
		}
	}
	gets, loses := func(t *Taken) []string { return t.Gets }, func(t *Taken) []string { return t.Loses }
	using, err := f.walk(s.Site, s.Gets, f.usedBy)
	if err != nil {
		return nil, err
	}
	for site, items := range using {
		note(site, gets, items)
	}
	used, err := f.walk(s.Site, slices.Concat(s.Gets, s.Loses), f.uses)
	if err != nil {
		return nil, err
	}
	for site, items := range used {
		note(site, loses, items)
	}
	if len(s.Gets) > 0 {
		for site := range reached(f.needing, s.Site) {
			note(site, gets, nil)
		}
	}
	for site := range f.needs(s.Site) {
		note(site, loses, nil)
	}
	for _, i := range f.by[s.Site] {
		if reached(f.Requires, f.Steps[i].Release)[s.Release] {
			found[i] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// walk follows chains from items at a site, and returns what it comes to besides, by site.
func (f *follower) walk(site string, items []string, next func(spot, func(spot)) error) (map[string]map[string]bool, error) {
	seen, queue := map[spot]bool{}, []spot{}
	add := func(at spot) {
		if !seen[at] {
			seen[at], queue = true, append(queue, at)
		}
	}
	for _, item := range items {
		add(spot{item, site})
	}
	for i := 0; i < len(queue); i++ {
		if err := next(queue[i], add); err != nil {
			return nil, err
		}
	}
	found := map[string]map[string]bool{}
	for at := range seen {
		if found[at.site] == nil {
			found[at.site] = map[string]bool{}
		}
		found[at.site][at.item] = true
	}
	return found, nil
}

// uses adds what an item at a site depends on, where that is served.
func (f *follower) uses(at spot, add func(spot)) error {
	for _, item := range f.Depends[at.item] {
		sites := f.serving(item, at.site)
		if err := f.pace.Steps(1 + len(sites)); err != nil {
			return err
		}
		for _, site := range sites {
			add(spot{item, site})
		}
	}
	return nil
}

// usedBy adds what depends on an item at a site, and is served there.
func (f *follower) usedBy(at spot, add func(spot)) error {
	for _, item := range f.users[at.item] {
		sites := f.At[item]
		if len(sites) == 0 {
			sites = f.all // it stands wherever it is asked for
		}
		if err := f.pace.Steps(1 + len(sites)); err != nil {
			return err
		}
		for _, site := range sites {
			if f.serves(at, site) {
				add(spot{item, site})
			}
		}
	}
	return nil
}

// serves reports whether the instance of an item at a site serves another site (P4): its
// own does; else those of sites that it needs; else all. What is nowhere stands where it
// is asked for.
func (f *follower) serves(at spot, site string) bool {
	if f.has[spot{at.item, site}] || len(f.At[at.item]) == 0 {
		return at.site == site
	}
	if !f.has[at] {
		return false
	}
	needed := f.needs(site)
	if needed[at.site] {
		return true
	}
	for one := range needed {
		if f.has[spot{at.item, one}] {
			return false
		}
	}
	return true
}

// serving lists the sites whose instances of an item serve a site.
func (f *follower) serving(item, site string) (list []string) {
	if f.serves(spot{item, site}, site) {
		return []string{site}
	}
	for _, one := range f.At[item] {
		if f.serves(spot{item, one}, site) {
			list = append(list, one)
		}
	}
	return list
}

// needs are the sites that a site needs, by any chain.
func (f *follower) needs(site string) map[string]bool {
	if f.needed[site] == nil {
		f.needed[site] = reached(f.Needs, site)
	}
	return f.needed[site]
}

// reached is what links lead to from something, by any chain; itself is not.
func reached(links map[string][]string, from string) map[string]bool {
	found, queue := map[string]bool{}, []string{from}
	for i := 0; i < len(queue); i++ {
		for _, to := range links[queue[i]] {
			if to != from && !found[to] {
				found[to], queue = true, append(queue, to)
			}
		}
	}
	return found
}
