// Package receive works out what each site receives, and in which order (P2, P3,
// P9).
package receive

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/model"
)

// holding is all that a release holds (P2).
type holding struct {
	release int32
	changes []change // by item
	of      []int32  // by item: its change, -1: none
	held    int      // how many changes are HELD
	// brings lists by change the ADDs that come along where its item is installed.
	brings [][]int32
}

// change is what a release does to an item, wherever that is.
type change struct {
	item  int32
	kind  rollout.ActionKind
	from  []string // the versions of which it needs one, nil: any
	to    string
	alone bool
	unit  string
	// sites are where an ADD comes to, nil: to where something that depends on it is.
	sites   map[int32]bool
	listed  rollout.Code // how it comes to these sites
	verdict map[string]verdict
	last    string // the version that was judged last, and how
	judged  verdict
	met     bool // some site has it, or gets it
}

// verdict is how an installed version stands to the one that comes.
type verdict int8

const (
	unknown verdict = iota
	lower
	equal
	higher
	mismatched // lower, and none of those that are needed
)

// judge compares an installed version with the one that comes.
func (c *change) judge(m *model.Model, installed string) verdict {
	if c.judged != unknown && installed == c.last {
		return c.judged
	}
	v, known := c.verdict[installed]
	if !known {
		v = c.compare(m, installed)
		if c.verdict == nil {
			c.verdict = map[string]verdict{}
		}
		c.verdict[installed] = v
	}
	c.last, c.judged = installed, v
	return v
}

func (c *change) compare(m *model.Model, installed string) verdict {
	order, err := m.Reader.Compare(installed, c.to)
	switch {
	case m.Reader.Same(installed, c.to):
		return equal
	case err == nil && order > 0:
		return higher
	case c.from == nil, slices.ContainsFunc(c.from, func(from string) bool { return m.Reader.Same(installed, from) }):
		return lower
	}
	return mismatched
}

// hold works out what a release holds: what it CHANGES, of a FULL one also the other
// members of the units of these, of a PACKAGE what its parts hold (P2).
func hold(ctx context.Context, m *model.Model, release int32) (*holding, error) {
	h := &holding{release: release, of: make([]int32, m.Items())}
	p := pace.Of(ctx)
	seen := map[int32]bool{release: true}
	parts := []int32{release}
	merged := map[int32]*change{}
	for i := 0; i < len(parts); i++ {
		for _, place := range m.Release(parts[i]).Bundles {
			no, err := m.ReleaseNo(place)
			if err != nil {
				return nil, err
			}
			if !seen[no] {
				seen[no] = true
				parts = append(parts, no)
			}
		}
		if err := h.take(m, p, parts[i], merged); err != nil {
			return nil, err
		}
	}
	for i := range h.of {
		h.of[i] = -1
	}
	for _, c := range merged {
		h.changes = append(h.changes, *c)
		if c.kind == rollout.Held {
			h.held++
		}
	}
	slices.SortFunc(h.changes, func(a, b change) int { return cmp.Compare(a.item, b.item) })
	for i := range h.changes {
		h.of[h.changes[i].item] = int32(i)
	}
	return h, nil
}

// take joins what one part changes and holds.
func (h *holding) take(m *model.Model, p *pace.Pace, part int32, merged map[int32]*change) error {
	r := m.Release(part)
	own := map[int32]bool{}
	for i := range r.Changes {
		c, err := h.changeOf(m, r, &r.Changes[i])
		if err != nil {
			return err
		}
		own[c.item] = true
		join(m, merged, c)
	}
	if r.Category != domain.FullRelease {
		return nil
	}
	for i := range m.In.Units {
		u := &m.In.Units[i]
		if err := p.Steps(1 + len(u.Items)); err != nil {
			return err
		}
		items := make([]int32, len(u.Items))
		touched := false
		for j, place := range u.Items {
			no, err := m.ItemNo(place)
			if err != nil {
				return err
			}
			items[j] = no
			touched = touched || own[no]
		}
		for _, no := range items {
			if touched && !own[no] && m.Usable[no] {
				join(m, merged, &change{item: no, kind: rollout.Held, unit: u.Key})
			}
		}
	}
	return nil
}

// changeOf reads a CHANGES. Only a DELTA needs the version that it comes from.
func (h *holding) changeOf(m *model.Model, r *rollout.Release, c *rollout.Change) (*change, error) {
	no, err := m.ItemNo(c.Item)
	if err != nil {
		return nil, err
	}
	one := &change{item: no, kind: rollout.ActionKind(c.Action), to: c.ToVersion, alone: c.Alone}
	if c.FromVersion != "" && c.Action == domain.ModifyItem && r.Category == domain.DeltaRelease {
		one.from = []string{c.FromVersion}
	}
	for _, place := range c.Sites {
		site, err := m.SiteNo(place)
		if err != nil {
			return nil, err
		}
		if one.sites == nil {
			one.sites, one.listed = map[int32]bool{}, rollout.Chosen
		}
		one.sites[site] = true
	}
	return one, nil
}

// join puts what several parts do to an item together: the highest version comes,
// and it coexists when each part says so (P2). What is held yields to a change; an
// item that a part ADDs is an ADD; it is removed when all parts remove it.
func join(m *model.Model, merged map[int32]*change, c *change) {
	known := merged[c.item]
	switch {
	case known == nil:
		merged[c.item] = c
		return
	case c.kind == rollout.Held:
		if known.kind == rollout.Held && c.unit < known.unit {
			known.unit = c.unit
		}
		return
	case known.kind == rollout.Held:
		merged[c.item] = c
		return
	}
	one := *known
	one.alone = known.alone || c.alone
	switch {
	case known.kind == rollout.Remove:
		one.kind, one.to, one.from = c.kind, c.to, c.from
	case c.kind == rollout.Remove:
	default:
		if order, err := m.Reader.Compare(c.to, known.to); err == nil && order > 0 || err != nil && c.to > known.to {
			one.to = c.to
		}
		one.from = nil
		if known.from != nil && c.from != nil {
			one.from = append(slices.Clone(known.from), c.from...)
			slices.Sort(one.from)
		}
		if c.kind == rollout.Add {
			one.kind = rollout.Add
		}
	}
	if c.sites != nil {
		sites := map[int32]bool{}
		for s := range known.sites {
			sites[s] = true
		}
		for s := range c.sites {
			sites[s] = true
		}
		one.sites, one.listed = sites, c.listed
	}
	merged[c.item] = &one
}
