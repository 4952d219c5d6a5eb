package receive

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/digraph"
	"releasegraph/internal/plan/rollout/model"
)

// Step is a site that receives a release, both by number.
type Step struct {
	Site, Release int32
	Content       int32 // its place in Received.Contents
	// NotBefore is when what another plan brings it is there (P9), zero: at once.
	NotBefore time.Time
}

// Content is what a step does.
type Content struct {
	Release int32
	// Actions are by item.
	Actions []Action
	// Removes and Installs are places in Actions, in the order of P3.
	Removes, Installs []int32
	// Criticality is the highest of its items; Parties are those who support any.
	Criticality int
	Parties     []int32
	Effort      rollout.Effort
}

// Action is what a step does with an item.
type Action struct {
	Item int32
	Kind rollout.ActionKind
	// From is what is there, To what comes.
	From, To string
	Alone    bool
	Unit     string
	// Why is the code of its reason, Dependent the item for which it is added, -1:
	// none.
	Why       rollout.Code
	Dependent int32
}

// Orders reports whether the action orders sites: what is held does not (P2).
func (a *Action) Orders() bool { return a.Kind != rollout.Held }

// Received is what all sites receive.
type Received struct {
	// Steps are by site; those of one site in the order in which they must come (P9).
	Steps    []Step
	Contents []Content
	// Releases are those of the steps, each after all that it requires.
	Releases         []int32
	UpToDate, Higher []rollout.Present
	Relies           []rollout.Reliance
	// Adds lists by item where releases of the plan add it.
	Adds map[int32][]int32
	// NoneCoexist reports whether nothing that the release changes coexists (P6).
	NoneCoexist bool
}

// Only returns what some sites receive.
func (r *Received) Only(m *model.Model, sites func(site int32) bool) *Received {
	only := *r
	only.Steps, only.UpToDate, only.Higher, only.Relies = nil, nil, nil, nil
	for _, s := range r.Steps {
		if sites(s.Site) {
			only.Steps = append(only.Steps, s)
		}
	}
	kept := func(list []rollout.Present) (kept []rollout.Present) {
		for _, one := range list {
			if no, known := m.SiteNamed(one.Site); known && sites(no) {
				kept = append(kept, one)
			}
		}
		return kept
	}
	only.UpToDate, only.Higher = kept(r.UpToDate), kept(r.Higher)
	for _, one := range r.Relies {
		if no, known := m.SiteNamed(one.Site); known && sites(no) {
			only.Relies = append(only.Relies, one)
		}
	}
	only.added()
	return &only
}

// added notes where items are added.
func (r *Received) added() {
	r.Adds = map[int32][]int32{}
	for _, s := range r.Steps {
		for _, a := range r.Contents[s.Content].Actions {
			if a.Kind == rollout.Add {
				r.Adds[a.Item] = append(r.Adds[a.Item], s.Site)
			}
		}
	}
}

// Of works out what each site receives of the release that is asked for, and of what
// that requires. Chosen are the sites of the list, nil: all (P2).
func Of(ctx context.Context, m *model.Model, chosen []int32) (*Received, error) {
	r := &receiving{m: m, ctx: ctx, pace: pace.Of(ctx), contents: map[string]int32{}, brought: map[[2]int32]*rollout.Brought{}}
	if err := r.prepare(chosen); err != nil {
		return nil, err
	}
	for site := range int32(m.Sites()) {
		if err := r.pace.Steps(1 + len(m.At(site))); err != nil {
			return nil, err
		}
		r.site(site)
	}
	r.nowhere()
	if len(r.errs) > 0 {
		return nil, r.errs
	}
	if err := r.finish(); err != nil {
		return nil, err
	}
	return &r.found, nil
}

type receiving struct {
	m        *model.Model
	ctx      context.Context
	pace     *pace.Pace
	holdings []*holding // required ones first, the asked one last
	brought  map[[2]int32]*rollout.Brought
	contents map[string]int32
	versions map[string]uint32 // of contents' names
	name     []byte
	actions  []Action
	found    Received
	errs     domain.Errors
	wrong    int // how many sites have a version from which nothing leads
}

func (r *receiving) prepare(chosen []int32) error {
	asked, err := r.m.ReleaseNo(r.m.In.Release)
	if err != nil {
		return err
	}
	needed, err := r.m.Needed(asked)
	if err != nil {
		return err
	}
	r.found.Releases = append(needed, asked)
	r.versions = map[string]uint32{}
	for _, no := range r.found.Releases {
		h, err := hold(r.ctx, r.m, no)
		if err != nil {
			return err
		}
		if err := r.spread(h, chosen); err != nil {
			return err
		}
		r.holdings = append(r.holdings, h)
	}
	for i := range r.m.In.Brought {
		b := &r.m.In.Brought[i]
		site, err := r.m.SiteNo(b.Site)
		if err != nil {
			return err
		}
		release, err := r.m.ReleaseNo(b.Release)
		if err != nil {
			return err
		}
		key := [2]int32{site, release}
		if first := r.brought[key]; first == nil || b.By.Before(first.By) || b.By.Equal(first.By) && b.Deployment < first.Deployment {
			r.brought[key] = b
		}
	}
	return nil
}

