package conflict_test

import (
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/conflict"
)

// distance is the length of a shortest chain of dependencies from an item to
// another, -1 when there is none: level by level, without those that only
// document (I11).
func distance(g *conflict.Graph, from, to conflict.Node) int {
	level, seen := []conflict.Node{from}, map[conflict.Node]bool{from: true}
	for d := 0; len(level) > 0; d++ {
		var next []conflict.Node
		for _, n := range level {
			if n == to {
				return d
			}
			for _, a := range g.Out(n) {
				if l := g.Label(a.Label); l.Rel == domain.RelDependsOn && l.Impact != domain.ImpactNone && !seen[a.Node] {
					seen[a.Node] = true
					next = append(next, a.Node)
				}
			}
		}
		level = next
	}
	return -1
}

// nearest is the least distance from any item of one to any of the other.
func nearest(g *conflict.Graph, one, two []conflict.Node) int {
	best := -1
	for _, a := range one {
		for _, b := range two {
			if d := distance(g, a, b); d >= 0 && (best < 0 || d < best) {
				best = d
			}
		}
	}
	return best
}

// told is a conflict as text: kind, both sides, when, and what is shared, or
// how long the chain is.
func told(g *conflict.Graph, kind domain.ConflictKind, a, b string, when domain.TimeRange, items, sites []conflict.Node, more string) string {
	names := func(list []conflict.Node) string {
		keys := map[string]bool{}
		for _, n := range list {
			keys[g.Key(n)] = true
		}
		var all []string
		for key := range keys {
			all = append(all, key)
		}
		slices.Sort(all)
		return strings.Join(all, ",")
	}
	return fmt.Sprintf("%s %s %s %s-%s items=%s sites=%s %s", kind, a, b, when.From.Format("02T15"), when.To.Format("02T15"), names(items), names(sites), more)
}

func shared(a, b []conflict.Node) (both []conflict.Node) {
	for _, n := range a {
		if slices.Contains(b, n) {
			both = append(both, n)
		}
	}
	return both
}

// inside lists the sites that are some others, or lie in one of them.
func inside(g *conflict.Graph, sites, others []conflict.Node) (list []conflict.Node) {
	for _, site := range sites {
		holds := map[conflict.Node]bool{site: true}
		for grown := true; grown; {
			grown = false
			for part := range holds {
				for _, a := range g.Out(part) {
					if g.Label(a.Label).Rel == domain.RelPartOf && !holds[a.Node] {
						holds[a.Node], grown = true, true
					}
				}
			}
		}
		if slices.ContainsFunc(others, func(o conflict.Node) bool { return holds[o] }) {
			list = append(list, site)
		}
	}
	return list
}

// oneUndertaking tells whether two pieces of work are parts of one deployment, or one of
// them carries out the other.
func oneUndertaking(a, b conflict.Work) bool {
	return a.Deployment == b.Deployment && a.Deployment != "" || slices.Contains(a.Requests, b.Key) || slices.Contains(b.Requests, a.Key)
}

// obvious compares each piece of work with each other (H6).
func obvious(g *conflict.Graph, works []conflict.Work) (list []string) {
	for i, a := range works {
		for j, b := range works {
			begins := a.When.From.Before(b.When.From) || a.When.From.Equal(b.When.From) && a.Key < b.Key
			if i == j || !begins || oneUndertaking(a, b) || !a.When.Overlaps(b.When) || a.When.Empty() || b.When.Empty() {
				continue
			}
			when := a.When.Meet(b.When)
			there, back := nearest(g, a.Items, b.Items), nearest(g, b.Items, a.Items)
			if items := shared(a.Items, b.Items); len(items) > 0 {
				list = append(list, told(g, domain.ConflictDirect, a.Key, b.Key, when, items, nil, ""))
			} else if there >= 0 || back >= 0 {
				length := there
				if there < 0 || back >= 0 && back < there {
					length = back
				}
				list = append(list, told(g, domain.ConflictDependency, a.Key, b.Key, when, nil, nil, fmt.Sprint(length)))
			}
			if sites := append(inside(g, a.Sites, b.Sites), inside(g, b.Sites, a.Sites)...); len(sites) > 0 {
				list = append(list, told(g, domain.ConflictSite, a.Key, b.Key, when, nil, sites, ""))
			}
			if a.Person != "" && a.Person == b.Person {
				list = append(list, told(g, domain.ConflictPerson, a.Key, b.Key, when, nil, nil, ""))
			}
		}
	}
	slices.Sort(list)
	return list
}

// applies tells whether a window applies to an item or a site at all, hour by
// hour questions aside.
func appliesToItem(g *conflict.Graph, s conflict.Scope, item conflict.Node) bool {
	facts := g.Facts(item)
	return s.Everywhere || slices.Contains(s.Classes, facts.Class()) || slices.Contains(s.Environments, facts.Environment())
}

// frozen tells whether a freeze applies to a piece of work.
func frozen(g *conflict.Graph, w conflict.Window, work conflict.Work) bool {
	carried := 0
	for _, request := range work.Requests {
		if w.Except[request] {
			carried++
		}
	}
	if w.Except[work.Key] || carried > 0 && carried == len(work.Requests) {
		return false
	}
	return w.Scope.Everywhere || len(shared(work.Sites, w.Scope.Sites)) > 0 || nearest(g, w.Scope.Services, work.Items) >= 0 ||
		slices.ContainsFunc(work.Items, func(n conflict.Node) bool { return appliesToItem(g, w.Scope, n) })
}

// free tells whether a piece of work may go on in an hour: every site, item and
// service that has windows is in one of them, and no freeze that applies is on.
func free(g *conflict.Graph, windows, freezes []conflict.Window, work conflict.Work, at domain.TimeRange) bool {
	open := func(applies func(s conflict.Scope) bool) bool {
		some := false
		for _, w := range windows {
			if applies(w.Scope) {
				some = true
				if w.Open.Covers(at) {
					return true
				}
			}
		}
		return !some
	}
	for _, site := range work.Sites {
		if !open(func(s conflict.Scope) bool { return s.Everywhere || slices.Contains(s.Sites, site) }) {
			return false
		}
	}
	for _, item := range work.Items {
		if !open(func(s conflict.Scope) bool { return appliesToItem(g, s, item) }) {
			return false
		}
	}
	for _, w := range windows {
		for _, service := range w.Scope.Services {
			if nearest(g, []conflict.Node{service}, work.Items) >= 0 &&
				!open(func(s conflict.Scope) bool { return s.Everywhere || slices.Contains(s.Services, service) }) {
				return false
			}
		}
	}
	if len(work.Sites)+len(work.Items) == 0 && !open(func(s conflict.Scope) bool { return s.Everywhere }) {
		return false
	}
	return !slices.ContainsFunc(freezes, func(f conflict.Window) bool {
		return frozen(g, f, work) && len(f.Open.Intersect(calendar.Of(at))) > 0
	})
}
