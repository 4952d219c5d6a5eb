package receive

import (
	"context"
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
