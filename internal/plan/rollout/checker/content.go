package checker

import (
	"maps"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
)

// change is what a release does with an item (P2).
type change struct {
	kind     rollout.ActionKind
	from, to string
	alone    bool
	sites    []rollout.SiteNo
}

// receipt is what a step does with an item.
type receipt struct {
	item     int
	kind     rollout.ActionKind
	from, to string
	alone    bool
}

// step is a site that receives a release.
type step struct {
	site, release int
	receipts      []receipt
}

var kinds = map[domain.ChangeAction]rollout.ActionKind{
	domain.AddItem: rollout.Add, domain.ModifyItem: rollout.Modify, domain.RemoveItem: rollout.Remove,
}

// content returns what a release holds, by item: a DELTA its changes, a FULL also
// all else of their units, a PACKAGE what its parts hold.
func (e *estate) content(release int) map[int]change {
	all := map[int]change{}
	e.gather(release, map[int]bool{}, all)
	return all
}

func (e *estate) gather(release int, seen map[int]bool, all map[int]change) {
	if seen[release] {
		return
	}
	seen[release] = true
	r := e.in.Releases[release]
	put := func(item int, c change) {
		if old, ok := all[item]; ok {
			c = e.merge(old, c)
		}
		all[item] = c
	}
	for _, c := range r.Changes {
		put(int(c.Item), change{kinds[c.Action], c.FromVersion, c.ToVersion, c.Alone, c.Sites})
	}
	if r.Category == domain.FullRelease {
		for _, unit := range e.in.Units {
			if e.changed(r, unit) {
				for _, item := range unit.Items {
					put(int(item), change{kind: rollout.Held})
				}
			}
		}
	}
	for _, part := range r.Bundles {
		e.gather(int(part), seen, all)
	}
}

// changed reports whether a release changes something of a unit.
func (e *estate) changed(r rollout.Release, unit rollout.Unit) bool {
	return slices.ContainsFunc(r.Changes, func(c rollout.Change) bool { return slices.Contains(unit.Items, c.Item) })
}

// merge makes one of what two parts do with an item: the highest version, which
// coexists only when each part says so.
func (e *estate) merge(a, b change) change {
	switch {
	case b.kind == rollout.Held:
		return a
	case a.kind == rollout.Held:
		return b
	}
	if e.compare(a.to, b.to) < 0 {
		a, b = b, a
	}
	a.alone = a.alone || b.alone
	a.sites = slices.Concat(a.sites, b.sites)
	return a
}

// receives lists what a site receives with a release, by item.
func (e *estate) receives(release, site int) (list []receipt) {
	content := e.content(release)
	for _, item := range slices.Sorted(maps.Keys(content)) {
		c := content[item]
		from, there := e.installed[spot{item, site}]
		if !e.lives(item) {
			continue
		}
		switch {
		case c.kind == rollout.Modify && there && e.compare(from, c.to) < 0,
			c.kind == rollout.Remove && there,
			c.kind == rollout.Add && !there && e.comes(release, item, c, site):
			list = append(list, receipt{item, c.kind, from, c.to, c.alone})
		}
	}
	if len(list) == 0 {
		return nil
	}
	for _, item := range slices.Sorted(maps.Keys(content)) {
		if from, there := e.installed[spot{item, site}]; there && content[item].kind == rollout.Held {
			list = append(list, receipt{item, rollout.Held, from, from, false})
		}
	}
	slices.SortFunc(list, func(a, b receipt) int { return a.item - b.item })
	return list
}

// comes reports whether an item is added at a site: at the listed ones, else where a
// changed item that depends on it is installed.
func (e *estate) comes(release, item int, c change, site int) bool {
	switch {
	case len(c.sites) > 0:
		return slices.Contains(c.sites, rollout.SiteNo(site))
	case len(e.in.Question.Sites) > 0 && release == int(e.in.Release):
		return slices.Contains(e.in.Question.Sites, rollout.SiteNo(site))
	}
	for y, other := range e.content(release) {
		if _, there := e.installed[spot{y, site}]; there && other.kind != rollout.Held && e.depends[y][item] {
			return true
		}
	}
	return false
}

// required lists what a release REQUIRES, along any chain (P9).
func (e *estate) required(release int) (list []int) {
	arcs := make([][]int, len(e.in.Releases))
	for i, r := range e.in.Releases {
		for _, q := range r.Requires {
			arcs[i] = append(arcs[i], int(q))
		}
	}
	for q, yes := range closure(arcs)[release] {
		if yes {
			list = append(list, q)
		}
	}
	return list
}

// brought returns the other plan that brings a release to a site (P9).
func (e *estate) brought(release, site int) (rollout.Brought, bool) {
	for _, b := range e.in.Brought {
		if int(b.Release) == release && int(b.Site) == site {
			return b, true
		}
	}
	return rollout.Brought{}, false
}

// listed reports whether a site is chosen (P2).
func (e *estate) listed(site int) bool {
	return len(e.in.Question.Sites) == 0 || slices.Contains(e.in.Question.Sites, rollout.SiteNo(site))
}

// stepsAt works out the steps of the sites that are wanted: the release where it has
// anything to do, before it what it requires (P2, P9).
func (e *estate) stepsAt(wanted func(site int) bool) (steps []step) {
	for site := range e.in.Sites {
		own := e.receives(int(e.in.Release), site)
		if len(own) == 0 || !wanted(site) {
			continue
		}
		steps = append(steps, step{site, int(e.in.Release), own})
		for _, q := range e.required(int(e.in.Release)) {
			if _, elsewhere := e.brought(q, site); elsewhere {
				continue
			}
			if before := e.receives(q, site); len(before) > 0 {
				steps = append(steps, step{site, q, before})
			}
		}
	}
	return steps
}
