package running

import (
	"context"
	"maps"
	"slices"
)

// Sequence is the order between the steps of a roll-out (P4, P9), as it is asked for.
type Sequence struct {
	f *follower
	// earlier is what was found to come before each step.
	earlier map[int][]int
}

// Sequence returns the order that follows from the ties.
func (t *Ties) Sequence(ctx context.Context) *Sequence {
	return &Sequence{newFollower(ctx, t), map[int][]int{}}
}

// Before lists, as places in Ties.Steps, the steps whose work is over before that of one
// begins; those with which it is in a cycle are not among them.
func (q *Sequence) Before(step int) ([]int, error) {
	before, err := q.before(step)
	if err != nil {
		return nil, err
	}
	return q.acyclic(before, func(one int) (bool, error) { return q.leads(one, step) })
}

// After lists the steps that begin when the work of one is over, without those with which
// it is in a cycle.
func (q *Sequence) After(step int) ([]int, error) {
	after, err := q.f.after(step)
	if err != nil {
		return nil, err
	}
	return q.acyclic(after, func(one int) (bool, error) { return q.leads(step, one) })
}

func (q *Sequence) acyclic(steps []int, cyclic func(int) (bool, error)) (list []int, err error) {
	for _, one := range steps {
		is, err := cyclic(one)
		if err != nil {
			return nil, err
		}
		if !is {
			list = append(list, one)
		}
	}
	return list, nil
}

// leads reports whether a step comes after another, by any chain of steps. What is in a
// cycle shares a wave.
func (q *Sequence) leads(step, to int) (bool, error) {
	wave := q.f.Steps[step].Wave
	seen, queue := map[int]bool{step: true}, []int{step}
	for i := 0; i < len(queue); i++ {
		before, err := q.before(queue[i])
		if err != nil {
			return false, err
		}
		for _, one := range before {
			if one == to {
				return true, nil
			}
			if !seen[one] && q.f.Steps[one].Wave == wave {
				seen[one], queue = true, append(queue, one)
			}
		}
	}
	return false, nil
}

// before lists what comes before a step, cycles or not: it is what has the step come after
// it.
func (q *Sequence) before(step int) ([]int, error) {
	if known, is := q.earlier[step]; is {
		return known, nil
	}
	found, err := q.f.before(step)
	if err == nil {
		q.earlier[step] = found
	}
	return found, err
}

// before is after the other way round.
func (f *follower) before(step int) ([]int, error) {
	s, found := &f.Steps[step], map[int]bool{}
	note := func(site string, does func(*Taken) []string, items map[string]bool) {
		for _, i := range f.by[site] {
			if o := &f.Steps[i]; o.Release == s.Release && site != s.Site && slices.ContainsFunc(does(o), func(item string) bool { return items == nil || items[item] }) {
				found[i] = true
			}
		}
	}
	gets := func(t *Taken) []string { return t.Gets }
	does := func(t *Taken) []string { return slices.Concat(t.Gets, t.Loses) }
	used, err := f.walk(s.Site, s.Gets, f.uses)
	if err != nil {
		return nil, err
	}
	for site, items := range used {
		note(site, gets, items)
	}
	using, err := f.walk(s.Site, s.Loses, f.usedBy)
	if err != nil {
		return nil, err
	}
	for site, items := range using {
		note(site, does, items)
	}
	if len(s.Gets) > 0 {
		for site := range f.needs(s.Site) {
			note(site, gets, nil)
		}
	}
	if len(s.Loses) > 0 {
		for site := range reached(f.needing, s.Site) {
			f.noteAll(s, site, found)
		}
	}
	needed := reached(f.Requires, s.Release)
	for _, i := range f.by[s.Site] {
		if needed[f.Steps[i].Release] {
			found[i] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// noteAll notes all steps of a site that receive the release of a step.
func (f *follower) noteAll(s *Taken, site string, found map[int]bool) {
	for _, i := range f.by[site] {
		if f.Steps[i].Release == s.Release && site != s.Site {
			found[i] = true
		}
	}
}