// spread works out where the ADDs of a release come to that have no list of their
// own: to the chosen sites, else to where something that changes and depends on them
// by any chain is installed (P2).
func (r *receiving) spread(h *holding, chosen []int32) error {
	h.brings = make([][]int32, len(h.changes))
	var dependents *digraph.Graph
	for i := range h.changes {
		c := &h.changes[i]
		if c.kind != rollout.Add || c.sites != nil {
			continue
		}
		if chosen != nil {
			c.sites, c.listed = map[int32]bool{}, rollout.Chosen
			for _, s := range chosen {
				c.sites[s] = true
			}
			continue
		}
		if dependents == nil {
			dependents = r.m.Depends.Reverse()
		}
		seen := map[int32]bool{c.item: true}
		for queue := []int32{c.item}; len(queue) > 0; queue = queue[1:] {
			if err := r.pace.Steps(1 + len(dependents.Out(queue[0]))); err != nil {
				return err
			}
			for _, d := range dependents.Out(queue[0]) {
				if seen[d] {
					continue
				}
				seen[d] = true
				queue = append(queue, d)
				if by := h.of[d]; by >= 0 && h.changes[by].kind != rollout.Held {
					h.brings[by] = append(h.brings[by], int32(i))
				}
			}
		}
	}
	return nil
}

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

// add makes a step of what was evaluated last.
func (r *receiving) add(h *holding, site int32, from time.Time) {
	r.name = binary.LittleEndian.AppendUint32(r.name[:0], uint32(h.release))
	for i := range r.actions {
		a := &r.actions[i]
		version, known := r.versions[a.From]
		if !known {
			version = uint32(len(r.versions))
			r.versions[a.From] = version
		}
		r.name = binary.LittleEndian.AppendUint32(r.name, uint32(a.Item))
		r.name = binary.LittleEndian.AppendUint32(r.name, version)
		r.name = append(r.name, byte(len(a.Why)), byte(len(a.Kind))) // what else differs between sites
		r.name = binary.LittleEndian.AppendUint32(r.name, uint32(a.Dependent))
	}
	no, known := r.contents[string(r.name)]
	if !known {
		no = int32(len(r.found.Contents))
		r.contents[string(r.name)] = no
		r.found.Contents = append(r.found.Contents, Content{Release: h.release, Actions: slices.Clone(r.actions)})
	}
	r.found.Steps = append(r.found.Steps, Step{Site: site, Release: h.release, Content: no, NotBefore: from})
}

// nowhere refuses ADDs that come to no site (P2).
func (r *receiving) nowhere() {
	h := r.holdings[len(r.holdings)-1]
	for i := range h.changes {
		if c := &h.changes[i]; c.kind == rollout.Add && !c.met && r.m.Usable[c.item] {
			r.errs = append(r.errs, domain.Breaks("P2", "release", "%s adds %s nowhere: name its sites, or let something that changes depend on it",
				r.m.Release(h.release).Key, r.m.Item(c.item).Key))
		}
	}
	if more := r.wrong - mostTold; more > 0 {
		r.errs = append(r.errs, &domain.Error{Code: domain.RuleViolation, Rule: "P2", Field: "release", Message: fmt.Sprintf("and %d more sites", more)})
	}
}

// finish works out of each content what does not follow from its site.
func (r *receiving) finish() error {
	o, err := newOrdering(r.ctx, r.m, r.found.Contents)
	if err != nil {
		return err
	}
	durations, err := newDurations(r.m)
	if err != nil {
		return err
	}
	for i := range r.found.Contents {
		c := &r.found.Contents[i]
		if err := r.pace.Steps(len(c.Actions)); err != nil {
			return err
		}
		o.order(c)
		if err := r.support(c); err != nil {
			return err
		}
		c.Effort = durations.effort(c)
	}
	asked := r.holdings[len(r.holdings)-1]
	r.found.NoneCoexist = len(asked.changes) > asked.held
	for i := range asked.changes {
		if c := &asked.changes[i]; c.kind != rollout.Held && !c.alone {
			r.found.NoneCoexist = false
		}
	}
	r.found.added()
	return nil
}

// support gathers criticality and parties of a content.
func (r *receiving) support(c *Content) error {
	for i := range c.Actions {
		item := r.m.Item(c.Actions[i].Item)
		c.Criticality = max(c.Criticality, item.Criticality)
		for _, place := range item.SupportedBy {
			no, err := r.m.PartyNo(place)
			if err != nil {
				return err
			}
			c.Parties = append(c.Parties, no)
		}
	}
	slices.Sort(c.Parties)
	c.Parties = slices.Compact(c.Parties)
	return nil
}
