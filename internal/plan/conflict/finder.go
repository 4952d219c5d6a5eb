package conflict

import (
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// pair is two pieces of work, the earlier first.
type pair struct{ a, b int }

// finder answers one Query.
type finder struct {
	*Plan
	gathering
	ctx  context.Context
	pace *pace.Pace

	// What has begun, by what it touches. What has ended is dropped as it is met.
	byItem   map[Node][]int
	bySpot   map[spot][]int
	byPerson map[string][]int
}

func newFinder(ctx context.Context, p *Plan, q Query) *finder {
	return &finder{
		Plan: p, gathering: gathering{plan: p, q: q, depending: map[pair]int{}}, ctx: ctx, pace: pace.Of(ctx),
		byItem: map[Node][]int{}, bySpot: map[spot][]int{}, byPerson: map[string][]int{},
	}
}

// all finds the conflicts of all work: first those that come by time, so that
// the others know from when on nothing more is asked for.
func (f *finder) all() error {
	for i := range f.works {
		if f.late(f.works[i].When.From) {
			break
		}
		if err := f.enter(i); err != nil {
			return err
		}
	}
	for i := range f.works {
		if err := f.closed(i); err != nil {
			return err
		}
	}
	if !f.q.wants(domain.ConflictDependency) {
		return nil
	}
	return f.allDepending()
}

// of finds the conflicts of the piece of work that the query names.
func (f *finder) of() error {
	at := f.place(f.q.Of)
	if at < 0 {
		return nil
	}
	var others []int
	for i := range f.works {
		if err := f.pace.Step(); err != nil {
			return err
		}
		if i != at && f.works[i].When.Overlaps(f.works[at].When) {
			others = append(others, i)
			if err := f.compare(min(i, at), max(i, at)); err != nil {
				return err
			}
		}
	}
	if err := f.closed(at); err != nil {
		return err
	}
	if !f.q.wants(domain.ConflictDependency) {
		return nil
	}
	return f.dependingOn(at, others)
}

// enter meets a piece of work with those that began before it, and of them only
// with those that share something with it. A conflict begins when the later of
// both does: they are found in the order of time.
func (f *finder) enter(i int) error {
	w := &f.works[i]
	if f.q.wants(domain.ConflictDirect) {
		if err := meetAll(f, f.byItem, w.Items, w.Items, i, domain.ConflictDirect); err != nil {
			return err
		}
	}
	if f.q.wants(domain.ConflictSite) {
		seek := append(spots(w.within, false), spots(w.Sites, true)...)
		leave := append(spots(w.Sites, false), spots(w.within, true)...)
		if err := meetAll(f, f.bySpot, seek, leave, i, domain.ConflictSite); err != nil {
			return err
		}
	}
	if w.Person == "" || !f.q.wants(domain.ConflictPerson) {
		return nil
	}
	person := []string{w.Person}
	return meetAll(f, f.byPerson, person, person, i, domain.ConflictPerson)
}

// meetAll records a conflict with each piece of work that has begun, has not
// ended, and has left any of the things that the one at a place seeks; this
// leaves its own.
func meetAll[K comparable](f *finder, begun map[K][]int, seek, leave []K, i int, kind domain.ConflictKind) error {
	var others []int
	for _, thing := range seek {
		list := begun[thing]
		if err := f.pace.Steps(1 + len(list)); err != nil {
			return err
		}
		open := slices.DeleteFunc(list, func(other int) bool { return !f.works[other].When.To.After(f.works[i].When.From) })
		others = append(others, open...)
		begun[thing] = open
	}
	for _, thing := range leave {
		begun[thing] = append(begun[thing], i)
	}
	slices.Sort(others)
	for _, other := range slices.Compact(others) {
		f.between(kind, other, i)
	}
	return nil
}

// compare meets two pieces of work that overlap.
func (f *finder) compare(a, b int) error {
	one, two := &f.works[a], &f.works[b]
	if err := f.pace.Steps(len(one.Items) + len(two.Items) + len(one.within) + len(two.within)); err != nil {
		return err
	}
	if meet(one.Items, two.Items) {
		f.between(domain.ConflictDirect, a, b)
	}
	if meet(one.Sites, two.within) || meet(one.within, two.Sites) {
		f.between(domain.ConflictSite, a, b)
	}
	if one.Person != "" && one.Person == two.Person {
		f.between(domain.ConflictPerson, a, b)
	}
	return nil
}

// between records a conflict of two pieces of work that are not one undertaking.
func (f *finder) between(kind domain.ConflictKind, a, b int) {
	if f.works[a].together(&f.works[b]) {
		return
	}
	f.add(Conflict{Kind: kind, A: a, B: b, Overlap: f.works[a].When.Meet(f.works[b].When)})
}

// depend records that the work at one place depends on that at another, unless
// they share an item or are one undertaking.
func (f *finder) depend(from, on int) {
	p, depends := pair{from, on}, aOnB
	if on < from {
		p, depends = pair{on, from}, bOnA
	}
	if at, known := f.depending[p]; known {
		f.list[at].depends |= depends
		return
	}
	if f.late(f.works[p.b].When.From) || f.works[p.a].together(&f.works[p.b]) || meet(f.works[p.a].Items, f.works[p.b].Items) {
		return
	}
	f.add(Conflict{
		Kind: domain.ConflictDependency, A: p.a, B: p.b, Overlap: f.works[p.a].When.Meet(f.works[p.b].When), depends: depends,
	})
}
