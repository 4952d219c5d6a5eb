package receive

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
)

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
