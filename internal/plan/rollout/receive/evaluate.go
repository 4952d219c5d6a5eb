package receive

import (
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
)

// state is what releases that come before leave at a site, by item; empty where they
// remove it.
type state map[int32]string

// site works out what one site receives (P2, P9): what is there today decides what has
// anything to do, and what comes before from which version that is.
func (r *receiving) site(site int32) {
	last := len(r.holdings) - 1
	asked := r.holdings[last]
	if last == 0 {
		if r.evaluate(asked, site, nil) {
			r.add(asked, site, time.Time{})
		}
		return
	}
	if !r.any(asked, site) {
		r.evaluate(asked, site, nil) // which tells what is up to date
		return
	}
	st, from := state{}, time.Time{}
	for _, h := range r.holdings[:last] {
		if !r.evaluate(h, site, st) {
			continue
		}
		if b := r.brought[[2]int32{site, h.release}]; b != nil {
			if b.By.After(from) {
				from = b.By
			}
			r.found.Relies = append(r.found.Relies, rollout.Reliance{
				Deployment: b.Deployment, Site: r.m.Site(site).Key, Release: r.m.Release(h.release).Key, By: b.By,
			})
		} else {
			r.add(h, site, from)
		}
		for i := range r.actions {
			a := &r.actions[i]
			st[a.Item] = a.To
		}
	}
	if r.evaluate(asked, site, st) {
		r.add(asked, site, from)
	}
}

// any reports whether a site receives anything of a release.
func (r *receiving) any(h *holding, site int32) bool {
	e := evaluation{receiving: r, h: h, site: site, silent: true}
	return e.gather(nil)
}

// evaluate gathers what a site receives of a release after others have left a state,
// and reports whether that is anything.
func (r *receiving) evaluate(h *holding, site int32, st state) bool {
	e := evaluation{receiving: r, h: h, site: site, tells: h == r.holdings[len(r.holdings)-1]}
	return e.gather(st)
}

func (e *evaluation) gather(st state) bool {
	e.actions = e.actions[:0]
	for i, item := range e.m.At(e.site) {
		version := e.m.Installation(e.site, i).Version
		before, changed := st[item]
		if !changed {
			before = version
		}
		e.present(item, version, before)
	}
	e.adds()
	if !e.changes {
		return false
	}
	e.held()
	slices.SortFunc(e.actions, func(a, b Action) int { return int(a.Item) - int(b.Item) })
	return true
}

// evaluation is of one release at one site.
type evaluation struct {
	*receiving
	h             *holding
	site          int32
	tells, silent bool // tells what is up to date; silent about what is wrong
	changes       bool
	here          []int32 // changes of which the item is here
	reinstalls    []Action
}

// present takes in an item that is at the site in a version, and in another one when
// the step begins.
func (e *evaluation) present(item int32, version, before string) {
	i := e.h.of[item]
	if i < 0 || !e.m.Usable[item] {
		return
	}
	c := &e.h.changes[i]
	c.met = true
	e.here = append(e.here, i)
	a := Action{Item: item, Kind: c.kind, From: before, To: c.to, Alone: c.alone, Unit: c.unit, Why: rollout.Receives, Dependent: -1}
	switch c.kind {
	case rollout.Held:
		a.To, a.Why = before, rollout.HeldItem
		e.reinstalls = append(e.reinstalls, a)
		return
	case rollout.Remove:
		e.put(a)
		return
	case rollout.Add:
		a.Kind = rollout.Modify // it is there already
	}
	switch v := c.judge(e.m, version); v {
	case lower, mismatched:
		if c.judge(e.m, before) == mismatched && !e.silent {
			e.mismatch(c, before)
		}
		e.put(a)
	case equal, higher:
		if e.tells {
			one := rollout.Present{Site: e.m.Site(e.site).Key, Item: e.m.Item(item).Key, Version: version}
			if v == equal {
				e.found.UpToDate = append(e.found.UpToDate, one)
			} else {
				e.found.Higher = append(e.found.Higher, one)
			}
		}
	}
}

func (e *evaluation) put(a Action) {
	e.changes = true
	e.actions = append(e.actions, a)
}

// mostTold is how many sites an error names.
const mostTold = 20

func (e *evaluation) mismatch(c *change, version string) {
	if e.wrong++; e.wrong > mostTold {
		return
	}
	e.errs = append(e.errs, domain.Breaks("P2", "release", "%s takes %s from %v only, and %s has %q: it needs a release between, by REQUIRES",
		e.m.Release(e.h.release).Key, e.m.Item(c.item).Key, c.from, e.m.Site(e.site).Key, version))
}

// adds takes in what comes to the site anew.
func (e *evaluation) adds() {
	dependents := map[int32]int32{}
	for _, by := range e.here {
		for _, added := range e.h.brings[by] {
			if first, known := dependents[added]; !known || e.h.changes[by].item < first {
				dependents[added] = e.h.changes[by].item
			}
		}
	}
	for i := range e.h.changes {
		c := &e.h.changes[i]
		if c.kind != rollout.Add || !e.m.Usable[c.item] || slices.Contains(e.here, int32(i)) {
			continue
		}
		a := Action{Item: c.item, Kind: rollout.Add, To: c.to, Alone: c.alone, Why: c.listed, Dependent: -1}
		by, brought := dependents[int32(i)]
		if brought {
			a.Why, a.Dependent = rollout.AddedItem, by
		}
		if brought || c.sites[e.site] {
			c.met = true
			e.put(a)
		}
	}
}

// held takes along what is reinstalled as it is: only where something changes.
func (e *evaluation) held() { e.actions = append(e.actions, e.reinstalls...) }
