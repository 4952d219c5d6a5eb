package model

import (
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
)

// Check tells all that a person got wrong, by the fields of the question.
func (m *Model) Check() domain.Errors {
	c := &checking{m: m}
	c.release()
	c.times()
	c.limits()
	c.chosen()
	c.places()
	return c.errs
}

type checking struct {
	m    *Model
	errs domain.Errors
}

func (c *checking) wrong(rule, field, format string, args ...any) {
	c.errs = append(c.errs, &domain.Error{Code: domain.Invalid, Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)})
}

func (c *checking) broken(rule, field, format string, args ...any) {
	c.errs = append(c.errs, domain.Breaks(rule, field, format, args...))
}

// accepted are the statuses of releases that may be rolled out: ACCEPTED or later.
var accepted = []domain.ReleaseStatus{domain.ReleaseAccepted, domain.ReleaseDeploying, domain.ReleaseVerifying, domain.ReleaseClosed}

// release checks what is rolled out, and what that requires (P9).
func (c *checking) release() {
	q := &c.m.In.Question
	if q.Approach != "" && !slices.Contains(domain.RolloutApproaches, q.Approach) {
		c.wrong("P1", "approach", "must be one of %v, not %q", domain.RolloutApproaches, q.Approach)
	}
	if q.Activation != "" && !slices.Contains(domain.Activations, q.Activation) {
		c.wrong("P8", "activation", "must be one of %v, not %q", domain.Activations, q.Activation)
	}
	no, err := c.m.ReleaseNo(q.Release)
	if err != nil {
		c.wrong("", "release", "%s", err)
		return
	}
	if c.circular("REQUIRES", "P9", no, func(r *rollout.Release) []rollout.ReleaseNo { return r.Requires }) ||
		c.circular("BUNDLES", "R2", no, func(r *rollout.Release) []rollout.ReleaseNo { return r.Bundles }) {
		return
	}
	needed, _ := c.m.Needed(no)
	for _, one := range append(slices.Clone(needed), no) {
		if r := c.m.Release(one); !slices.Contains(accepted, r.Status) {
			c.broken(map[bool]string{true: "R8", false: "P9"}[one == no], "release",
				"%s is %s: only what is ACCEPTED or later is rolled out", r.Key, r.Status)
		}
	}
}

// circular reports whether a release leads to itself, and tells so.
func (c *checking) circular(rel, rule string, no int32, next func(*rollout.Release) []rollout.ReleaseNo) bool {
	const open, done = 1, 2
	state := make([]int, c.m.releases.Len())
	var visit func(int32) bool
	visit = func(at int32) bool {
		state[at] = open
		for _, place := range next(c.m.Release(at)) {
			to, err := c.m.ReleaseNo(place)
			if err != nil || state[to] == open {
				c.broken(rule, "release", "%s leads back to itself by %s", c.m.Release(at).Key, rel)
				return true
			}
			if state[to] == 0 && visit(to) {
				return true
			}
		}
		state[at] = done
		return false
	}
	return visit(no)
}

// times checks instants and lengths of time (P7, P8).
func (c *checking) times() {
	q := &c.m.In.Question
	begins := c.m.Begins()
	past := func(rule, field string, at *time.Time, from time.Time) {
		if at != nil && !at.After(from) {
			c.wrong(rule, field, "is not after %s, when the roll-out may begin", from.UTC().Format(time.RFC3339))
		}
	}
	if q.Activation == domain.Scheduled && q.ActivateAt == nil {
		c.wrong("P8", "activateAt", "is missing: a SCHEDULED activation is at an instant")
	}
	if q.Activation != domain.Scheduled && q.ActivateAt != nil {
		c.wrong("P8", "activateAt", "belongs to a SCHEDULED activation")
	}
	past("P8", "activateAt", q.ActivateAt, q.Now)
	past("P7", "finishBy", q.FinishBy, begins)
	past("P1", "deadline", q.Deadline, begins)
	if q.Deadline != nil && q.Approach != domain.Pull {
		c.wrong("P1", "deadline", "belongs to the approach PULL")
	}
	if q.Soak < 0 {
		c.wrong("P7", "soak", "must not be negative")
	}
	if q.WorkDuration < 0 {
		c.wrong("P7", "workDuration", "must be longer than nothing")
	}
}

// Begins returns when the first step may begin at the earliest.
func (m *Model) Begins() time.Time {
	if at := m.In.NotBefore; at != nil && at.After(m.In.Now) {
		return at.UTC()
	}
	return m.In.Now.UTC()
}

// limits checks what a wave and a day may hold (P6, P13): none is below 1.
func (c *checking) limits() {
	check := func(rule, field string, value *int) {
		if value != nil && *value < 1 {
			c.wrong(rule, field, "must be at least 1, not %d", *value)
		}
	}
	l := &c.m.In.Limits
	check("P6", "limits.sitesPerWave", l.SitesPerWave)
	check("P6", "limits.usersPerWave", l.UsersPerWave)
	check("P6", "limits.criticalityPerWave", l.CriticalityPerWave)
	for i := range int32(c.m.parties.Len()) {
		p := c.m.Party(i)
		check("P13", "parties."+p.Key+".sitesPerDay", p.SitesPerDay)
		check("P13", "parties."+p.Key+".usersPerDay", p.UsersPerDay)
		if p.Zone != "" {
			c.zone("parties."+p.Key+".timeZone", p.Zone)
		}
	}
}

func (c *checking) zone(field, name string) bool {
	err := domain.CheckTimeZone(name)
	if err != nil {
		c.wrong("P7", field, "%s", err)
	}
	return err == nil
}

// chosen checks the list of sites (P2): each is there once.
func (c *checking) chosen() {
	seen := map[int32]int{}
	for i, place := range c.m.In.Question.Sites {
		field := fmt.Sprintf("sites.%d", i)
		no, err := c.m.SiteNo(place)
		if err != nil {
			c.wrong("P2", field, "%s", err)
			continue
		}
		if first, twice := seen[no]; twice {
			c.wrong("P2", field, "is %s, as sites.%d is already", c.m.Site(no).Key, first)
			continue
		}
		seen[no] = i
	}
}

// places checks the zones and the hours of sites, and when windows open (P7).
func (c *checking) places() {
	for i := range int32(c.m.sites.Len()) {
		s := c.m.Site(i)
		field := "sites." + s.Key
		zoned := s.Zone != "" && c.zone(field+".timeZone", s.Zone)
		switch {
		case s.ServiceHours == "":
		case s.Zone == "":
			c.wrong("P7", field+".timeZone", "is missing: its service hours %q are somebody's local time", s.ServiceHours)
		case zoned:
			if err := c.m.hoursOf(s).err; err != nil {
				c.wrong("P7", field+".serviceHours", "%s", err)
			}
		}
	}
	c.errs = append(c.errs, c.m.opens.errs...)
}

// Needed lists what a release REQUIRES by any chain, each after all that it requires
// itself; of what is free, by key (P9).
func (m *Model) Needed(release int32) ([]int32, error) {
	seen := map[int32]bool{release: true}
	var list []int32
	var visit func(int32) error
	visit = func(at int32) error {
		var next []int32
		for _, place := range m.Release(at).Requires {
			no, err := m.ReleaseNo(place)
			if err != nil {
				return err
			}
			next = append(next, no)
		}
		slices.Sort(next)
		for _, no := range next {
			if seen[no] {
				continue
			}
			seen[no] = true
			if err := visit(no); err != nil {
				return err
			}
			list = append(list, no)
		}
		return nil
	}
	err := visit(release)
	return list, err
}
